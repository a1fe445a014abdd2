import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cleanUp } from '../../../jobs/definitions/cleanup/clean-up.ts'
import { REPORT_FORMATS, reportKey } from '../../../db/reports/reports.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { testRoles, type TestRoles } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

const KEEP = {
  runs: 90,
  run_logs: 30,
  probe: 31,
  monitors: 180,
  audit: 730,
  sessions: 30,
  alerts: 180,
  events_seen: 365,
  stream: 7,
  reports: 365,
}

let database: TestDatabase
let opened: TestRoles
beforeAll(async () => {
  database = await testDatabase()
  opened = await testRoles(database)
  await database.sql`insert into jobs (name, schedule, timezone) values ('j', '@daily', 'UTC')`
})
afterAll(async () => {
  await opened.close()
  await database.close()
})

const log = { debug() {}, info() {}, warn() {}, error() {} }
const clean = (signal = new AbortController().signal) => cleanUp({ log, signal, roles: opened.roles }, KEEP)
const id = () => Bun.randomUUIDv7()
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
const count = async (table: string) =>
  (await database.sql<{ rows: number }[]>`select count(*)::int as rows from ${database.sql(table)}`)[0]!.rows

test('there is nothing to do in a fresh system', async () => {
  expect(await clean()).toEqual({})
})

async function run(state: string, ended_days: number | null, lines: number, slot_days = ended_days): Promise<string> {
  const run_id = id()
  const ended = ended_days === null ? null : daysAgo(ended_days)
  const slot = slot_days === null ? null : daysAgo(slot_days)
  const { sql } = database
  await sql`
    insert into runs (id, job, slot, trigger, state, finished_at) values (${run_id}, 'j', ${slot}, 'schedule', ${state}, ${ended})`
  await sql`insert into run_attempts (run_id, attempt, worker) values (${run_id}, 1, 'w')`
  await sql`insert into run_steps (run_id, name, attempt) values (${run_id}, 's', 1)`
  await sql`
    insert into run_logs (run_id, attempt, level, message, logged_at)
    select ${run_id}, 1, 'info', 'x', now() - interval '1000 days' from generate_series(1, ${lines})`
  if (slot)
    await sql`insert into slots (job, slot, state, run_id) values ('j', ${slot}, ${state === 'queued' ? 'queued' : 'ran'}, ${run_id})`
  return run_id
}

test('runs go with all that is theirs, first their lines; what is queued or runs stays, however old', async () => {
  const recent = await run('succeeded', 10, 2)
  const quiet = await run('failed', 60, 3)
  for (const days of [91, 92]) await run('succeeded', days, 2500)
  await run('cancelled', 100, 1)
  const running = await run('running', null, 4, 400)
  const queued = await run('queued', null, 0, 401)
  await database.sql`
    insert into slots (job, slot, slot_until, count, state) values
      ('j', ${daysAgo(500)}, ${daysAgo(95)}, 405, 'missed'), ('j', ${daysAgo(600)}, ${daysAgo(5)}, 595, 'paused')`
  expect(await clean()).toEqual({ run_logs: 5004, runs: 3, slots: 4 })
  const left = await database.sql<{ id: string }[]>`select id from runs order by id`
  expect(left.map((row) => row.id)).toEqual([recent, quiet, running, queued])
  expect([
    await count('run_logs'),
    await count('run_attempts'),
    await count('run_steps'),
    await count('slots'),
  ]).toEqual([6, 4, 4, 5])
  await database.sql`delete from slots`
  await database.sql`delete from runs`
})

