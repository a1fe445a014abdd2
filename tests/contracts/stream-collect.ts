/** What the tests of a stream have in hand: consuming into an array, producing small texts. */
import type { ConsumeOptions, Message, StoredMessage, Stream } from '../../db/engines/stream/stream.ts'

/** Consumes into an array; `onBatch` decides how each batch ends. */
export async function collect(
  stream: Stream,
  options: Omit<ConsumeOptions, 'onBatch'> & { onBatch?: ConsumeOptions['onBatch'] },
) {
  const received: StoredMessage[] = []
  const batches: StoredMessage[][] = []
  const consumer = await stream.consume({
    ...options,
    async onBatch(messages, signal) {
      received.push(...messages)
      batches.push(messages)
      await options.onBatch?.(messages, signal)
    },
  })
  return { received, batches, stop: consumer.stop }
}

/** Produces 0, 1, 2, … under many keys until `end()`, which says how many there are. */
export function countUp(stream: Stream, topic: string) {
  let n = 0
  let going = true
  const running = (async () => {
    while (going)
      await stream.produce(
        topic,
        Array.from({ length: 8 }, () => numbered(`key ${n % 31}`, String(n++))),
      )
  })()
  return {
    async end() {
      going = false
      await running
      return n
    },
  }
}

export const bytes = (content: string) => new TextEncoder().encode(content)
export const numbered = (key: string | null, content: string): Message => ({ key, value: bytes(content) })
export const text = ({ value }: StoredMessage) => new TextDecoder().decode(value)
export const partitionsOf = (messages: StoredMessage[]) => new Set(messages.map(({ partition }) => partition))
