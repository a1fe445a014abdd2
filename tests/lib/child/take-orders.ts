/** The child of child-worker.test.ts: does what it is told. */
import { answerOrders } from '../../../lib/child/answer-orders.ts'

export type Order =
  { echo: unknown } | { env: string } | { grow_mb: number } | { spin: true } | { fail: string } | { exit: number }

const kept: Uint8Array[] = []

answerOrders(async (order: Order): Promise<unknown> => {
  if ('echo' in order) return order.echo
  if ('env' in order) return process.env[order.env]
  if ('fail' in order) throw new Error(order.fail)
  if ('exit' in order) process.exit(order.exit)
  if ('grow_mb' in order) {
    kept.push(new Uint8Array(order.grow_mb * 1024 * 1024).fill(1))
    return Bun.sleep(60_000)
  }
  for (;;);
})
