/** What the tests of a queue have in hand: consuming into an array, small messages. */
import type { Decision, Delivery, Queue, QueueMessage, QueueSettings } from '../../db/engines/queue/queue.ts'

/** Consumes into an array, with the time of each delivery; `decide` says what becomes of each. */
export async function collect(
  queue: Queue,
  settings: QueueSettings,
  decide: (delivery: Delivery, signal: AbortSignal) => Decision | Promise<Decision>,
  options?: { concurrency: number },
) {
  const deliveries: Delivery[] = []
  const at: number[] = []
  const consumer = await queue.consume(
    settings,
    async (delivery, signal) => {
      deliveries.push(delivery)
      at.push(performance.now())
      return decide(delivery, signal)
    },
    options,
  )
  return { deliveries, at, stop: consumer.stop }
}

export const bytes = (content: string) => new TextEncoder().encode(content)
export const message = (id: string, content = id): QueueMessage => ({ id, body: bytes(content) })
export const text = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body)
export const isEmpty = ({ ready, delayed, in_flight }: { ready: number; delayed: number; in_flight: number }) =>
  ready + delayed + in_flight === 0
