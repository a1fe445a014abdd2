/**
 * A database whose clock has gone back two hours. The clock itself is not moved here: the rows are written as one that was two
 * hours ahead leaves them (clock.slow.test.ts moves it).
 */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createSqlCache } from '../../../db/engines/cache/sql/cache.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../../db/jobs/jobs.ts'
import { claimRuns, requeueLostRuns } from '../../../db/jobs/run-claims.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { followAlerts } from '../../../db/alerts/follow-alerts.ts'
import { observe } from '../../../db/alerts/observe.ts'
import { noteDisk, takeTick } from '../../../db/monitoring/probe.ts'
import { readPrograms, recordBeat, thisProcess } from '../../../db/monitoring/programs.ts'
import type { Job } from '../../../jobs/job.ts'
import { watchClock, type CheckClock } from '../../../jobs/scheduler/clock.ts'
import { schedulePass } from '../../../jobs/scheduler/scheduler.ts'
import { createLog } from '../../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf, NEVER } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

const LEASE_S = 15
const CLAIM = { worker: 'w', lease_s: LEASE_S, late_after_s: 5, limit: 10 }

let database: TestDatabase
let up_s: number
let checkClock: CheckClock
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  const { sql } = database
  await sql`truncate jobs, slots, runs, missed_slots, alerts, programs, probe_samples, probe_disks, queue_messages,
    stream_members, charts, user_notices, login_attempts, silences cascade`
  up_s = 1000
  checkClock = watchClock(sql, LEASE_S, createLog('test', 'silent'), () => up_s)
})

async function register(...jobs: Parameters<typeof jobsOf>): Promise<Map<string, Job>> {
  const known = jobsOf(...jobs)
  await registerJobs(database.sql, [...known.values()])
  return known
}
/** As if all that this table holds had been written two hours from now. */
const ahead = (table: string, ...columns: string[]) =>
  database.sql.unsafe(`update ${table} set ${columns.map((c) => `${c} = ${c} + interval '2 h'`).join()}`)
const alerts = async () =>
  (
    await database.sql<{ it: string }[]>`
    select concat_ws(' ', rule, state, detail ->> 'en') as it from alerts where rule = 'CLOCK_JUMPED' order by id`
  ).map(({ it }) => it)
const slotsOf = (job: string) =>
  database.sql<{ state: string; count: number; ahead: boolean; ends_ahead: boolean | null }[]>`
    select state, count, slot > now() as ahead, slot_until > now() as ends_ahead from slots where job = ${job} order by slot`

test('slots that were recorded ahead are withdrawn, and those of now start again', async () => {
  const { sql } = database
  const jobs = await register({ name: 'minutely', schedule: '* * * * *', run: () => {} })
  await until('a minute that lasts a little', () => new Date().getSeconds() < 57)
  // From ten minutes ago until two hours from now: 130 missed, the last one running.
  await sql`
    insert into slots (job, slot, slot_until, count, state)
    values ('minutely', date_trunc('minute', now()) - interval '10 min', date_trunc('minute', now()) + interval '119 min', 130, 'missed')`
  const run_id = Bun.randomUUIDv7()
  await sql`insert into runs (id, job, slot, trigger, state, attempt, worker, lease_until)
    values (${run_id}, 'minutely', date_trunc('minute', now()) + interval '2 h', 'schedule', 'succeeded', 1, null, null)`
  await sql`insert into slots (job, slot, state, run_id)
    values ('minutely', date_trunc('minute', now()) + interval '2 h', 'ran', ${run_id})`
  await sql`update jobs set scheduled_until = date_trunc('minute', now()) + interval '2 h', resumed_at = now() + interval '2 h'`

  await checkClock()
  expect([...(await slotsOf('minutely'))]).toEqual([
    { state: 'missed', count: 11, ahead: false, ends_ahead: false },
    { state: 'ran', count: 1, ahead: true, ends_ahead: null },
  ])
  expect(await alerts()).toEqual([
    expect.stringMatching(
      /^CLOCK_JUMPED firing The database's clock has gone back by (2 h|1 h 59 min)\. Withdrawn: 119 slots.*a slot of minutely has run ahead/,
    ),
  ])
  expect([...(await sql`select paused_at from jobs`)]).toEqual([{ paused_at: null }])
  // The next slot is found, as if its time had come.
  await sql`update jobs set scheduled_until = date_trunc('minute', now()) - interval '1 second', resumed_at = null`
  await schedulePass(sql, jobs)
  expect((await slotsOf('minutely')).filter((slot) => !slot.ahead).at(-1)).toMatchObject({ state: 'queued' })
})

