/** A drawing process whose heap grows from order to order; `greedy` is too much for any. */
import { answerOrders } from '../../lib/child/answer-orders.ts'
import type { DrawRequest } from '../../charts/draw.ts'

const kept: Uint8Array[] = []
let orders = 0

answerOrders(async ({ name }: DrawRequest) => {
  if (++orders > 1 || name === 'greedy') {
    kept.push(new Uint8Array(600 * 1024 * 1024).fill(1))
    await Bun.sleep(60_000)
  }
  return { drawing: { svg: String(process.pid), png: new Uint8Array(), summary: {} } }
})
