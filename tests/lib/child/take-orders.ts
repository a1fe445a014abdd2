/** The child of child-worker.test.ts: does what it is told. */
import { answerOrders } from '../../../lib/child/answer-orders.ts'

export type Order =
  | { spin_ms: number }
  | { wait_ms: number }
  | { echo: unknown }
  | { env: string }
  | { grow_mb: number }
  | { spin: true }
  | { fail: string }
  | { exit: number }

const kept: Uint8Array[] = []

answerOrders(async (order: Order): Promise<unknown> => {
  if ('wait_ms' in order) return Bun.sleep(order.wait_ms).then(() => 'waited')
  if ('spin_ms' in order) {
    const until = performance.now() + order.spin_ms
    while (performance.now() < until);
    return 'spun'
  }
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