test('samples, audit, alerts, ids of events: each by its own age, and never what is open', async () => {
  const { sql } = database
  for (const days of [30, 32]) {
    await sql`insert into probe_samples (tick, replica) values (${daysAgo(days)}, 'r')`
    await sql`insert into api_minutes values (${daysAgo(days)}, 1, 0, '{1}')`
  }
  for (const days of [729, 731]) await sql`insert into audit (id, at, action) values (${id()}, ${daysAgo(days)}, 'x')`
  for (const [state, days] of [
    ['resolved', 179],
    ['resolved', 181],
    ['firing', 900],
  ] as const)
    await sql`
      insert into alerts (id, rule, subject, severity, state, failures, detail, fired_at, resolved_at)
      values (${id()}, 'JOB_FAILED', ${String(days)}, 'ERROR', ${state}, 1, '{}', ${daysAgo(days)}, ${state === 'firing' ? null : daysAgo(days)})`
  const unsent = id()
  await sql`
    insert into alerts (id, rule, subject, severity, state, failures, detail, fired_at, resolved_at)
    values (${unsent}, 'JOB_FAILED', 'unsent', 'ERROR', 'resolved', 1, '{}', ${daysAgo(300)}, ${daysAgo(300)})`
  await sql`insert into alert_notifications (alert_id, channel, kind, detail) values (${unsent}, 'smtp', 'resolved', '{}')`
  for (const days of [179, 181])
    await sql`
      insert into silences (id, starts_at, ends_at, reason, created_by)
      values (${id()}, ${daysAgo(200)}, ${daysAgo(days)}, 'x', 'ana')`
  for (const processed of [null, daysAgo(364), daysAgo(366)])
    await sql`
      insert into events_seen (event_id, content_hash, source, seen_at, processed_at)
      values (${id()}, '', 's', ${daysAgo(900)}, ${processed})`
  expect(await clean()).toEqual({ probe_samples: 1, api_minutes: 1, audit: 1, alerts: 1, silences: 1, events_seen: 1 })
  expect([await count('alerts'), await count('events_seen')]).toEqual([3, 2])
})

test('sessions, sign-ins that were never completed, answers and what caches have left', async () => {
  const { sql } = database
  const user = id()
  await sql`insert into users (id, username, username_folded, password_hash, role) values (${user}, 'ana', 'ana', 'x', 'viewer')`
  for (const [expires, revoked] of [
    [-1, null],
    [29, null],
    [31, null],
    [-1, 31],
    [-1, 29],
  ] as const) {
    const session = id()
    await sql`
      insert into sessions (id, user_id, expires_at, revoked_at)
      values (${session}, ${user}, ${daysAgo(expires)}, ${revoked === null ? null : daysAgo(revoked)})`
    await sql`insert into refresh_tokens (hash, session_id) values (${Buffer.from(session)}, ${session})`
  }
  for (const days of [0.9, 1.1]) {
    await sql`
      insert into login_challenges (hash, user_id, user_version, expires_at, cookie)
      values (${Buffer.from(String(days))}, ${user}, 1, ${daysAgo(days)}, false)`
    await sql`
      insert into idempotency_keys (user_id, key, id, fingerprint, created_at)
      values (${user}, ${String(days)}, ${id()}, '', ${daysAgo(days)})`
  }
  for (const [account, days] of [
    ['ana', 100],
    ['nobody', 100],
    ['nobody', 0.5],
  ] as const)
    await sql`
      insert into login_attempts (account, source, failures, next_at, forgotten_at)
      values (${account}, ${`address 192.0.2.${Math.floor(days)}`}, 3, ${daysAgo(days)}, ${daysAgo(days - 30)})`
  for (const days of [-1, 0.01]) {
    await sql`insert into cache_entries (key, value, expires_at) values (${String(days)}, 'x', ${daysAgo(days)})`
    await sql`
      insert into journal_documents (collection, id, key, at, data, expires_at)
      values ('c', ${String(days)}, 'k', now(), '{}', ${daysAgo(days)})`
  }
  expect(await clean()).toEqual({
    sessions: 2,
    login_challenges: 1,
    login_attempts: 2,
    idempotency_keys: 1,
    cache_entries: 1,
    journal_documents: 1,
  })
  expect(await count('refresh_tokens')).toBe(3)
})