test('a queued slot ahead goes with its run and comes again; one that has started runs once, whenever its time comes', async () => {
  const { sql } = database
  const jobs = await register({ name: 'each_second', schedule: '* * * * * *', overlap: 'allow', run: () => {} })
  const [waiting, started] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()]
  for (const [id, seconds, attempt] of [
    [waiting, 100, 0],
    [started, 101, 1],
  ] as const) {
    await sql`insert into runs (id, job, slot, trigger, state, attempt)
      values (${id}, 'each_second', date_trunc('second', now()) + make_interval(secs => ${seconds}), 'schedule', 'queued', ${attempt})`
    await sql`insert into slots (job, slot, state, run_id)
      select job, slot, case attempt when 0 then 'queued' else 'ran' end, id from runs where id = ${id}`
  }
  await sql`update jobs set scheduled_until = now() + interval '101 s'`
  await checkClock()
  expect(await getRun(sql, waiting)).toBeNull()
  expect([...(await slotsOf('each_second'))]).toMatchObject([{ state: 'ran', ahead: true }])
  // Its time comes.
  await sql`update runs set slot = slot - interval '101 s'`
  await sql`update slots set slot = slot - interval '101 s'`
  await sql`update jobs set scheduled_until = now() - interval '3 s'`
  await schedulePass(sql, jobs)
  expect(await sql`select id from runs where slot = (select slot from runs where id = ${started})`).toHaveLength(1)
})

test('a row of missed slots that ends ahead is shortened by its own, not by those on holidays', async () => {
  const { sql } = database
  await register({ name: 'daily', schedule: '@daily', run: () => {} })
  await sql`
    insert into slots (job, slot, slot_until, count, state)
    values ('daily', date_trunc('day', now()) - interval '3 d', date_trunc('day', now()) + interval '3 d', 6, 'missed')`
  await sql`
    update jobs set scheduled_until = date_trunc('day', now()) + interval '3 d', holidays = jsonb_build_object(
      to_char(now() + interval '1 d', 'YYYY-MM-DD'), '{"en": "Holiday", "pt": "Feriado"}'::jsonb)`
  await checkClock()
  expect([...(await slotsOf('daily'))]).toEqual([{ state: 'missed', count: 4, ahead: false, ends_ahead: false }])
})

test('what a scheduler is recording ahead at that moment is withdrawn, too', async () => {
  const { sql } = database
  await register(...['minutely', 'other'].map((name) => ({ name, schedule: '* * * * *', run: () => {} })))
  await sql`update jobs set scheduled_until = now() + interval '2 h' where name = 'other'`
  const looks = await sql.begin(async (tx) => {
    await tx`update jobs set scheduled_until = now() + interval '2 h' where name = 'minutely'`
    await tx`insert into slots (job, slot, state) select name, scheduled_until, 'missed' from jobs`
    const look = checkClock()
    await until('the look to meet it', async () => {
      const waiting = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%no key update%'`
      return waiting.length > 0
    })
    return [look]
  })
  await Promise.all(looks)
  expect([...(await sql`select from slots`)]).toEqual([])
  expect([...(await sql`select from jobs where scheduled_until > now()`)]).toEqual([])
})

