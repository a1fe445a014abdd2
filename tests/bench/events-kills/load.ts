/** What is sent while consumers and engines are struck: good events, each numbered within all, and one bad one in a hundred. */
import type { Message, Stream } from '../../../db/engines/stream/stream.ts'
import { readKafkaUrl } from '../../../db/engines/stream/kafka/url.ts'
import { eventMessage, EVENTS_TOPIC } from '../../../db/events/event.ts'
import { BAD_REASONS, badOne } from '../../consumers/events-bad.ts'
import { bareKafka } from '../../engines/kafka-engine.ts'

export const SKUS = Array.from({ length: 40 }, (_, i) => `KILLS-${i}`)
export const BAD_EVERY = 100
/** A header of a message that is to fail: why. Those without it are good. */
export const EXPECTED = 'expected'

const CHUNK = 500
const AHEAD = 20
const START = Date.parse('2026-01-01T00:00:00Z')
const FAR_FUTURE = '9999-12-31T23:59:59.999Z'
/** As far as Kafka lets the clock of a producer be ahead is an hour. */
const AHEAD_MS = 30 * 60_000

/** The nth event; of a key, a later one has a higher number. Every thousandth is of the far future. */
function goodOne(n: number): Message {
  const sku = SKUS[(n + Math.floor(n / BAD_EVERY)) % SKUS.length]!
  const occurred_at = n % 1000 === 500 ? FAR_FUTURE : new Date(START + n * 1000).toISOString()
  return eventMessage({ sku, kind: 'sale', quantity: n + 1, occurred_at, data: { n } }, `trace-${n}`, new Date())
    .message
}

export interface Load {
  /** Sends so many more good events, with the bad ones among them; repeats what was not acknowledged. */
  send(count: number): Promise<void>
  /** Sends one with this id. */
  sendOne(sku: string, event_id: string): Promise<void>
  /** Sends events of a producer whose clock is ahead. */
  sendAhead(): Promise<void>
  /** Good events and bad messages that were acknowledged; some may be there more often. */
  sent(): { good: number; bad: number }
}

/** `url`: of the stream. `partitionOf`: of a sku. */
export function createLoad(stream: Stream, url: string, partitionOf: (sku: string) => number): Load {
  let numbered = 0
  let bad = 0
  let others = 0
  let turn = Promise.resolve()

  async function produce(messages: Message[]): Promise<void> {
    for (;;)
      try {
        return await stream.produce(EVENTS_TOPIC, messages)
      } catch {
        await Bun.sleep(200)
      }
  }

  function nextChunk(count: number): Message[] {
    const chunk: Message[] = []
    for (let i = 0; i < count; i++) {
      const one = goodOne(numbered++)
      chunk.push(one)
      if (numbered % BAD_EVERY === 0) {
        const { headers, ...message } = badOne(bad, one)
        const reason = BAD_REASONS[bad++ % BAD_REASONS.length]!
        chunk.push({ ...message, headers: { ...headers, [EXPECTED]: reason } })
      }
      // The same once more changes nothing.
      if (numbered % BAD_EVERY === 50) chunk.push(one)
    }
    return chunk
  }

  return {
    send(count) {
      // One call after another, so that numbers ascend whatever has to be repeated.
      turn = turn.then(async () => {
        for (let left = count; left > 0; left -= CHUNK) await produce(nextChunk(Math.min(left, CHUNK)))
      })
      return turn
    },

    async sendOne(sku, event_id) {
      others++
      await produce([eventMessage({ event_id, sku, kind: 'return', quantity: 1 }, 'trace-one', new Date()).message])
    },

    async sendAhead() {
      others += AHEAD
      const { prefix, ...settings } = readKafkaUrl(url)
      const producer = bareKafka(settings).producer()
      await producer.connect()
      const messages = Array.from({ length: AHEAD }, (_, i) => {
        const sku = SKUS[i % SKUS.length]!
        const { message } = eventMessage({ sku, kind: 'return', quantity: 1 }, 'trace-ahead', new Date())
        const { value, headers = {} } = message
        const [partition, timestamp] = [partitionOf(sku), String(Date.now() + AHEAD_MS)]
        return { key: sku, partition, value: Buffer.from(value!), headers, timestamp }
      })
      await producer.send({ topic: prefix + EVENTS_TOPIC, acks: -1, messages })
      await producer.disconnect()
    },

    sent: () => ({ good: numbered + others, bad }),
  }
}
