import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../db/engines/roles.ts'
import { nameChannels } from '../../db/alerts/channels.ts'
import { observe } from '../../db/alerts/observe.ts'
import { summariseSamples, type Sample } from '../../db/monitoring/probe.ts'
import { EVENTS_TOPIC } from '../../db/events/event.ts'
import { EVENTS_GROUP } from '../../db/events/event.ts'
import { PEOPLE_TOPIC } from '../../db/people/config.ts'
import { createApiClient } from '../../jobs/api-client.ts'
import { readLags } from '../../db/streams/lags.ts'
import type { PartitionLag } from '../../db/engines/stream/stream.ts'
import type { RuleChange } from '../../db/alerts/settings.ts'
import type { BackupAge } from '../../db/backup/history.ts'
import { announceChart } from '../../db/charts/claim-charts.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import { createWorkbookAge } from '../../jobs/probe/oldest-input.ts'
import { createAsk } from '../../jobs/probe/ask.ts'
import { createCheck, startProbe, type ProbeParts } from '../../jobs/probe/index.ts'
import { diskObservation, observationsOf } from '../../jobs/probe/observations.ts'
import { takeSample } from '../../jobs/probe/take-sample.ts'
import { envReader } from '../../lib/env.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { startStandIn, type StandIn } from '../kit/api-stand-in.ts'
import { silent } from '../kit/replica.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const LIMITS = {
  api_slow_ms: 5000,
  disk_min_free_share: 0,
  queue_dead_max: 0,
  dead_letters_per_hour: 100,
  queue_lag_s: 900,
  stream_lag_max: 5,
  stream_lag_s: 300,
  data_stale_s: 900,
  backup_max_age_h: 26,
}
const FULL_DISK = { ...LIMITS, disk_min_free_share: 1.01 }

let database: TestDatabase
let data_dir: string
let db: Db
let api: StandIn
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
  db = await connect(readDbConfig(envReader({ DATABASE_URL: database.url, DATA_DIR: data_dir })), silent, ROLE_NAMES)
  api = startStandIn()
})
beforeEach(async () => {
  await database.sql`truncate probe_samples, probe_disks, alerts cascade`
})
afterEach(() => api.reset())
afterAll(async () => {
  await db.close()
  api.stop()
  await database.close()
})

const partsWith = (more: Partial<ProbeParts> = {}): ProbeParts => ({
  db,
  api: createApiClient({ url: api.url, username: 'x', password: async () => 'x', metrics_token: undefined }),
  systems: [],
  data_dir,
  limits: LIMITS,
  log: silent,
  ...more,
})

/** One check, as if the tick were nobody's yet. */
async function check(more: Partial<ProbeParts> = {}): Promise<Sample & { finished_at: Date | null }> {
  await database.sql`truncate probe_samples`
  await createCheck(partsWith(more), 'r1')()
  const [row] = await database.sql<Array<Sample & { finished_at: Date | null }>>`select * from probe_samples`
  return row!
}

interface Alert {
  rule: string
  subject: string
  state: string
  failures: number
  detail: { en: string; pt: string }
}

/** What the rules made of it. */
const alerts = async () => [
  ...(await database.sql<Alert[]>`select rule, subject, state, failures, detail from alerts order by rule`),
]

test('a check at a system that is well', async () => {
  api.health = () =>
    Response.json({ status: 'ok', version: '1', database: { status: 'ok' }, cache: { status: 'ok' }, odd: null })
  const sample = await check()
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
  expect(await alerts()).toEqual([])
})

test('of any number of replicas one checks at each tick, and the rules are told once', async () => {
  api.health = () => new Response('', { status: 500 })
  const checks = Array.from({ length: 5 }, (_, i) => createCheck(partsWith({ limits: FULL_DISK }), `r${i}`))
  await Promise.all(checks.map((each) => each()))
  const samples = await database.sql`select tick from probe_samples`
  expect(samples.length).toBeGreaterThanOrEqual(1)
  // They run on one machine, whose disk is one.
  expect(await alerts()).toMatchObject([
    { rule: 'API_DOWN', failures: samples.length },
    { rule: 'LOW_DISK_SPACE', subject: hostname(), failures: 1 },
  ])
})

