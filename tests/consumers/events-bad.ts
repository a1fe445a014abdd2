/** Events that can never succeed. */
import type { Message } from '../../db/engines/stream/stream.ts'
import type { StockEvent } from '../../db/events/event.ts'
import { input, message, raw } from './events-fixture.ts'

/** What becomes of bad events, of every kind in turn. */
export const BAD_REASONS = ['empty', 'not_json', 'invalid', 'invalid', 'unknown_sku', 'conflict'] as const

/** The nth bad event; `good`: one that came before. */
export function badOne(n: number, good: Message): Message {
  const kinds = [
    () => raw(''),
    () => raw(new Uint8Array([0xff])),
    () => raw(`{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    () => raw(JSON.stringify({ ...input({ data: { n: 2 ** 53 } }), event_id: Bun.randomUUIDv7() })),
    () => message(input({ sku: 'NOBODY-KNOWS' })),
    () => {
      const { event_id, sku } = JSON.parse(new TextDecoder().decode(good.value)) as StockEvent
      return message(input({ event_id, sku, quantity: 1_000_000 }))
    },
  ]
  return kinds[Math.floor(n) % kinds.length]!()
}
