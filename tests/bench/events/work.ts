/** Events like those of ../shared/peers/pipeline: as many items as it has customers, its sizes, and its bad ones. */
import { EVENT_KINDS, EVENTS_TOPIC, eventMessage, type EventInput } from '../../../db/events/event.ts'
import type { Message, Stream } from '../../../db/engines/stream/stream.ts'

export const ITEMS = 1_000
/** A third of them each: no JSON, a field missing, an item that is not there. */
export const BAD_SHARE = 0.03
const CALL = 500
export const EVERY_MS = 10

export const skuOf = (n: number) => `CX-${String(n).padStart(6, '0')}`

/** Its id says when it was made. */
export function eventOf(n: number): EventInput {
  const item = (n * 7919) % ITEMS
  return {
    event_id: Bun.randomUUIDv7(),
    sku: skuOf(item),
    kind: EVENT_KINDS[n % EVENT_KINDS.length]!,
    quantity: 1 + (n % 9),
    occurred_at: new Date().toISOString(),
    data: {
      value: (n % 500_000) / 100,
      source: `shop-${n % 50}`,
      items: Array.from({ length: 1 + (n % 4) }, (_, i) => ({ sku: `SKU-${(n + i) % 999}`, quantity: 1 + (i % 9) })),
    },
  }
}

export const goodMessage = (n: number): Message => eventMessage(eventOf(n), `trace-${n}`, new Date()).message

const BAD: Array<(n: number) => Message> = [
  (n) => ({ key: skuOf(n % ITEMS), value: new TextEncoder().encode('{this is no json') }),
  (n) => {
    const { kind: _, ...rest } = eventOf(n)
    return { key: rest.sku, value: new TextEncoder().encode(JSON.stringify(rest)) }
  },
  (n) => eventMessage({ ...eventOf(n), sku: skuOf(ITEMS + n) }, `trace-${n}`, new Date()).message,
]

/** Every hundredth is bad in one way, and so on for each way; resolves with how many are good. */
export async function produceEvents(stream: Stream, count: number): Promise<number> {
  let good = 0
  for (let from = 0; from < count; from += CALL)
    await stream.produce(
      EVENTS_TOPIC,
      Array.from({ length: Math.min(CALL, count - from) }, (_, i) => {
        const n = from + i
        const bad = BAD[n % 100]
        if (!bad) good++
        return (bad ?? goodMessage)(n)
      }),
    )
  return good
}

/** Good ones, for so long; resolves with how many. */
export async function produceAtRate(stream: Stream, per_second: number, seconds: number): Promise<number> {
  const begun_at = performance.now()
  let sent = 0
  for (let passed_s = 0; passed_s < seconds; passed_s = (performance.now() - begun_at) / 1000) {
    const due = Math.ceil(passed_s * per_second) - sent
    const messages = Array.from({ length: Math.min(CALL, due) }, (_, i) => goodMessage(sent + i))
    if (due > 0) await stream.produce(EVENTS_TOPIC, messages)
    sent += messages.length
    await Bun.sleep(EVERY_MS)
  }
  return sent
}