test('an API that stays down is an alert that fires, and is over when it is back', async () => {
  api.health = () => Response.json({ status: 'down', database: { status: 'down' } }, { status: 503 })
  for (let checks = 0; checks < 3; checks++) expect(await check()).toMatchObject({ api_up: false, api_status: 503 })
  const detail = {
    en: `The API at ${api.url} answers GET /health with 503 (down: database).`,
    pt: `A API em ${api.url} responde GET /health com 503 (fora do ar: database).`,
  }
  expect(await alerts()).toEqual([{ rule: 'API_DOWN', subject: api.url, state: 'firing', failures: 3, detail }])
  api.reset()
  for (let checks = 0; checks < 2; checks++) expect(await check()).toMatchObject({ api_up: true })
  expect(await alerts()).toMatchObject([{ rule: 'API_DOWN', state: 'resolved' }])
})

test('an API whose database takes no writes is not up, whatever its status says', async () => {
  api.health = () => Response.json({ status: 'degraded', database: { status: 'ok' }, writes: { status: 'down' } })
  expect(await check()).toMatchObject({ api_up: false, api_status: 200, roles: { writes: 'down' } })
  api.reset()
})

test('an API that answers no JSON is down', async () => {
  api.health = () => new Response('<h1>Bad gateway</h1>', { status: 502 })
  expect(await check()).toMatchObject({ api_up: false, api_status: 502, roles: null })
})

test('an API that nobody listens for is down, and the check says so in its own words', async () => {
  const nobody = createApiClient({
    ...{ url: 'http://127.0.0.1:1', username: 'x' },
    password: async () => '',
    metrics_token: undefined,
  })
  expect(await check({ api: nobody })).toMatchObject({ api_up: false, api_status: null, api_latency_ms: null })
  expect((await alerts()).map(({ detail }) => detail.en)).toEqual(['The API at http://127.0.0.1:1 does not answer.'])
})

test('a cache that is away, for the jobs or for the API, is told', async () => {
  const cache = { ...db.cache, get: () => Promise.reject(new Error('away')) }
  expect(await check({ db: { ...db, cache } })).toMatchObject({ cache_latency_ms: null })
  expect(await alerts()).toMatchObject([
    { rule: 'CACHE_CONNECTION_LOST', detail: { en: 'The cache does not answer the jobs.' } },
  ])
  api.health = () => Response.json({ status: 'degraded', cache: { status: 'down' } })
  expect(await check()).toMatchObject({ api_up: true })
  expect(await alerts()).toMatchObject([
    { rule: 'CACHE_CONNECTION_LOST', failures: 2, detail: { en: 'The cache does not answer the API.' } },
  ])
})

test('sample and alerts are one transaction: without the one there is not the other', async () => {
  await database.sql`alter table alerts rename to alerts_away`
  try {
    await expect(createCheck(partsWith(), 'r1')()).rejects.toThrow('alerts')
  } finally {
    await database.sql`alter table alerts_away rename to alerts`
  }
  expect(await database.sql`select 1 from probe_samples where finished_at is not null`).toHaveLength(0)
  expect(await database.sql`select 1 from probe_disks`).toHaveLength(0)
})

test('messages that a group has not finished wait since they were produced', async () => {
  const message = { key: 'a', value: new TextEncoder().encode('x') }
  await db.stream.produce(
    EVENTS_TOPIC,
    Array.from({ length: 7 }, () => message),
  )
  const seen = await check()
  expect(seen).toMatchObject({ stream_lag: 7, oldest_input: 'events' })
  expect(seen.oldest_input_age_s).toBeLessThan(60)
  expect(Object.values(seen.stream_ends!).toSorted()).toEqual([0, 0, 0, 7])
  expect(Object.values(seen.stream_committed!)).toEqual([0, 0, 0, 0])
  const subject = `${EVENTS_GROUP} ${EVENTS_TOPIC}`
  expect(await alerts()).toMatchObject([{ rule: 'STREAM_LAG', subject, failures: 1 }])
  expect((await alerts())[0]!.detail.en).toEndWith('. No consumer reads them.')

  await database.sql`update stream_messages set produced_at = now() - interval '20 minutes' where "offset" = 0`
  const later = await check()
  expect(later).toMatchObject({ oldest_input: 'events' })
  expect(Math.max(...Object.values(later.stream_waited_s!))).toBe(later.oldest_input_age_s!)
  expect(later.oldest_input_age_s).toBeGreaterThanOrEqual(1200)
  expect(later.oldest_input_age_s).toBeLessThan(1290)
  expect((await alerts()).find(({ rule }) => rule === 'DATA_STALE')!.detail.en).toContain('the events that wait')
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
  expect(await check()).toMatchObject({ stream_lag: 0, oldest_input: null })
})

