/** What only the stream on PostgreSQL can be asked: its tables are moved under it. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import type { Message, Stream } from '../../../../db/engines/stream/stream.ts'
import { createSqlStream, type SqlStreamOptions } from '../../../../db/engines/stream/sql/stream.ts'
import { deleteFinishedMessages } from '../../../../db/engines/stream/sql/messages.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'
import { until } from '../../../kit/program.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let streams: Stream[] = []
beforeAll(async () => void (database = await testDatabase()))
afterEach(async () => {
  await Promise.all(streams.map((stream) => stream.close()))
  streams = []
})
afterAll(() => database.close())

/** Its leases last so long that no heartbeat happens by itself. */
function openStream(options: Partial<SqlStreamOptions> = {}): Stream {
  const stream = createSqlStream(database.sql, { log: pino({ level: 'silent' }), lease_ms: 600_000, ...options })
  streams.push(stream)
  return stream
}

const message = (key: string | null, content: string): Message => ({ key, value: new TextEncoder().encode(content) })

test('a member that lost its partition cannot move the offset, and its batch is aborted', async () => {
  const { sql } = database
  const stream = openStream()
  const gate = Promise.withResolvers<void>()
  const signals: AbortSignal[] = []
  await stream.produce('fenced', [message('k', '1')])
  await stream.consume({
    group: 'reads-fenced',
    topic: 'fenced',
    from: 'earliest',
    async onBatch(_, signal) {
      signals.push(signal)
      await gate.promise
    },
  })
  await until('the batch', () => signals.length === 1)
  await sql`
    update stream_offsets set member = ${Bun.randomUUIDv7()}, epoch = epoch + 1, lease_until = now() + interval '1 hour'
    where topic = 'fenced'`
  await sql.notify('doca_stream_groups', 'reads-fenced fenced')
  await until('its abort', () => signals[0]!.aborted)
  gate.resolve()
  await Promise.all(streams.map((open) => open.close()))
  expect((await stream.lag('reads-fenced')).reduce((sum, { lag }) => sum + lag, 0)).toBe(1)
})

test('a commit that comes after the partition was taken has no effect', async () => {
  const { sql } = database
  const stream = openStream()
  const gate = Promise.withResolvers<void>()
  let batches = 0
  await stream.produce('late', [message('k', '1')])
  const consumer = await stream.consume({
    group: 'reads-late',
    topic: 'late',
    from: 'earliest',
    async onBatch() {
      batches++
      await gate.promise
    },
  })
  await until('the batch', () => batches === 1)
  // Nobody tells the member.
  const taken = await sql`
    update stream_offsets set member = ${Bun.randomUUIDv7()}, epoch = epoch + 1, lease_until = now() + interval '1 hour'
    where topic = 'late'`
  expect(taken.count).toBe(4)
  gate.resolve()
  await consumer.stop()
  const offsets = await sql`select next_offset from stream_offsets where topic = 'late'`
  expect(offsets.every((row) => row.next_offset === 0)).toBe(true)
})

test('a consumer whose connections are cut goes on, and is woken as before', async () => {
  const stream = openStream()
  const received: string[] = []
  await stream.consume({
    group: 'reads-cut',
    topic: 'cut',
    from: 'earliest',
    onBatch: async (messages) => void received.push(...messages.map(({ value }) => new TextDecoder().decode(value))),
  })
  for (const round of ['1', '2']) {
    await until('a connection', () => works(stream.produce('cut', [message('k', round)])))
    await until(`message ${round}`, () => received.at(-1) === round, 2000)
    const cut = await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    expect(cut.length).toBeGreaterThan(0)
  }
  // Stored by another program, whose NOTIFY may find nobody listening yet.
  const other = anotherProgram()
  await other.stream.produce('cut', [message('k', '3')])
  await until('the message of the other program', () => received.at(-1) === '3')
  await other.close()
  expect(received).toEqual(['1', '2', '3'])
})

