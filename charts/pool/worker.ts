/**
 * A drawing process: takes one order after another and answers each. It has no access to database, objects or secrets,
 * and it is ended from outside when a workbook costs too much. Started by the pool only.
 */
import { draw } from '../draw.ts'
import { messageOf } from '../../lib/errors.ts'
import { Refusal } from '../refusal.ts'
import type { Answer, Order } from './messages.ts'

process.on('message', (order: Order) => {
  void answer(order).then((result) => process.send!(result))
})
process.on('disconnect', () => process.exit(0))

async function answer(order: Order): Promise<Answer> {
  try {
    return { kind: 'drawn', drawing: await draw(order) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused', code: thrown.code, facts: thrown.facts }
    return { kind: 'failed', error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown) }
  }
}