test('one message that waits for long is a lag, too, and the sentence says for how long', async () => {
  const topic = EVENTS_TOPIC
  await db.stream.produce(topic, [{ key: 'a', value: new Uint8Array(1) }])
  const well = { ...LIMITS, stream_lag_max: 1000 }
  await check({ limits: well })
  expect((await alerts()).filter(({ rule }) => rule === 'STREAM_LAG')).toEqual([])
  await database.sql`
    update stream_messages set produced_at = now() - interval '6 minutes' where ${topic} = topic and octet_length(value) = 1`
  await check({ limits: well })
  const [alert] = (await alerts()).filter(({ rule }) => rule === 'STREAM_LAG')
  expect(alert!.detail).toMatchObject({
    en: expect.stringContaining('wait to be read: 1; the oldest has waited 6 min'),
    pt: expect.stringContaining('esperam leitura: 1; a mais antiga espera há 6 min'),
  })
  const changes: RuleChange[] = [{ rules: ['STREAM_LAG'], subjects: ['* events'], set: { threshold_s: 3600 } }]
  await database.sql`truncate alerts cascade`
  await check({ limits: { ...well, changes } })
  expect((await alerts()).filter(({ rule }) => rule === 'STREAM_LAG')).toEqual([])
  const reader = await db.stream.consume({ group: EVENTS_GROUP, topic, from: 'earliest', onBatch: async () => {} })
  await until('the end', async () => (await db.stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0))
  await reader.stop()
})

test('the alert of a lag is over when the topic is deleted', async () => {
  await db.stream.produce(EVENTS_TOPIC, [{ key: 'a', value: new Uint8Array(1) }])
  await database.sql`update stream_messages set produced_at = now() - interval '6 minutes'`
  for (let n = 0; n < 4; n++) await check()
  const lag = async () => (await alerts()).find(({ rule }) => rule === 'STREAM_LAG')
  expect(await lag()).toMatchObject({ state: 'firing' })
  await database.sql`truncate stream_messages, stream_partitions, stream_offsets`
  for (let n = 0; n < 2; n++) await check()
  expect(await lag()).toMatchObject({ state: 'resolved' })
})

test('people that wait are named as such', async () => {
  await db.stream.produce(PEOPLE_TOPIC, [{ key: 'a', value: new Uint8Array(1) }])
  await database.sql`update stream_messages set produced_at = now() - interval '20 minutes'`
  expect(await check()).toMatchObject({ oldest_input: 'people' })
  expect((await alerts()).find(({ rule }) => rule === 'DATA_STALE')!.detail).toMatchObject({
    en: expect.stringContaining('the people that wait'),
    pt: expect.stringContaining('(pessoas)'),
  })
  await database.sql`truncate stream_messages, stream_partitions, stream_offsets`
})

test('a workbook without a chart waits since it was put there; one that is drawn, or no workbook, does not', async () => {
  const key = 'uploads/vendas.xlsx'
  await db.objects.put(key, 'x')
  await db.objects.put('uploads/~$vendas.xlsx', 'x')
  const hour_ago = new Date(Date.now() - 3_600_000)
  for (const name of [key, 'uploads/~$vendas.xlsx']) await utimes(join(data_dir, 'objects', name), hour_ago, hour_ago)
  const waiting = await check()
  expect(waiting.oldest_input).toBe('workbooks')
  expect(waiting.oldest_input_age_s).toBeGreaterThanOrEqual(3600)
  const { version } = (await db.objects.head(key))!
  await database.sql`
    insert into charts (id, source_key, source_version, state) values (${Bun.randomUUIDv7()}, ${key}, ${version}, 'failed')`
  expect(await check()).toMatchObject({ oldest_input_age_s: 0, oldest_input: null })
})

