/** What is left of events when a step fails, an engine is away, or the consumer is killed. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Db } from '../../db/engines/connect.ts'
import { startProgram, until } from '../kit/program.ts'
import { badOne, reasonsOf } from './events-bad.ts'
import { cutOnce, STEPS } from './events-cut.ts'
import { input, message, openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(120_000)

let fixture: EventsFixture
let db: Db
beforeAll(async () => {
  fixture = await openEvents()
  db = fixture.db
})
beforeEach(() => fixture.empty())
afterAll(() => fixture.close())

describe('a batch cut off before or after any step comes again, loses nothing and tells nothing twice that it can know', () => {
  const cuts = STEPS.flatMap((step) => [['before', step] as const, ['after', step] as const])
  test.each(cuts)('%s %s', async (when, step) => {
    const sent = [1, 2, 3].map((quantity) => message(input({ quantity })))
    await db.stream.produce('events', [sent[0]!, raw('bad'), sent[1]!, sent[0]!, sent[2]!])
    const cut = cutOnce(db, step, when)
    await fixture.drain(cut.db)
    expect(cut.happened()).toBeTrue()

    const rows = await db.sql<{ quantity: number }[]>`
      select (data->>'quantity')::int as quantity from history_rows order by 1`
    expect(rows.map(({ quantity }) => quantity)).toEqual([1, 2, 3])
    // Only here nobody can know that the message is in the other topic already.
    const passedOnTwice = `${when} ${step}` === 'after processed' || `${when} ${step}` === 'before mark'
    expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual(
      passedOnTwice ? [1, 2, 3, 1, 2, 3] : [1, 2, 3],
    )
    expect(await fixture.topic('events.failed')).toHaveLength(`${when} ${step}` === 'after failed' ? 2 : 1)
  })
})

test('a broken engine holds the batch back: nothing is lost, dead-lettered or reordered', async () => {
  await db.sql`alter table history_rows rename to history_away`
  const consumer = await fixture.start()
  try {
    const sent = Array.from({ length: 20 }, (_, i) => message(input({ quantity: i + 1 })))
    await db.stream.produce('events', sent)
    await until('an attempt', async () => (await db.sql`select 1 from events_seen limit 1`).length > 0)
    expect(await fixture.topic('events.processed')).toEqual([])
  } finally {
    await db.sql`alter table history_away rename to history_rows`
  }
  await until('all of it', async () => (await fixture.bodies('events.processed')).length === 20)
  await consumer.stop()
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  )
  expect(await fixture.topic('events.failed')).toEqual([])
})

test('kill -9 of the consumer in mid-batch: every event is in the history once, none is missing, and each bad one is one dead letter', async () => {
  const good = Array.from({ length: 3000 }, (_, i) => message(input({ sku: 'ABC'[i % 3]!, quantity: i + 1 })))
  const sent = good.flatMap((one, i) => (i % 100 === 99 ? [one, badOne(i / 100, one)] : [one]))
  await db.stream.produce('events', sent)
  // The history table is locked, so that the first consumer is caught between the ledger and the history.
  const locker = await db.sql.reserve()
  await locker`begin`
  await locker`lock table history_rows in access exclusive mode`
  const first = startProgram('consumers/main.ts', ['events'], fixture.env)
  const entered = async () => Number((await db.sql`select count(*) from events_seen`)[0]!.count)
  await until('a batch in the ledger', async () => (await entered()) > 0, 60_000, first.output)
  first.kill('SIGKILL')
  await first.exited
  const caught = await entered()
  expect(caught).toBeGreaterThan(0)
  expect(caught).toBeLessThan(3000)
  await locker`rollback`
  locker.release()
  expect(Number((await db.sql`select count(*) from history_rows`)[0]!.count)).toBe(0)

  // As if the dead consumer's lease had ended by itself.
  await db.sql`update stream_offsets set lease_until = now()`
  await db.sql`update stream_members set lease_until = now()`
  const second = startProgram('consumers/main.ts', ['events'], fixture.env)
  const rows = async () => Number((await db.sql`select count(*) from history_rows`)[0]!.count)
  await until('every event', async () => (await rows()) === 3000, 60_000, second.output)
  const letters = () => db.sql<{ reason: string }[]>`select reason from letters order by reason`
  await until('every bad one', async () => (await letters()).length === 30, 60_000, second.output)
  second.kill('SIGTERM')
  expect(await second.exited).toBe(0)
  const quantities = await db.sql<{ quantity: number }[]>`
    select distinct (data->>'quantity')::int as quantity from history_rows`
  expect(quantities).toHaveLength(3000)
  const ids = new Set((await fixture.bodies('events.processed')).map(({ event_id }) => event_id))
  expect(ids.size).toBe(3000)
  expect((await letters()).map(({ reason }) => reason)).toEqual(reasonsOf(30))
})
