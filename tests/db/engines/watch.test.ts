import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Registry } from 'prom-client'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { enginesOf, watchPool, watchRoles } from '../../../db/engines/watch.ts'
import { readDbConfig } from '../../../db/engines/config.ts'
import type { History } from '../../../db/engines/history/history.ts'
import type { Queue } from '../../../db/engines/queue/queue.ts'
import { createSqlQueue } from '../../../db/engines/queue/sql/queue.ts'
import { envReader } from '../../../lib/env.ts'
import { metricsOn } from '../../../lib/metrics/prometheus.ts'
import { passOn } from '../../../lib/tracing/tracing.ts'
import { NO_WATCH } from '../../../lib/watch.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { silent } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const config = readDbConfig(envReader({}))
const measured = () => {
  const registry = new Registry()
  return { registry, watch: { ...NO_WATCH, metrics: metricsOn(registry) } }
}

test('every statement is counted, also in a transaction and when it fails, and answers as ever', async () => {
  const { registry, watch } = measured()
  const sql = openSql(database.url, 2, undefined, watch)
  watchPool(sql, watch)
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }])
  expect(sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' })
  const two = await sql.begin(async (tx) => (await tx<{ two: number }[]>`select 2 as two`)[0]!.two)
  expect(two).toBe(2)
  const text = await registry.metrics()
  // begin, its statement and commit.
  expect(text).toContain('doca_sql_statement_duration_seconds_count{outcome="ok"} 4\n')
  expect(text).toContain('doca_sql_statement_duration_seconds_count{outcome="failed"} 1\n')
  await sql.end()
})

test('the pool tells what its connections do and how many statements wait', async () => {
  const { registry, watch } = measured()
  const sql = openSql(database.url, 2, undefined, watch)
  watchPool(sql, watch)
  const held = Promise.withResolvers<void>()
  const holders = [1, 2].map(() => sql.begin(() => held.promise))
  await database.sql`select pg_sleep(0)`
  const waiting = sql`select 1`.execute()
  for (;;) {
    const text = await registry.metrics()
    if (text.includes('doca_sql_pool_waiting 1\n') && text.includes('doca_sql_pool_connections{state="busy"} 2\n'))
      break
    await new Promise((resolve) => setImmediate(resolve))
  }
  held.resolve()
  await Promise.all([...holders, waiting])
  const text = await registry.metrics()
  expect(text).toContain('doca_sql_pool_waiting 0\n')
  expect(text).toContain('doca_sql_pool_connections{state="idle"} 2\n')
  await sql.end()
})

test("a role's calls are counted by how they ended, and throw what they threw", async () => {
  const { registry, watch } = measured()
  const plain: History = {
    write: async () => {},
    read: async () => {
      throw new Error('away')
    },
    upsert: async () => {},
    close: async () => {},
  }
  const { history } = watchRoles({ history: plain }, config, watch)
  await history.write('t', [])
  expect(history.read('t', 'p', { limit: 1 })).rejects.toThrow('away')
  await history.close()
  const text = await registry.metrics()
  const count = 'doca_engine_call_duration_seconds_count{role="history",engine="postgresql"'
  expect(text).toContain(`${count},operation="write",outcome="ok"} 1\n`)
  expect(text).toContain(`${count},operation="read",outcome="failed"} 1\n`)
})

test('where nobody looks, roles stay as they are', () => {
  const roles = { history: {} as History }
  expect(watchRoles(roles, config, NO_WATCH)).toBe(roles)
})

test('the engine behind a role is named by its variable', () => {
  const variables = {
    CACHE_URL: 'redis://a:1',
    STREAM_URL: 'kafka://a:1',
    QUEUE_URL: 'amqp://u:p@a:1/v',
    JOURNAL_URL: 'mongodb://a:1/d',
  }
  expect(enginesOf(readDbConfig(envReader(variables)))).toMatchObject({
    cache: 'redis',
    stream: 'kafka',
    queue: 'rabbitmq',
    journal: 'mongodb',
    history: 'postgresql',
    objects: 'disk',
  })
})

test("a queue's deliveries are counted by decision, and its messages carry the trace", async () => {
  const { registry, watch } = measured()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const plain: Queue = createSqlQueue(database.sql, { log: silent })
  const { queue } = watchRoles({ queue: plain }, config, { ...watch, tracing: passOn({ traceparent }) })
  await queue.publish('q', [
    { id: 'good', body: new Uint8Array() },
    { id: 'bad', body: new Uint8Array() },
  ])
  const headers: string[] = []
  const done = Promise.withResolvers<void>()
  const consumer = await queue.consume({ name: 'q', max_attempts: 1, retry_delay_ms: 1 }, async (delivery) => {
    headers.push(delivery.headers.traceparent!)
    if (headers.length === 2) done.resolve()
    if (delivery.id === 'bad') throw new Error('no')
    return 'ack'
  })
  await done.promise
  await consumer.stop()
  expect(headers).toEqual([traceparent, traceparent])
  const text = await registry.metrics()
  expect(text).toContain('doca_queue_published_total{queue="q"} 2\n')
  expect(text).toContain('doca_queue_delivery_duration_seconds_count{queue="q",decision="ack"} 1\n')
  expect(text).toContain('doca_queue_delivery_duration_seconds_count{queue="q",decision="failed"} 1\n')
  await queue.close()
})