test('of a stream, what every group has finished', async () => {
  const topic = 'old'
  await opened.roles.stream.produce(
    topic,
    Array.from({ length: 3 }, () => ({ key: 'k', value: new Uint8Array(1) })),
  )
  await database.sql`update stream_messages set produced_at = ${daysAgo(8)}`
  await database.sql`
    insert into stream_offsets ("group", topic, partition, next_offset)
    select 'g', topic, partition, 2 from stream_messages group by topic, partition`
  expect(await clean()).toEqual({ stream_messages: 2 })
})

test('of dead letters, what has been in the bin for a month', async () => {
  for (const [state, days] of [
    ['dead', null],
    ['purged', 29],
    ['purged', 31],
  ] as const)
    await database.sql`
      insert into letters (id, source, message_id, body, attempts, step, reason, detail, cause, state, left_at, death)
      values (${id()}, 'orders', 'm', '', 1, 'decode', 'not_json', '', '', ${state}, ${days && daysAgo(days)}, ${id()})`
  expect(await clean()).toEqual({ dead_letters: 1 })
})

/** Makes a file as old as that. */
async function age(key: string, days: number): Promise<void> {
  await utimes(join(opened.data_dir, 'objects', key), daysAgo(days), daysAgo(days))
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of opened.roles.objects.list(prefix)) found.push(key)
  return found
}

test('reports go with their files; files whose report never came to be go after a day; nothing else is touched', async () => {
  const { objects } = opened.roles
  const [old, young, died, dying] = [id(), id(), id(), id()]
  for (const report of [old, young, died, dying])
    for (const format of REPORT_FORMATS) {
      await objects.put(reportKey(report, format), 'x')
      await age(reportKey(report, format), report === dying ? 0.9 : 400)
    }
  for (const [report, days] of [
    [old, 366],
    [young, 364],
  ] as const)
    await database.sql`insert into reports (id, name, summary, created_at) values (${report}, 'packaging', '{}', ${daysAgo(days)})`
  for (const key of ['relatorios/by-hand.txt', 'uploads/x.xlsx', 'monitoramento/old.json', 'monitoramento/new.json'])
    await objects.put(key, 'x')
  for (const key of ['relatorios/by-hand.txt', 'uploads/x.xlsx', 'monitoramento/old.json']) await age(key, 400)
  expect(await clean()).toEqual({ reports: 1, files: 4 })
  expect(new Set((await keys('relatorios/')).map((key) => dirname(key)))).toEqual(
    new Set(['relatorios', ...[young, dying].map((report) => `relatorios/${report}`)]),
  )
  expect([...(await keys('uploads/')), ...(await keys('monitoramento/'))]).toEqual([
    'uploads/x.xlsx',
    'monitoramento/new.json',
  ])
})

test('what cannot be cleaned is told, and the rest is clean', async () => {
  await database.sql`insert into probe_samples (tick, replica) values (${daysAgo(50)}, 'r')`
  await database.sql`insert into audit (id, at, action) values (${id()}, ${daysAgo(800)}, 'x')`
  await database.sql`alter table probe_samples rename to probe_away`
  await expect(clean()).rejects.toThrow(/^1 kinds could not be cleaned up. probe_samples: relation .* does not exist/)
  await database.sql`alter table probe_away rename to probe_samples`
  expect(await clean()).toEqual({ probe_samples: 1 })
})

test('rows that somebody holds are left for the next night, without waiting', async () => {
  await run('succeeded', 100, 0)
  await database.sql.begin(async (tx) => {
    await tx`select 1 from runs for update`
    expect(await clean()).toEqual({})
  })
  expect(await clean()).toEqual({ runs: 1, slots: 1 })
})

test('an abort ends it between two batches', async () => {
  const abort = new AbortController()
  abort.abort(new Error('the program stops'))
  await expect(clean(abort.signal)).rejects.toThrow('the program stops')
})
