/** Events that can never succeed, of every kind. */
import { SCHEMA_VERSION, type StockEvent } from '../../db/events/event.ts'
import type { FailureReason } from '../../db/events/failed-message.ts'
import type { Message } from '../../db/engines/stream/stream.ts'
import { input, message, raw } from './events-fixture.ts'

const withId = (more: object) => JSON.stringify({ ...input(), event_id: Bun.randomUUIDv7(), ...more })

/** `good`: one that came before. */
const KINDS: Array<[reason: FailureReason, make: (good: Message) => Message]> = [
  ['empty', () => raw('')],
  // A tombstone.
  ['empty', () => ({ ...raw(''), value: null })],
  ['not_json', () => raw(new Uint8Array([0xff]))],
  // Nested as deeply as that.
  ['invalid', () => raw(`{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)],
  ['invalid', () => raw(withId({ data: { n: 2 ** 53 } }))],
  ['unknown_sku', () => message(input({ sku: 'NOBODY-KNOWS' }))],
  [
    'conflict',
    (good) => {
      const { event_id, sku } = JSON.parse(new TextDecoder().decode(good.value!)) as StockEvent
      return message(input({ event_id, sku, quantity: 1_000_000 }))
    },
  ],
  ['too_large', () => raw(withId({ data: { text: 'x'.repeat(1024 * 1024) } }))],
  ['registry_missing', () => raw(new Uint8Array([0, 0, 0, 0, 7, 1, 2, 3]))],
  ['version_unknown', () => ({ ...raw(withId({})), headers: { [SCHEMA_VERSION]: '9' } })],
  // A clock that is 8,000 years ahead.
  ['invalid', () => raw(withId({ occurred_at: '+010026-01-01T00:00:00Z' }))],
  ['invalid', () => raw(withId({ kind: 'theft' }))],
  ['invalid', () => raw(JSON.stringify(input()))],
  ['not_json', () => raw('<html>')],
]

/** What becomes of bad events, of every kind in turn. */
export const BAD_REASONS = KINDS.map(([reason]) => reason)

/** The nth bad event, of the key of a good one that came before. */
export const badOne = (n: number, good: Message): Message => ({
  ...KINDS[Math.floor(n) % KINDS.length]![1](good),
  key: good.key,
})

/** The reasons of so many bad events, from the nth on, in their order in the alphabet. */
export const reasonsOf = (count: number, n = 0): string[] =>
  Array.from({ length: count }, (_, i) => BAD_REASONS[(n + i) % BAD_REASONS.length]!).toSorted()
