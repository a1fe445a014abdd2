import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDbConfig } from '../../db/config.ts'
import { connect, type Db } from '../../db/index.ts'
import { summariseSamples, type Sample } from '../../db/probe.ts'
import { EVENTS_TOPIC } from '../../db/stream/event.ts'
import { EVENTS_GROUP } from '../../db/stream/groups.ts'
import { createApiClient } from '../../jobs/api-client.ts'
import { createAsk } from '../../jobs/probe/ask.ts'
import { createLook, startProbe, type ProbeParts } from '../../jobs/probe/index.ts'
import { diskObservation, observationsOf, type Observation } from '../../jobs/probe/observations.ts'
import { envReader } from '../../lib/env.ts'
import { testDatabase, type TestDatabase } from '../database.ts'
import { until } from '../e2e/program.ts'
import { startStandIn, type StandIn } from './api-stand-in.ts'
import { silent } from './replica.ts'

setDefaultTimeout(60_000)

const LIMITS = { api_slow_ms: 5000, disk_min_free_share: 0.1, queue_dead_max: 0, stream_lag_max: 5, data_stale_s: 900 }

let database: TestDatabase
let data_dir: string
let db: Db
let api: StandIn
let told: Observation[][]
beforeAll(async () => {
  database = await testDatabase()
  data_dir = await mkdtemp(join(tmpdir(), 'doca-probe-'))
  db = await connect(readDbConfig(envReader({ DATABASE_URL: database.url, DATA_DIR: data_dir })), silent)
  api = startStandIn()
})
beforeEach(async () => {
  told = []
  await database.sql`truncate probe_samples, probe_disks`
})
afterEach(() => api.reset())
afterAll(async () => {
  await db.close()
  api.stop()
  await database.close()
  await rm(data_dir, { recursive: true })
})

const partsWith = (more: Partial<ProbeParts> = {}): ProbeParts => ({
  db,
  api: createApiClient({ url: api.url, username: 'x', password: async () => 'x', metrics_token: undefined }),
  data_dir,
  limits: LIMITS,
  log: silent,
  observe: async (_, observations) => void told.push(observations),
  ...more,
})

/** One look, as if the tick were nobody's yet. */
async function look(more: Partial<ProbeParts> = {}): Promise<Sample & { finished_at: Date | null }> {
  await database.sql`truncate probe_samples`
  await createLook(partsWith(more), 'r1')()
  const [row] = await database.sql<Array<Sample & { finished_at: Date | null }>>`select * from probe_samples`
  return row!
}

const toldOf = (rule: string) => told.flat().filter((one) => one.rule === rule)

test('a look at a system that is well', async () => {
  api.health = () =>
    Response.json({ status: 'ok', version: '1', database: { status: 'ok' }, cache: { status: 'ok' }, odd: null })
  const sample = await look()
  expect(sample).toMatchObject({
    finished_at: expect.any(Date),
    api_up: true,
    api_status: 200,
    roles: { database: 'ok', cache: 'ok' },
    queue_dead: 0,
    stream_lag: 0,
    oldest_input_age_s: 0,
    oldest_input: null,
  })
  for (const figure of ['api_latency_ms', 'sql_latency_ms', 'cache_latency_ms', 'disk_free_share'] as const)
    expect(sample[figure]).toBeGreaterThan(0)
  expect(told.flat().filter(({ ok }) => !ok)).toEqual([])
  expect(
    told
      .flat()
      .map(({ rule }) => rule)
      .toSorted(),
  ).toEqual(['API_DOWN', 'API_HIGH_LATENCY', 'CACHE_CONNECTION_LOST', 'DATA_STALE', 'LOW_DISK_SPACE', 'QUEUE_DEAD'])
})

test('of any number of replicas one looks at each tick, and the rules are told once', async () => {
  const looks = Array.from({ length: 5 }, (_, i) => createLook(partsWith(), `r${i}`))
  await Promise.all(looks.map((each) => each()))
  const samples = await database.sql`select tick from probe_samples`
  expect(samples.length).toBeGreaterThanOrEqual(1)
  expect(toldOf('API_DOWN')).toHaveLength(samples.length)
  // They run on one machine, whose disk is one.
  expect(toldOf('LOW_DISK_SPACE')).toHaveLength(1)
})