test('slots that ran ahead of their time are not missed as well when nobody looks at their time, or the clock jumps again', async () => {
  const { sql } = database
  const jobs = await register({ name: 'minutely', schedule: '* * * * *', catchup: 'none', run: () => {} })
  const [{ minute }] = (await sql`select date_trunc('minute', now()) as minute`) as unknown as [{ minute: Date }]
  for (const ahead of [3, 4, 8]) {
    const id = Bun.randomUUIDv7()
    await sql`insert into runs (id, job, slot, trigger, state, attempt)
      values (${id}, 'minutely', ${minute}::timestamptz + make_interval(mins => ${ahead}), 'schedule', 'succeeded', 1)`
    await sql`insert into slots (job, slot, state, run_id) select job, slot, 'ran', id from runs where id = ${id}`
  }
  await sql`update jobs set scheduled_until = ${minute}::timestamptz + interval '8 min'`
  await checkClock()
  // Twenty minutes pass.
  await sql`update runs set slot = slot - interval '20 min'`
  await sql`update slots set slot = slot - interval '20 min'`
  await sql`update jobs set scheduled_until = ${minute}::timestamptz - interval '20 min'`
  await schedulePass(sql, jobs)
  const rows = await sql<{ from: number; count: number; state: string }[]>`
    select extract(epoch from slot - ${minute})::int / 60 + 20 as from, count, state from slots order by slot`
  expect(rows.slice(0, 6)).toEqual([
    { from: 1, count: 2, state: 'missed' },
    { from: 3, count: 1, state: 'ran' },
    { from: 4, count: 1, state: 'ran' },
    { from: 5, count: 3, state: 'missed' },
    { from: 8, count: 1, state: 'ran' },
    { from: 9, count: expect.any(Number), state: 'missed' },
  ])
})

test('retries and queued runs wait no longer than they would have, and the run of a dead worker its lease', async () => {
  const { sql } = database
  await register(...['fresh', 'retry', 'dead'].map((name) => ({ name, schedule: NEVER, run: () => {} })))
  const id = async (job: string) => (await enqueueRun(sql, { job, trigger: 'manual' })).run_id
  const [fresh, retry, dead] = [await id('fresh'), await id('retry'), await id('dead')]
  await claimRuns(sql, { ...CLAIM, jobs: ['retry', 'dead'] })
  await sql`update run_attempts set state = 'failed', finished_at = now() where run_id = ${retry}`
  await sql`update runs set state = 'queued', available_at = now() + interval '40 s', worker = null, lease_until = null where id = ${retry}`
  await ahead('runs', 'available_at', 'lease_until', 'queued_at', 'started_at')
  await ahead('run_attempts', 'finished_at', 'started_at')
  await ahead('jobs', 'scheduled_until')

  await checkClock()
  const wait_s = async (run: string) =>
    (
      await sql<{ s: number }[]>`
      select round(extract(epoch from coalesce(lease_until, available_at) - now()))::int as s from runs where id = ${run}`
    )[0]!.s
  expect(await wait_s(fresh)).toBeLessThanOrEqual(0)
  expect(await getRun(sql, fresh)).toMatchObject({ state: 'queued', started_at: null, lease_until: null })
  expect(await wait_s(retry)).toBeWithin(35, 41)
  expect(await wait_s(dead)).toBeWithin(10, 16)
  await sql`update runs set lease_until = now() - interval '1 s' where id = ${dead}`
  expect(await requeueLostRuns(sql, 5)).toMatchObject([{ id: dead, run_state: 'queued' }])
  expect(await wait_s(dead)).toBeLessThanOrEqual(0)
})

