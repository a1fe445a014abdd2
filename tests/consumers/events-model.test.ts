/** What must be left of events, whatever is sent, wherever the consumer is cut off, and however often messages come again. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import type { Message } from '../../db/engines/stream/stream.ts'
import { cutOnce, STEPS } from './events-cut.ts'
import { message, openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(120_000)

let fixture: EventsFixture
beforeAll(async () => void (fixture = await openEvents()))
afterAll(() => fixture.close())

const SKUS = ['A', 'B', 'C', 'NOBODY-KNOWS'] as const
const occurred_at = '2026-01-02T03:04:05Z'
/** An id is of one sku, so that its events come in their order. */
const IDS = Array.from({ length: 12 }, (_, n) => ({
  event_id: `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`,
  sku: SKUS[n % SKUS.length]!,
}))

type Sent = { id: number; quantity: number } | { bytes: string; sku: string }
type Command =
  | { do: 'send'; sent: Sent[] }
  | { do: 'handle'; cut: { step: (typeof STEPS)[number]; when: 'before' | 'after' } | null }
  /** As after a rebalance, or a crash before a commit. */
  | { do: 'rewind'; by: number }

const sent: fc.Arbitrary<Sent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ id: fc.nat({ max: IDS.length - 1 }), quantity: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ bytes: fc.constantFrom('', '{', '[]', '{"sku":"A"}'), sku: fc.constantFrom(...SKUS) }),
  },
)
const cut = fc.record({ step: fc.constantFrom(...STEPS), when: fc.constantFrom('before' as const, 'after' as const) })
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('send' as const), sent: fc.array(sent, { minLength: 1, maxLength: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('handle' as const), cut: fc.option(cut) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const), by: fc.integer({ min: 1, max: 5 }) }) },
)

const messageOf = (one: Sent): Message => {
  if ('bytes' in one) return { ...raw(one.bytes), key: one.sku }
  const { event_id, sku } = IDS[one.id]!
  return message({ event_id, sku, kind: 'sale', quantity: one.quantity, occurred_at })
}

/** The first content of each id stands, in the order of its partition; what fails, by its reason. */
function expected(all: Sent[]) {
  const kept = new Map<string, number>()
  const failed: string[] = []
  for (const one of all) {
    if ('bytes' in one) failed.push({ '': 'empty', '{': 'not_json' }[one.bytes] ?? 'invalid')
    else {
      const { event_id, sku } = IDS[one.id]!
      if (sku === 'NOBODY-KNOWS') failed.push('unknown_sku')
      else if (!kept.has(event_id)) kept.set(event_id, one.quantity)
      else if (kept.get(event_id) !== one.quantity) failed.push('conflict')
    }
  }
  return { kept, failed: failed.toSorted() }
}

test('every good event is in the history once, passed on in its order, and every bad one is one dead letter with its reason', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 10 }), async (commands) => {
      await fixture.empty()
      await expectAnyFailure()
      const all: Sent[] = []
      for (const one of commands) {
        if (one.do === 'send') {
          await fixture.db.stream.produce('events', one.sent.map(messageOf))
          all.push(...one.sent)
        } else if (one.do === 'rewind')
          await fixture.db.sql`
            update stream_offsets set next_offset = greatest(0, next_offset - ${one.by}) where topic = 'events'`
        else await fixture.drain(one.cut ? cutOnce(fixture.db, one.cut.step, one.cut.when).db : undefined)
      }
      await fixture.drain()
      await fixture.drainFailed()

      const { kept, failed } = expected(all)
      const rows = await fixture.db.sql<{ id: string; quantity: number }[]>`
        select id, (data->>'quantity')::int as quantity from history_rows order by id`
      expect(rows.map(({ id, quantity }) => [id, quantity])).toEqual([...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      const processed = await fixture.bodies('events.processed')
      for (const sku of SKUS) {
        const ids = [...new Set(processed.filter((event) => event.sku === sku).map(({ event_id }) => event_id))]
        expect(ids).toEqual([...kept.keys()].filter((id) => IDS.find(({ event_id }) => event_id === id)!.sku === sku))
      }
      expect(new Set(processed.map(({ event_id, quantity }) => `${event_id} ${quantity}`)).size).toBe(kept.size)
      const letters = await fixture.db.sql<{ reason: string }[]>`select reason from letters`
      expect(letters.map(({ reason }) => reason).toSorted()).toEqual(failed)
    }),
    { numRuns: 12 },
  )
})

/** No number of failures is a storm here. */
async function expectAnyFailure(): Promise<void> {
  const reasons = ['empty', 'not_json', 'invalid', 'unknown_sku', 'conflict']
  const decision = { decision: 'dead_letter', at: new Date().toISOString() }
  const decisions = Object.fromEntries(reasons.map((reason) => [reason, decision]))
  await fixture.db.sql`insert into storms (source, decisions) values ('events', ${fixture.db.sql.json(decisions)})`
}
