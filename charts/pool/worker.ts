/** A drawing process: it has no access to database, objects or secrets. Started by the pool only. */
import { answerOrders } from '../../lib/child/answer-orders.ts'
import { draw, type Drawing, type DrawRequest } from '../draw.ts'
import { Refusal, type RefusalCode, type RefusalFacts } from '../refusal.ts'

export type Drawn = { drawing: Drawing } | { refused: RefusalCode; facts: RefusalFacts }

answerOrders(async (request: DrawRequest): Promise<Drawn> => {
  try {
    return { drawing: await draw(request) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { refused: thrown.code, facts: thrown.facts }
    throw thrown
  }
})