test.each<[string, () => Response, Partial<Sample>]>([
  ['503', () => Response.json({ status: 'down', database: { status: 'down' } }, { status: 503 }), { api_status: 503 }],
  ['no JSON', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), { api_status: 502, roles: null }],
])('an API that answers %s is down', async (_, health, expected) => {
  api.health = health
  expect(await look()).toMatchObject({ api_up: false, ...expected })
  expect(toldOf('API_DOWN')).toMatchObject([{ subject: api.url, ok: false }])
})

test('an API that nobody listens for is down, and the look says so in its own words', async () => {
  const nobody = createApiClient({
    ...{ url: 'http://127.0.0.1:1', username: 'x' },
    password: async () => '',
    metrics_token: undefined,
  })
  expect(await look({ api: nobody })).toMatchObject({ api_up: false, api_status: null, api_latency_ms: null })
  expect(toldOf('API_DOWN')[0]!.detail).toBe('The API at http://127.0.0.1:1 does not answer.')
  expect(toldOf('API_HIGH_LATENCY')).toEqual([])
})

test('a cache that is away, for the jobs or for the API, is told', async () => {
  const cache = { ...db.cache, get: () => Promise.reject(new Error('away')) }
  expect(await look({ db: { ...db, cache } })).toMatchObject({ cache_latency_ms: null })
  expect(toldOf('CACHE_CONNECTION_LOST')).toMatchObject([{ ok: false, detail: 'The cache does not answer the jobs.' }])
  told = []
  api.health = () => Response.json({ status: 'degraded', cache: { status: 'down' } })
  expect(await look()).toMatchObject({ api_up: true })
  expect(toldOf('CACHE_CONNECTION_LOST')).toMatchObject([{ ok: false, detail: 'The cache does not answer the API.' }])
})

test('what the rules refuse is not kept either: sample and alerts are one transaction', async () => {
  const parts = partsWith({ observe: () => Promise.reject(new Error('no')) })
  await expect(createLook(parts, 'r1')()).rejects.toThrow('no')
  expect(await database.sql`select 1 from probe_samples where finished_at is not null`).toHaveLength(0)
  expect(await database.sql`select 1 from probe_disks`).toHaveLength(0)
})

test('messages that a group has not finished wait since the first look that saw them', async () => {
  const consumer = await db.stream.consume({
    group: EVENTS_GROUP,
    topic: EVENTS_TOPIC,
    from: 'earliest',
    onBatch: async () => {},
  })
  await consumer.stop()
  expect(await look()).toMatchObject({ stream_lag: 0, oldest_input_age_s: 0 })
  const message = { key: 'a', value: new TextEncoder().encode('x') }
  await db.stream.produce(
    EVENTS_TOPIC,
    Array.from({ length: 7 }, () => message),
  )
  const seen = await look()
  expect(seen).toMatchObject({ stream_lag: 7, oldest_input_age_s: 0 })
  expect(toldOf('STREAM_LAG').at(-1)).toMatchObject({ subject: `${EVENTS_GROUP} ${EVENTS_TOPIC}`, ok: false })

  await database.sql`
    insert into probe_samples (tick, replica, finished_at, stream_ends)
    values (now() - interval '20 minutes', 'r', now(), ${database.sql.json(seen.stream_ends!)}),
      (now() - interval '30 minutes', 'r', now(), '{}')`
  await database.sql`delete from probe_samples where tick > now() - interval '1 minute'`
  await createLook(partsWith(), 'r1')()
  const [later] = await database.sql<Sample[]>`select * from probe_samples order by tick desc limit 1`
  expect(later).toMatchObject({ oldest_input: 'events' })
  expect(later!.oldest_input_age_s).toBeGreaterThanOrEqual(1200)
  expect(later!.oldest_input_age_s).toBeLessThan(1290)
  expect(toldOf('DATA_STALE').at(-1)).toMatchObject({ ok: false, detail: expect.stringContaining('events') })
  const reader = await db.stream.consume({
    group: EVENTS_GROUP,
    topic: EVENTS_TOPIC,
    from: 'earliest',
    onBatch: async () => {},
  })
  await until('the messages to be finished', async () =>
    (await db.stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0),
  )
  await reader.stop()
})

