/** What only the queue on PostgreSQL can be asked: its tables are moved under it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import type { Sql } from 'postgres'
import { bookkeepingPool } from '../../../../db/engines/postgres/bookkeeping-pool.ts'
import type { Delivery } from '../../../../db/engines/queue/queue.ts'
import { createSqlQueue } from '../../../../db/engines/queue/sql/queue.ts'
import { claimMessages, extendLeases, settleMessages } from '../../../../db/engines/queue/sql/messages.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'
import { collect, isEmpty, text } from '../../../contracts/queue-collect.ts'
import { until } from '../../../kit/program.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const log = pino({ level: 'silent' })
const message = (id: string) => ({ id, body: new TextEncoder().encode(id) })

test('a decision about a message that was claimed again has no effect, and its handler hears of it', async () => {
  const { sql } = database
  const queue = createSqlQueue(sql, { log, lease_ms: 150, poll_ms: 600_000 })
  const begun: Array<{ delivery: Delivery; signal: AbortSignal }> = []
  const gate = Promise.withResolvers<void>()
  const consumer = await queue.consume(
    { name: 'taken', max_attempts: 5, retry_delay_ms: 0 },
    async (delivery, signal) => {
      begun.push({ delivery, signal })
      await gate.promise
      return 'drop'
    },
  )
  await queue.publish('taken', [message('m')])
  await until('the delivery', () => begun.length === 1)
  await sql`
    update queue_messages set claim = claim + 1, consumer = ${Bun.randomUUIDv7()}, lease_until = now() + interval '1 hour'
    where queue = 'taken'`
  await until('its abort', () => begun[0]!.signal.aborted)
  gate.resolve()
  await consumer.stop()
  expect(await queue.depth('taken')).toEqual({ ready: 0, delayed: 0, in_flight: 1, dead: 0 })
})

test('a message that is handed back unhandled has not used an attempt', async () => {
  const { sql } = database
  const consumer = Bun.randomUUIDv7()
  const claim = { queue: 'returned', consumer, max: 10, max_attempts: 1, max_lost: 1, lease_ms: 60_000 }
  await createSqlQueue(sql, { log }).publish('returned', [message('m')])
  const first = await claimMessages(sql, claim)
  expect(first.claimed.map(({ delivery }) => delivery.attempt)).toEqual([1])
  const settings = { queue: 'returned', consumer, retry_delay_ms: 60_000 }
  await settleMessages(sql, settings, [{ id: 'm', claim: 1, result: 'return', reason: '' }])
  const second = await claimMessages(sql, claim)
  expect(second.claimed.map(({ delivery }) => delivery.attempt)).toEqual([1])
})

test('publishing an id that is still queued changes nothing', async () => {
  const queue = createSqlQueue(database.sql, { log })
  const named = (id: string, content: string) => ({ id, body: new TextEncoder().encode(content) })
  await queue.publish('same', [named('same', 'first'), named('same', 'in the same call')])
  await queue.publish('same', [named('same', 'second'), named('other', 'new')])
  const { deliveries } = await collect(queue, { name: 'same', max_attempts: 3, retry_delay_ms: 0 }, () => 'ack')
  await until('both', () => deliveries.length === 2)
  expect(deliveries.map(text).toSorted()).toEqual(['first', 'new'])
  await queue.close()
})

test('a dead letter whose id is queued again waits until it is not', async () => {
  const queue = createSqlQueue(database.sql, { log })
  const settings = { name: 'again', max_attempts: 3, retry_delay_ms: 0 }
  const named = (content: string) => ({ id: 'm', body: new TextEncoder().encode(content) })
  const first = await collect(queue, settings, () => 'drop')
  await queue.publish('again', [named('old')])
  await until('its death', async () => (await queue.depth('again')).dead === 1)
  await first.stop()
  await queue.publish('again', [named('new')])
  expect(await queue.replay('again')).toBe(0)
  const { deliveries } = await collect(queue, settings, () => 'ack')
  await until('the new one', () => deliveries.length === 1)
  await until('its end', async () => isEmpty(await queue.depth('again')))
  expect(await queue.replay('again')).toBe(1)
  await until('the old one', () => deliveries.length === 2)
  expect(deliveries.map(text)).toEqual(['new', 'old'])
  await queue.close()
})

test('a batch is claimed in the order in which it was published', async () => {
  const { sql } = database
  const ids = Array.from({ length: 50 }, (_, i) => `m${i}`)
  await createSqlQueue(sql, { log }).publish('ordered', ids.map(message))
  const claim = {
    queue: 'ordered',
    consumer: Bun.randomUUIDv7(),
    max: 30,
    max_attempts: 1,
    max_lost: 1,
    lease_ms: 60_000,
  }
  const turns = [await claimMessages(sql, claim), await claimMessages(sql, claim)]
  expect(turns.flatMap(({ claimed }) => claimed.map(({ delivery }) => delivery.id))).toEqual(ids)
  expect(turns.map(({ found }) => found)).toEqual([30, 20])
})

test('a queue that fills after it was empty for long is not read as a whole for each claim', async () => {
  const { sql } = database
  const own = bookkeepingPool(sql)
  const consumer = Bun.randomUUIDv7()
  const claim = { queue: 'burst', consumer, max: 50, max_attempts: 3, max_lost: 1, lease_ms: 60_000 }
  const takeSome = async () => {
    const { claimed } = await claimMessages(own, claim)
    const outcomes = claimed.map(({ delivery: { id }, claim: number }) => ({
      id,
      claim: number,
      result: 'ack' as const,
      reason: '',
    }))
    await settleMessages(own, { queue: 'burst', consumer, retry_delay_ms: 0 }, outcomes)
    return claimed.length
  }
  await sql`delete from queue_messages`
  await sql`vacuum analyze queue_messages`
  // Often enough for PostgreSQL to settle on a plan, on each connection.
  for (let i = 0; i < 20; i++) expect(await takeSome()).toBe(0)
  await createSqlQueue(sql, { log }).publish(
    'burst',
    Array.from({ length: 5_000 }, (_, i) => message(`m${i}`)),
  )
  const before = await rowsRead(own)
  for (let i = 0; i < 10; i++) expect(await takeSome()).toBe(50)
  expect((await rowsRead(own)) - before).toBeLessThan(10_000)
  await own.end()
})

test('what a claim and its renewals write is in no index, and a page has room for it', async () => {
  const { sql } = database
  const consumer = Bun.randomUUIDv7()
  const row = async () =>
    (await sql`select * from queue_messages where queue = 'in_place'`)[0] as Record<string, unknown>
  await createSqlQueue(sql, { log }).publish('in_place', [message('m')])
  const before = await row()
  await claimMessages(sql, { queue: 'in_place', consumer, max: 1, max_attempts: 3, max_lost: 1, lease_ms: 0 })
  await claimMessages(sql, { queue: 'in_place', consumer, max: 1, max_attempts: 3, max_lost: 9, lease_ms: 1000 })
  await extendLeases(sql, { queue: 'in_place', consumer, ids: ['m'], lease_ms: 60_000 })
  const after = await row()
  const written = Object.keys(after).filter((column) => !Bun.deepEquals(after[column], before[column]))
  expect(written.toSorted()).toEqual(['claim', 'consumer', 'lease_until', 'lost'])

  // Together they let PostgreSQL update a row in place (HOT); `bun run bench roles` measures how often it does.
  const indexed = await sql<{ column: string | null }[]>`
    select distinct a.attname as column
    from pg_index i, unnest(i.indkey) as key (n) left join pg_attribute a on a.attrelid = 'queue_messages'::regclass and a.attnum = key.n
    where i.indrelid = 'queue_messages'::regclass`
  expect(indexed.map(({ column }) => column).toSorted()).toEqual(['available_at', 'id', 'queue'])
  const partial = await sql`select from pg_index where indrelid = 'queue_messages'::regclass and indpred is not null`
  expect(partial.length).toBe(0)
  const [{ reloptions }] = await sql<[{ reloptions: string[] }]>`
    select reloptions from pg_class where oid = 'queue_messages'::regclass`
  expect(reloptions).toContain('fillfactor=50')
})

/** Rows and index entries of queue_messages that were read so far. */
async function rowsRead(own: Sql): Promise<number> {
  await flushed(own)
  const [row] = await database.sql<{ read: number }[]>`
    select (t.seq_tup_read + sum(i.idx_tup_read))::int as read
    from pg_stat_user_tables t join pg_stat_user_indexes i using (relid)
    where t.relname = 'queue_messages' group by t.seq_tup_read`
  return row!.read
}

/** What a pool's connections did is in the statistics. */
async function flushed(own: Sql): Promise<void> {
  await Promise.all(Array.from({ length: 4 }, () => own`select pg_stat_force_next_flush(), pg_sleep(0.01)`))
}