test('of very many workbooks a probe reads a part, and knows those that wait until they are drawn or gone', async () => {
  const hour_ago = new Date(Date.now() - 3_600_000)
  const info = (key: string): ObjectInfo => ({ key, version: '1', size_bytes: 1, modified_at: hour_ago, settled: true })
  const there = new Set(['uploads/z.csv'])
  let read = 0
  const many: Objects = {
    ...db.objects,
    async *list() {
      for (let n = 0; n < 12_000; n++) yield (read++, info(`uploads/~$${n}.xlsx`))
      for (const key of there) yield info(key)
    },
    head: async (key) => (there.has(key) ? info(key) : null),
  }
  const age = createWorkbookAge(database.sql, many)
  const isWaiting = async () => (await age()) >= 3600
  const probes = async (count: number) => {
    const answers: boolean[] = []
    for (let at = 0; at < count; at++) answers.push(await isWaiting())
    return answers
  }
  expect(await probes(3)).toEqual([false, false, true])
  expect(read).toBe(12_000)
  expect(await probes(3)).toEqual([true, true, true])
  there.clear()
  expect(await isWaiting()).toBe(false)
  there.add('uploads/a.csv')
  await announceChart(database.sql, { key: 'uploads/a.csv', version: '1' })
  expect(await isWaiting()).toBe(true)
  await database.sql`update charts set state = 'drawn' where source_key = 'uploads/a.csv'`
  expect(await isWaiting()).toBe(false)
})

test('queued messages that may be delivered wait; those that wait for a retry do not, and dead ones are told', async () => {
  await db.queue.publish('orders', [{ id: 'a', body: new Uint8Array(1) }])
  await db.queue.publish('mail', [{ id: 'b', body: new Uint8Array(1) }])
  await database.sql`update queue_messages set available_at = now() - interval '5 minutes' where queue = 'orders'`
  await database.sql`update queue_messages set available_at = now() + interval '5 minutes' where queue = 'mail'`
  await database.sql`
    insert into dead_letters (id, queue, message_id, body, attempt, reason)
    values (${Bun.randomUUIDv7()}, 'orders', 'm', '', 5, 'x')`
  const sample = await check()
  expect(sample).toMatchObject({ oldest_input: 'messages', queue_dead: 1 })
  expect(Math.floor(sample.oldest_input_age_s! / 60)).toBe(5)
  // A handler has it.
  await database.sql`update queue_messages set lease_until = now() + interval '1 minute' where queue = 'orders'`
  expect(await check()).toMatchObject({ oldest_input: null })
  const dead = async () => (await alerts()).find(({ rule }) => rule === 'QUEUE_DEAD')
  expect(await dead()).toMatchObject({ state: 'firing', detail: { en: 'Dead letters: 1 in orders.' } })
  await database.sql`truncate queue_messages, dead_letters`
  expect(await check()).toMatchObject({ oldest_input: null, queue_dead: 0 })
  expect(await dead()).toMatchObject({ state: 'resolved' })
})

test('a backup that is too old, or that there never was, is an alert until there is a good one', async () => {
  const stale = async () => (await alerts()).find(({ rule }) => rule === 'BACKUP_STALE')
  await check()
  expect(await stale()).toBeUndefined()
  // The first user is as old as the data.
  await database.sql`
    insert into users (id, username, username_folded, password_hash, role, created_at)
    values (gen_random_uuid(), 'old', 'old', 'x', 'viewer', now() - interval '30 hours')`
  await check()
  expect(await stale()).toMatchObject({ state: 'firing', detail: { en: expect.stringContaining('data for 1 d 6 h') } })
  const add = (ok: boolean, hours: number) => database.sql`
    insert into backups (id, started_at, finished_at, ok, worker, file, folder, encrypted)
    values (gen_random_uuid(), now() - make_interval(hours => ${hours}), now(), ${ok}, 'x', 'x', 'x', true)`
  await add(true, 27)
  await add(false, 1)
  await check()
  expect(await stale()).toMatchObject({ state: 'firing' })
  await add(true, 25)
  await check()
  expect(await stale()).toMatchObject({ state: 'resolved' })
})