test('a workbook without a chart waits since it was put there; one that is drawn, or no workbook, does not', async () => {
  const key = 'uploads/vendas.xlsx'
  await db.objects.put(key, 'x')
  await db.objects.put('uploads/~$vendas.xlsx', 'x')
  const hour_ago = new Date(Date.now() - 3_600_000)
  for (const name of [key, 'uploads/~$vendas.xlsx']) await utimes(join(data_dir, 'objects', name), hour_ago, hour_ago)
  const waiting = await look()
  expect(waiting.oldest_input).toBe('workbooks')
  expect(waiting.oldest_input_age_s).toBeGreaterThanOrEqual(3600)
  const { version } = (await db.objects.head(key))!
  await database.sql`
    insert into charts (id, source_key, source_version, state) values (${Bun.randomUUIDv7()}, ${key}, ${version}, 'failed')`
  expect(await look()).toMatchObject({ oldest_input_age_s: 0, oldest_input: null })
})

test('queued messages that may be delivered wait; those that wait for a retry do not, and dead ones are told', async () => {
  await db.queue.publish('orders', [{ id: 'a', body: new Uint8Array(1) }])
  await db.queue.publish('mail', [{ id: 'b', body: new Uint8Array(1) }])
  await database.sql`update queue_messages set available_at = now() - interval '5 minutes' where queue = 'orders'`
  await database.sql`update queue_messages set available_at = now() + interval '5 minutes' where queue = 'mail'`
  await database.sql`
    insert into dead_letters (id, queue, message_id, body, attempt, reason)
    values (${Bun.randomUUIDv7()}, 'orders', 'm', '', 5, 'x')`
  const sample = await look()
  expect(sample).toMatchObject({ oldest_input: 'messages', queue_dead: 1 })
  expect(Math.floor(sample.oldest_input_age_s! / 60)).toBe(5)
  expect(toldOf('QUEUE_DEAD')).toMatchObject([{ ok: false, detail: 'Dead letters: 1 in orders.' }])
  await database.sql`truncate queue_messages, dead_letters`
  expect(await look()).toMatchObject({ oldest_input: null, queue_dead: 0 })
  expect(toldOf('QUEUE_DEAD').at(-1)!.ok).toBe(true)
})

test('a machine that no replica runs on any more is no reason for an alert', async () => {
  await database.sql`
    insert into probe_disks (host, free_bytes, size_bytes, measured_at) values ('gone', 0, 1, now() - interval '1 hour')`
  await look()
  expect(toldOf('LOW_DISK_SPACE')).toContainEqual(expect.objectContaining({ subject: 'gone', ok: true }))
  const disks = await database.sql<{ host: string }[]>`select host from probe_disks`
  expect(disks.map(({ host }) => host)).toEqual([hostname()])
})

test('an engine that hangs is asked once, until that question has come back', async () => {
  const ask = createAsk()
  let asked = 0
  const { promise, resolve } = Promise.withResolvers<string>()
  const hang = () => (asked++, promise)
  expect(await ask('cache', hang, 10)).toBeNull()
  expect(await ask('cache', hang, 10)).toBeNull()
  expect(asked).toBe(1)
  resolve('late')
  await until('the answer to have come', async () => (await ask('cache', async () => 'well', 1000))?.value === 'well')
})

test('the probe goes on looking, and stops at once', async () => {
  const probe = startProbe(partsWith())
  await until('the first sample', async () => (await summariseSamples(database.sql, 60)).samples > 0, 50_000)
  const started = performance.now()
  await probe.stop()
  expect(performance.now() - started).toBeLessThan(2000)
  expect(await summariseSamples(database.sql, 60)).toMatchObject({ disk_free_share: expect.any(Number), queue_dead: 0 })
})

test.each([
  [0.0999, false],
  [0.1, true],
])('a disk of which %p is free: %p', (share, ok) => expect(diskObservation('h', share, LIMITS).ok).toBe(ok))

test.each([
  [5000, true],
  [5001, false],
])('an answer after %p ms is soon enough: %p', (api_latency_ms, ok) => {
  const sample = { api_up: true, api_status: 200, api_latency_ms, roles: null, cache_latency_ms: 1 } as Sample
  const found = observationsOf({ sample, dead_letters: null, lags: null }, 'http://x', LIMITS)
  expect(found.find(({ rule }) => rule === 'API_HIGH_LATENCY')!.ok).toBe(ok)
})