test('nothing else waits until the clock is that late again', async () => {
  const { sql } = database
  await register({ name: 'a_job', schedule: NEVER, run: () => {} })
  await recordBeat(sql, thisProcess('charts'))
  await noteDisk(sql, 'host', 1, 2)
  await takeTick(sql, 'replica')
  const cache = createSqlCache(sql)
  await cache.set('limit', 'reached', 60)
  await observe(sql, [{ rule: 'JOB_INVALID', subject: 'x', ok: false }])
  await sql`insert into alert_notifications (alert_id, channel, kind, detail) select id, 'log', 'firing', detail from alerts`
  await sql`insert into silences (id, ends_at, reason, created_by) values (gen_random_uuid(), now() + interval '1 h', 'r', 'me')`
  await sql`insert into queue_messages (queue, id, body, lease_until)
    values ('q', '1', '', now() + interval '10 s'), ('q', '2', '', null)`
  await sql`insert into stream_members values ('g', 't', gen_random_uuid(), now() + interval '10 s')`
  await sql`insert into login_attempts (account, source, failures, next_at, forgotten_at)
    values ('a', 's', 7, now() + interval '4 s', now() + interval '30 d'), ('a', 'rests', 100, now() + interval '30 d', now() + interval '60 d')`
  const late: Array<[table: string, ...columns: string[]]> = [
    ['jobs', 'scheduled_until'],
    ['programs', 'seen_at', 'started_at'],
    ['probe_disks', 'measured_at'],
    ['probe_samples', 'tick'],
    ['cache_entries', 'expires_at'],
    ['alert_notifications', 'created_at', 'available_at'],
    ['silences', 'created_at', 'starts_at', 'ends_at'],
    ['queue_messages', 'queued_at', 'available_at', 'lease_until'],
    ['stream_members', 'lease_until'],
    ['login_attempts', 'next_at'],
  ]
  for (const one of late) await ahead(...one)

  await checkClock()
  const waits = await sql<{ what: string; s: number }[]>`
    select 'message' as what, extract(epoch from max(available_at) - now())::int as s from queue_messages
    union all select 'lease', extract(epoch from max(lease_until) - now())::int from queue_messages
    union all select 'member', extract(epoch from max(lease_until) - now())::int from stream_members
    union all select 'notification', extract(epoch from max(greatest(created_at, available_at)) - now())::int from alert_notifications
    union all select 'silence', extract(epoch from max(starts_at) - now())::int from silences
    union all select 'sign-in', extract(epoch from max(next_at) - now())::int from login_attempts where source = 's'`
  for (const { what, s } of waits) expect([what, s <= (what === 'sign-in' ? 900 : 60)]).toEqual([what, true])
  expect(await sql`select id from queue_messages where lease_until is null`).toHaveLength(1)
  expect(await sql`select id from alert_notifications where sent_at is null`).toHaveLength(1)
  const [rests] = await sql<{ days: number }[]>`
    select extract(day from next_at - now())::int as days from login_attempts where source = 'rests'`
  expect(rests!.days).toBeGreaterThan(28)
  expect(await cache.get('limit')).toBeNull()
  expect(await noteDisk(sql, 'host', 1, 2)).toBe(true)
  expect((await takeTick(sql, 'replica')).mine).toBe(true)
  expect(await readPrograms(sql)).toMatchObject([{ program: 'charts', silent: false }])
})

test('a follower of alerts hears of what changes after the clock went back, once', async () => {
  const { sql } = database
  const stop = new AbortController()
  const later = String((Date.now() + 7_200_000) * 1000)
  const heard = followAlerts(sql, later, stop.signal)
  const first = heard.next()
  await observe(sql, [{ rule: 'JOB_INVALID', subject: 'x', ok: false }])
  expect((await first).value).toMatchObject({ alert: { subject: 'x' } })
  const second = heard.next()
  await observe(sql, [{ rule: 'JOB_INVALID', subject: 'y', ok: false }])
  expect((await second).value).toMatchObject({ alert: { subject: 'y' } })
  stop.abort()
  await heard.return()
})

test('a jump forward is told, a machine that slept is not; the alert is over when time goes as it should', async () => {
  const { sql } = database
  await checkClock()
  up_s -= 7_200
  await checkClock()
  expect(await alerts()).toEqual([expect.stringMatching(/^CLOCK_JUMPED firing .* has gone forward by 2 h more/)])
  for (let n = 0; n < 12; n++) await checkClock()
  expect(await alerts()).toEqual([expect.stringMatching(/^CLOCK_JUMPED resolved/)])
  await sql`truncate alerts cascade`
  expect(await alerts()).toEqual([])
})
