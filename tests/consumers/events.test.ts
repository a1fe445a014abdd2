import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { events } from '../../consumers/events.ts'
import { decodeEvent } from '../../consumers/events/decode.ts'
import { runStream } from '../../consumers/run-stream.ts'
import { connect, type Db } from '../../db/index.ts'
import { contentHash, eventMessage, type EventInput, type StockEvent } from '../../db/stream/event.ts'
import type { Message, StoredMessage } from '../../db/stream/index.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../database.ts'
import { startProgram, until } from '../e2e/program.ts'

const log = createLog('consumers', 'silent')
let database: TestDatabase
let db: Db
let data_dir: string

beforeAll(async () => {
  database = await testDatabase()
  data_dir = await mkdtemp(join(tmpdir(), 'doca-consumers-'))
  db = await connect(
    {
      data_dir,
      database_url: database.url,
      embedded_port: undefined,
      database_wait_s: 5,
      database_pool: 4,
    },
    log,
  )
  await db.sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency)
    select gen_random_uuid(), sku, 'Caixa', 'paper', 'box', 1.5, 'BRL' from unnest(array['A', 'B', 'C']) as sku`
})
afterAll(async () => {
  await db.close()
  await database.close()
  await rm(data_dir, { recursive: true })
})

const input = (more: Partial<EventInput> = {}): EventInput => ({ sku: 'A', kind: 'sale', quantity: 1, ...more })
const message = (event: EventInput): Message => eventMessage(event, 'trace-1', new Date()).message
const raw = (value: string | Uint8Array, key = 'A'): Message => ({
  key,
  value: typeof value === 'string' ? new TextEncoder().encode(value) : value,
})

/** Every message of a topic, oldest first per partition. */
async function topic(name: string): Promise<StoredMessage[]> {
  const rows = await db.sql<{ value: Uint8Array; headers: Record<string, string> }[]>`
    select value, headers from stream_messages where topic = ${name} order by produced_at, partition, "offset"`
  return rows as unknown as StoredMessage[]
}
const bodies = async (name: string) =>
  (await topic(name)).map(({ value }) => JSON.parse(new TextDecoder().decode(value)) as StockEvent)

/** Runs the consumer until the topic is read to its end. */
async function drain(): Promise<void> {
  const consumer = await runStream(events, db, log)
  await until('the end of the topic', async () => (await db.stream.lag(events.group)).every(({ lag }) => lag === 0))
  await consumer.stop()
}

beforeEach(async () => {
  await db.sql`truncate stream_messages, stream_offsets, history_rows, events_seen`
  await db.sql`update stream_partitions set next_offset = 0`
})

describe('an event', () => {
  test('is enriched from the catalogue, kept in the history and passed on with its trace', async () => {
    await db.stream.produce('events', [message(input({ data: { order: 'PED-1' } }))])
    await drain()
    const [kept] = await db.history.read('events', 'A', { limit: 10 })
    expect(kept!.data).toMatchObject({ sku: 'A', quantity: 1, data: { order: 'PED-1' }, packaging: { name: 'Caixa' } })
    expect(await bodies('events.processed')).toEqual([kept!.data as unknown as StockEvent])
    expect((await topic('events.processed'))[0]!.headers.trace_id).toBe('trace-1')
    expect(await topic('events.failed')).toEqual([])
  })

  test('again with the same content changes nothing, whatever the order of its keys', async () => {
    const event_id = Bun.randomUUIDv7()
    const occurred_at = '2026-01-02T03:04:05Z'
    const first = message(input({ event_id, occurred_at, data: { a: 1, b: { c: 2, d: 3 } } }))
    const again = message(
      input({ occurred_at: '2026-01-02T00:04:05-03:00', event_id, data: { b: { d: 3, c: 2 }, a: 1 } }),
    )
    await db.stream.produce('events', [first, again])
    await drain()
    await db.stream.produce('events', [again])
    await drain()
    expect(await bodies('events.processed')).toHaveLength(1)
    expect(await topic('events.failed')).toEqual([])
  })

  test('again without occurred_at is the same event, although the API chose another time', async () => {
    const event_id = Bun.randomUUIDv7()
    for (const now of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'])
      await db.stream.produce('events', [eventMessage(input({ event_id }), 't', new Date(now)).message])
    await drain()
    expect(await bodies('events.processed')).toHaveLength(1)
    expect(await topic('events.failed')).toEqual([])
  })

  test('with other content under a known id is a conflict; the first stands', async () => {
    const event_id = Bun.randomUUIDv7()
    await db.stream.produce('events', [
      message(input({ event_id, quantity: 1 })),
      message(input({ event_id, quantity: 2 })),
    ])
    await drain()
    expect((await bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([1])
    const [failed] = await topic('events.failed')
    expect(failed!.headers).toMatchObject({ reason: 'conflict', source_topic: 'events' })
    expect((await db.history.read('events', 'A', { limit: 10 })).map(({ data }) => data.quantity)).toEqual([1])
  })
})

describe('what can never succeed goes to events.failed with its bytes and why', () => {
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const good = { event_id: '0190163d-8694-739b-aea5-966c26f8ad91', occurred_at: '2026-01-01T00:00:00Z', ...input() }
  test.each([
    ['half a JSON text', 'not_json', '{"sku":'],
    ['an empty message', 'not_json', ''],
    ['bytes that are no UTF-8', 'not_json', new Uint8Array([0xff, 0xfe, 0x00])],
    ['an array', 'invalid', '[]'],
    ['null', 'invalid', 'null'],
    ['an unknown field', 'invalid', JSON.stringify({ ...good, colour: 'red' })],
    ['a quantity in quotes', 'invalid', JSON.stringify({ ...good, quantity: '1' })],
    ['a sale of nothing', 'invalid', JSON.stringify({ ...good, quantity: 0 })],
    ['a broken quantity', 'invalid', JSON.stringify({ ...good, quantity: 1.5 })],
    ['no event_id', 'invalid', JSON.stringify({ ...good, event_id: undefined })],
    ['a month 13', 'invalid', JSON.stringify({ ...good, occurred_at: '2026-13-05T00:00:00Z' })],
    ['a 31 February', 'invalid', JSON.stringify({ ...good, occurred_at: '2026-02-31T00:00:00Z' })],
    ['a NUL in the sku', 'invalid', JSON.stringify({ ...good, sku: 'A\0' })],
    ['half a surrogate pair', 'invalid', JSON.stringify({ ...good, data: { deep: ['\ud800'] } })],
    ['data nested 200,000 levels deep', 'invalid', `${JSON.stringify(good).slice(0, -1)},"data":{"a":${nested}}}`],
    ['a sku that nobody knows', 'unknown_sku', JSON.stringify({ ...good, sku: 'NOBODY-KNOWS' })],
  ])('%s', async (_, reason, value) => {
    const bad = raw(value)
    await db.stream.produce('events', [message(input({ quantity: 7 })), bad, message(input({ quantity: 8 }))])
    await drain()
    const [failed, ...more] = await topic('events.failed')
    expect(more).toEqual([])
    expect(Buffer.from(failed!.value).equals(Buffer.from(bad.value))).toBeTrue()
    expect(failed!.headers).toMatchObject({ reason, source_topic: 'events', source_offset: '1' })
    expect(Date.parse(failed!.headers.failed_at!)).toBeGreaterThan(Date.now() - 60_000)
    // The good ones around it went through, in their order.
    expect((await bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([7, 8])
  })
})

test('a broken engine holds the batch back: nothing is lost, dead-lettered or reordered', async () => {
  await db.sql`alter table history_rows rename to history_away`
  const consumer = await runStream(events, db, log)
  try {
    const sent = Array.from({ length: 20 }, (_, i) => message(input({ quantity: i + 1 })))
    await db.stream.produce('events', sent)
    await until('an attempt', async () => (await db.sql`select 1 from events_seen limit 1`).length > 0)
    expect(await topic('events.processed')).toEqual([])
  } finally {
    await db.sql`alter table history_away rename to history_rows`
  }
  await until('all of it', async () => (await bodies('events.processed')).length === 20)
  await consumer.stop()
  expect((await bodies('events.processed')).map(({ quantity }) => quantity)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  )
  expect(await topic('events.failed')).toEqual([])
})

test('kill -9 of the consumer in mid-batch: every event is in the history once, none is missing', async () => {
  const sent = Array.from({ length: 3000 }, (_, i) => message(input({ sku: 'ABC'[i % 3]!, quantity: i + 1 })))
  await db.stream.produce('events', sent)
  const env = { DATABASE_URL: database.url, DATA_DIR: data_dir }
  // The history table is locked, so that the first consumer is caught between the ledger and the history.
  const locker = await db.sql.reserve()
  await locker`begin`
  await locker`lock table history_rows in access exclusive mode`
  const first = startProgram('consumers/main.ts', ['events'], env)
  const entered = async () => Number((await db.sql`select count(*) from events_seen`)[0]!.count)
  await until('a batch in the ledger', async () => (await entered()) > 0, 15_000, first.output)
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
  const second = startProgram('consumers/main.ts', ['events'], env)
  const rows = async () => Number((await db.sql`select count(*) from history_rows`)[0]!.count)
  await until('every event', async () => (await rows()) === 3000, 30_000, second.output)
  second.kill('SIGTERM')
  expect(await second.exited).toBe(0)
  const quantities = await db.sql<{ quantity: number }[]>`
    select distinct (data->>'quantity')::int as quantity from history_rows`
  expect(quantities).toHaveLength(3000)
  const ids = new Set((await bodies('events.processed')).map(({ event_id }) => event_id))
  expect(ids.size).toBe(3000)
}, 60_000)

test('a consumer that nobody knows is wrong usage, and the known ones are listed', async () => {
  const program = startProgram('consumers/main.ts', ['evnts'], {})
  expect(await program.exited).toBe(2)
  await until('the message', () => program.output().includes('events'))
})

test('the content hash depends on every field but the id', () => {
  const event = (decodeEvent(message(input({ occurred_at: '2026-01-01T00:00:00Z' })).value) as { event: StockEvent })
    .event
  const hash = (more: Partial<StockEvent>) => Buffer.from(contentHash({ ...event, ...more }, {})).toString('hex')
  expect(hash({ event_id: 'other' })).toBe(hash({}))
  for (const more of [
    { sku: 'B' },
    { kind: 'return' },
    { quantity: 2 },
    { occurred_at: '2026-01-01T00:00:01Z' },
    { data: { a: 1 } },
  ])
    expect(hash(more as Partial<StockEvent>)).not.toBe(hash({}))
})