test('a channel that takes no message is told to the others, until it takes one, or is not configured any more', async () => {
  const down = async () => (await alerts()).find(({ rule }) => rule === 'CHANNEL_DOWN')
  await database.sql`truncate alert_channels`
  await nameChannels(database.sql, [
    { name: 'log', min_severity: 'INFO' },
    { name: 'email', min_severity: 'WARNING' },
  ])
  await observe(database.sql, [{ rule: 'JOB_FAILED', subject: 'sums', ok: false, detail: 'boom' }])
  await database.sql`update alert_notifications set sent_at = now() where channel = 'log'`
  const email = (set: ReturnType<typeof database.sql>) =>
    database.sql`update alert_notifications set ${set} where channel = 'email'`
  await email(database.sql`attempts = 2, last_error = 'user or password', created_at = now() - interval '1 minute'`)
  for (let checks = 0; checks < 2; checks++) await check()
  expect(await down()).toBeUndefined()

  await email(database.sql`created_at = now() - interval '3 minutes'`)
  for (let checks = 0; checks < 2; checks++) await check()
  const stuck = { en: expect.stringContaining('email has not taken 1 of its messages, the oldest for 3 min: user or') }
  expect(await down()).toMatchObject({ subject: 'email', state: 'firing', detail: stuck })
  const told = await database.sql<{ channel: string }[]>`
    select n.channel from alert_notifications n join alerts a on a.id = alert_id where rule = 'CHANNEL_DOWN'`
  expect(told.map(({ channel }) => channel).toSorted()).toEqual(['email', 'log'])

  await email(database.sql`dead_at = now(), last_error = 'user or password'`)
  await check()
  const given_up = { en: expect.stringContaining('The last message for email was given up: user or password.') }
  expect(await down()).toMatchObject({ state: 'firing', detail: given_up })
  await email(database.sql`dead_at = null, sent_at = now()`)
  await check()
  expect(await down()).toMatchObject({ state: 'resolved' })

  await observe(
    database.sql,
    [1, 2].map(() => ({ rule: 'CHANNEL_DOWN' as const, subject: 'pager', ok: false, detail: 'x' })),
  )
  await check()
  const open = await database.sql`select 1 from alerts where rule = 'CHANNEL_DOWN' and state <> 'resolved'`
  expect(open).toHaveLength(0)
})