test("a slow statement on the program's only connection does not cost a consumer its lease", async () => {
  const sql = openSql(database.url, 1)
  const stream = createSqlStream(sql, { log: pino({ level: 'silent' }), lease_ms: 300 })
  const consume = { group: 'slow', topic: 'slow', from: 'earliest' as const }
  let batches = 0
  await stream.produce('slow', [message('k', '1')])
  await stream.consume({ ...consume, onBatch: async () => void (batches++, await sql`select pg_sleep(0.9)`) })
  await until('the batch', () => batches === 1)
  let stolen = 0
  const other = openStream({ lease_ms: 300 })
  await other.consume({ ...consume, onBatch: async () => void stolen++ })
  await until('the commit', async () => (await other.lag('slow')).every(({ lag }) => lag === 0))
  expect([batches, stolen]).toEqual([1, 0])
  await stream.close()
  await sql.end({ timeout: 1 })
})

test('partitions that are added later are read from their beginning, also by a group that began at latest', async () => {
  const received: string[] = []
  await openStream().consume({
    group: 'newcomer',
    topic: 'grows',
    from: 'latest',
    onBatch: async (messages) => void received.push(...messages.map(({ value }) => new TextDecoder().decode(value))),
  })
  const wider = openStream({ partitions: 8 })
  await wider.produce(
    'grows',
    Array.from({ length: 16 }, (_, i) => message(null, String(i))),
  )
  expect((await wider.lag('newcomer')).map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  // Membership is looked at with every heartbeat; here somebody coming is what causes one.
  await database.sql.notify('doca_stream_groups', 'newcomer grows')
  await until('all of it', () => received.length === 16)
})

test('what is old and finished is deleted, what a group still has before it is kept', async () => {
  const { sql } = database
  const stream = openStream({ partitions: 1 })
  const offsets: number[] = []
  await stream.produce('old', [message('k', '1'), message('k', '2')])
  const consumer = await stream.consume({
    group: 'reads',
    topic: 'old',
    from: 'earliest',
    onBatch: async (messages) => void offsets.push(...messages.map(({ offset }) => offset)),
  })
  await until('both', () => offsets.length === 2)
  await until('the commit', async () => (await stream.lag('reads')).every(({ lag }) => lag === 0))
  await consumer.stop()
  await stream.produce('old', [message('k', '3')])
  await sql`update stream_messages set produced_at = now() - interval '2 hours' where topic = 'old'`
  await stream.produce('old', [message('k', '4')])

  expect(await deleteFinishedMessages(sql, 3 * 3600)).toBe(0)
  await deleteFinishedMessages(sql, 3600)
  const left = await sql`select "offset" from stream_messages where topic = 'old' order by "offset"`
  expect(left.map((row) => row.offset)).toEqual([2, 3])

  offsets.length = 0
  await stream.consume({
    group: 'reads',
    topic: 'old',
    from: 'earliest',
    onBatch: async (messages) => void offsets.push(...messages.map(({ offset }) => offset)),
  })
  await until('the rest', () => offsets.length === 2)
  expect(offsets).toEqual([2, 3])
})

const works = (call: Promise<unknown>) => call.then(() => true).catch(() => false)

function anotherProgram() {
  const sql = openSql(database.url, 1)
  const stream = createSqlStream(sql, { log: pino({ level: 'silent' }) })
  return { stream, close: () => sql.end({ timeout: 1 }) }
}

test('a topic that is gone is no longer among those that a group lags behind', async () => {
  const { sql } = database
  const stream = openStream()
  for (const topic of ['stays', 'goes']) await stream.produce(topic, [message('k', '1')])
  const topics = ['stays', 'goes']
  expect((await stream.lag('left', topics)).reduce((sum, { lag }) => sum + lag, 0)).toBe(2)
  for (const table of ['stream_messages', 'stream_partitions'])
    await sql`delete from ${sql(table)} where topic = 'goes'`
  expect(new Set((await stream.lag('left', topics)).map(({ topic }) => topic))).toEqual(new Set(['stays']))
  expect((await stream.list()).topics).not.toContain('goes')
})

test('of messages that nobody read before they were deleted none is still to do', async () => {
  const { sql } = database
  const stream = openStream()
  await stream.produce('unread', [message('k', '1'), message('k', '2')])
  await sql`delete from stream_messages where topic = 'unread' and "offset" = 0`
  const lags = await stream.lag('comes-late', ['unread'])
  expect(lags.reduce((sum, { lag }) => sum + lag, 0)).toBe(1)
})
