import { messageOf } from '../errors.ts'
import type { Reply } from './child-worker.ts'

/** The child's side of a ChildWorker: answers orders until its parent is gone. */
export function answerOrders<Order, Answer>(answer: (order: Order) => Promise<Answer>): void {
  const say = (reply: Reply<Answer>) => void process.send!(reply)
  process.on('message', async (order: Order) => {
    try {
      say({ answer: await answer(order) })
    } catch (thrown) {
      say({ failed: thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown) })
    }
  })
  process.on('disconnect', () => process.exit(0))
}