test('a machine that no replica runs on any more is no reason for an alert', async () => {
  await database.sql`
    insert into probe_disks (host, free_bytes, size_bytes, measured_at) values ('gone', 0, 1, now() - interval '1 hour')`
  const full = { rule: 'LOW_DISK_SPACE', subject: 'gone', ok: false, detail: 'full' } as const
  await observe(database.sql, [full, full])
  await check()
  expect(await alerts()).toMatchObject([{ subject: 'gone', state: 'resolved' }])
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

test('the probe goes on checking, and stops at once', async () => {
  const probe = startProbe(partsWith({ first_check_ms: 0 }))
  await until('the first sample', async () => (await summariseSamples(database.sql, 60)).samples > 0)
  await probe.stop()
  expect(await summariseSamples(database.sql, 60)).toMatchObject({ disk_free_share: expect.any(Number), queue_dead: 0 })
})

test.each([
  [0.0999, false],
  [0.1, true],
])('a disk of which %p is free: %p', (share, ok) =>
  expect(diskObservation('h', share, { ...LIMITS, disk_min_free_share: 0.1 }).ok).toBe(ok),
)

test.each([
  [5000, true],
  [5001, false],
])('an answer after %p ms is soon enough: %p', (api_latency_ms, ok) => {
  const sample = { api_up: true, api_status: 200, api_latency_ms, roles: null, cache_latency_ms: 1 } as Sample
  const check = {
    sample,
    dead_letters: null,
    lags: null,
    inputs_known: true,
    orders_wait_s: null,
    backup: null,
    wal: null,
    channels: null,
  }
  const found = observationsOf(check, 'http://x', LIMITS)
  expect(found.find(({ rule }) => rule === 'API_HIGH_LATENCY')!.ok).toBe(ok)
})

test('a threshold of the file of rules counts for its subjects in place of the variable', () => {
  const changes: RuleChange[] = [
    { rules: ['STREAM_LAG'], subjects: ['* big_*'], set: { threshold: 1000 } },
    { rules: ['API_HIGH_LATENCY', 'BACKUP_STALE'], subjects: null, set: { threshold: 3600 } },
    { rules: ['LOW_DISK_SPACE'], subjects: ['small'], set: { threshold: 3 } },
  ]
  const sample = {
    api_up: true,
    api_status: 200,
    api_latency_ms: 60_000,
    roles: null,
    cache_latency_ms: 1,
    oldest_input_age_s: null,
  } as Sample
  const behind = { group: 'g', partitions: [], members: 1, lag: 900, waited_s: 1 }
  const lags = ['big_one', 'other'].map((topic) => ({ ...behind, topic }))
  const check = { sample, dead_letters: null, lags, inputs_known: true, orders_wait_s: null, wal: null, channels: null }
  const backup = { newest: new Date(), age_h: 2 } as BackupAge
  const limits = { ...LIMITS, disk_min_free_share: 0.1, changes }
  const found = observationsOf({ ...check, backup }, 'http://x', limits)
  const wrong = found.filter(({ ok }) => !ok).map(({ rule, subject }) => `${rule} ${subject}`)
  expect(wrong).toEqual(['STREAM_LAG g other', 'BACKUP_STALE backup'])
  expect(diskObservation('small', 0.05, limits).ok).toBe(true)
  expect(diskObservation('large', 0.05, limits).ok).toBe(false)
})

test('a wait of which a part is not known ends no alert: it is not said to be short', async () => {
  const partition = (waited_s: number | null, lag = 1): PartitionLag => {
    return { topic: 'events', partition: 0, committed: 0, end: lag, lag, waited_s, member: null }
  }
  const seen = async (...partitions: PartitionLag[]) => {
    const stream = { ...db.stream, lag: async () => partitions }
    const parts = { ...partsWith(), ask: createAsk(), workbookAge: async () => 0, ordersAge: async () => 0 }
    const taken = await takeSample({ ...parts, db: { ...db, stream } })
    return observationsOf(taken, api.url, LIMITS)
      .filter(
        ({ rule, subject }) => rule === 'DATA_STALE' || (rule === 'STREAM_LAG' && subject === 'doca-events events'),
      )
      .map(({ rule, ok }) => `${rule} ${ok}`)
  }
  expect(await seen(partition(2), partition(0, 0))).toEqual(['STREAM_LAG true', 'DATA_STALE true'])
  expect(await seen(partition(2), partition(null))).toEqual([])
  expect(await seen(partition(null), partition(0, 0))).toEqual([])
  // One that is known and long is long, and so are too many.
  expect(await seen(partition(2000), partition(null))).toEqual(['STREAM_LAG false', 'DATA_STALE false'])
  expect(await seen(partition(null, 100))).toEqual(['STREAM_LAG false'])
})

test('how long a reader is behind is not known where of no message that waits it is known', async () => {
  const lag = (partition: number, waited_s: number | null, lag: number): PartitionLag => {
    return { topic: 't', partition, committed: 0, end: lag, lag, waited_s, member: null }
  }
  const waited = async (...lags: PartitionLag[]) =>
    (await readLags({ lag: async () => lags }, [{ group: 'g', topics: ['t'] }])).map(({ waited_s }) => waited_s)
  expect(await waited(lag(0, null, 5), lag(1, 0, 0))).toEqual([null])
  expect(await waited(lag(0, null, 5), lag(1, 7, 1))).toEqual([7])
  expect(await waited(lag(0, 0, 0))).toEqual([0])
  expect(await waited()).toEqual([0])
})
