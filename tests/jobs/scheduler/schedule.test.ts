/** Slots: every scheduled time is accounted for, and becomes at most one run. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { pauseJob, registerJobs, resumeJob } from '../../../db/jobs/jobs.ts'
import { listRuns } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { listSlots } from '../../../db/jobs/slots.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import type { JobOptions } from '../../../jobs/job.ts'
import { schedulePass } from '../../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const run = () => {}
/** Hourly, half an hour away from now: a slot of the last minute would count as merely late. */
const HOURLY = `${(new Date().getUTCMinutes() + 30) % 60} * * * *`

/** Registers a job whose slots are accounted for only up to `ago` before now. */
async function lateJob(options: Partial<JobOptions> & { name: string }, ago: string) {
  const jobs = jobsOf({ run, schedule: HOURLY, ...options })
  await registerJobs(database.sql, [...jobs.values()])
  await database.sql`
    update jobs set scheduled_until = date_trunc('milliseconds', now()) - ${ago}::interval where name = ${options.name}`
  return jobs
}

const slotsOf = async (name: string) =>
  (await listSlots(database.sql, name, 100)).map(({ state, count }) => `${count} ${state}`).toReversed()
const runsOf = async (name: string) => (await listRuns(database.sql, name, 1000)).length

test('a slot never starts twice when several schedulers wake together', async () => {
  const jobs = await lateJob({ name: 'contended', schedule: '@every 1s', overlap: 'allow' }, '0s')
  const replicas = Array.from({ length: 4 }, () => openSql(database.url, 2))
  const { sql } = database
  let rounds = 0
  for (; rounds < 15; rounds++) {
    await sql`
      update jobs set scheduled_until = date_trunc('milliseconds', now()) - interval '5 s'
      where name = 'contended'`
    await sql`delete from slots`
    await sql`delete from runs`
    await Promise.all(replicas.map((replica) => schedulePass(replica, jobs)))
    const [row] = await sql<{ runs: number; slots: number; distinct: number }[]>`
      select (select count(*)::int from runs) as runs, (select count(distinct slot)::int from runs) as distinct,
             (select sum(count)::int from slots) as slots`
    expect([5, 6]).toContain(row!.slots)
    expect(row!.runs).toBe(row!.slots)
    expect(row!.distinct).toBe(row!.runs)
  }
  await Promise.all(replicas.map((replica) => replica.end()))
  expect(rounds).toBe(15)
})

test('three replicas side by side: every second becomes one run, started once', async () => {
  const ran: string[] = []
  const seconds = jobsOf({
    name: 'each_second',
    schedule: '* * * * * *',
    overlap: 'allow',
    run: ({ slot, attempt }) => void ran.push(`${slot!.toISOString()} ${attempt}`),
  })
  const together = async () => until('two slots', () => new Set(ran).size >= 2)
  await withReplica(database, seconds, () =>
    withReplica(database, seconds, () => withReplica(database, seconds, together)),
  )
  expect(new Set(ran).size).toBe(ran.length)
  const slots = await listSlots(database.sql, 'each_second', 100)
  expect(slots.map(({ state }) => state)).toEqual(slots.map(() => 'ran'))
  // Consecutive: none was left out.
  const times = slots.map(({ slot }) => slot.getTime() / 1000).toReversed()
  expect(times).toEqual(times.map((_, i) => times[0]! + i))
})

test('after a downtime the last slot is caught up, and those before it are one row of missed ones', async () => {
  const jobs = await lateJob({ name: 'was_down' }, '6h')
  await schedulePass(database.sql, jobs)
  const [last, missed, ...more] = await listSlots(database.sql, 'was_down', 10)
  expect(more).toEqual([])
  expect(missed).toMatchObject({ state: 'missed', count: 5, run_id: null })
  expect(missed!.slot_until!.getTime() - missed!.slot.getTime()).toBe(4 * 3_600_000)
  expect(last).toMatchObject({ state: 'caught_up', count: 1, slot_until: null })
  const runs = await listRuns(database.sql, 'was_down', 10)
  expect(runs.map(({ id, slot }) => ({ id, slot }))).toEqual([{ id: last!.run_id!, slot: last!.slot }])
})

test('catchup none only writes down what was missed; all runs every slot', async () => {
  const none = await lateJob({ name: 'catch_none', catchup: 'none' }, '50h')
  const all = await lateJob({ name: 'catch_all', catchup: 'all' }, '50h')
  await schedulePass(database.sql, none)
  await schedulePass(database.sql, all)
  expect(await slotsOf('catch_none')).toEqual(['50 missed'])
  expect(await runsOf('catch_none')).toBe(0)
  expect(await slotsOf('catch_all')).toEqual(Array.from({ length: 50 }, () => '1 caught_up'))
  expect(await runsOf('catch_all')).toBe(50)
})

test('a downtime of thousands of slots is one row, written in several steps', async () => {
  const jobs = await lateJob({ name: 'long_down', schedule: '@every 1m' }, '2 days')
  let passes = 1
  while ((await schedulePass(database.sql, jobs)) === 0) passes++
  expect(passes).toBe(3)
  const slots = await listSlots(database.sql, 'long_down', 10)
  expect(slots.reduce((sum, { count }) => sum + count, 0)).toBeOneOf([2880, 2881])
  expect(slots).toHaveLength(2)
  expect(await runsOf('long_down')).toBe(1)
})

test('a slot whose run has to wait for a worker is late', async () => {
  const { sql } = database
  const prompt = await lateJob({ name: 'prompt', schedule: '@every 1s', overlap: 'queue' }, '1s')
  const waited = await lateJob({ name: 'waited', schedule: '@every 1s', overlap: 'queue' }, '1s')
  const jobs = new Map([...prompt, ...waited])
  await schedulePass(sql, jobs)
  for (const table of ['slots', 'runs'])
    await sql`update ${sql(table)} set slot = slot - interval '10 s' where job = 'waited'`
  await sql`update jobs set paused_at = now() where name = any(${[...jobs.keys()]})`
  await withReplica(database, jobs, () =>
    until(
      'both to run',
      async () =>
        (await sql`select 1 from slots where job = any(${[...jobs.keys()]}) and state = 'queued'`).length === 0,
    ),
  )
  expect(await slotsOf('prompt')).toContain('1 ran')
  expect(new Set((await slotsOf('waited')).filter((slot) => !slot.endsWith('paused')))).toEqual(new Set(['1 late']))
})

test('a slot that comes while a run is under way is skipped, and says so; with queue it waits', async () => {
  const skipping = await lateJob({ name: 'skips', schedule: '@every 1s' }, '0s')
  const queueing = await lateJob({ name: 'queues', schedule: '@every 1s', overlap: 'queue' }, '0s')
  for (const job of ['skips', 'queues']) await enqueueRun(database.sql, { job, trigger: 'manual' })
  for (const name of ['skips', 'queues'])
    await database.sql`
      update jobs set scheduled_until = date_trunc('second', now()) - interval '3 s' where name = ${name}`
  await schedulePass(database.sql, skipping)
  await schedulePass(database.sql, queueing)
  const states = await listSlots(database.sql, 'skips', 100)
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['skipped']))
  expect(states.every(({ run_id }) => run_id === null)).toBe(true)
  expect(await runsOf('skips')).toBe(1)
  expect(new Set(await slotsOf('queues'))).toEqual(new Set(['1 queued']))
  expect(await runsOf('queues')).toBeGreaterThanOrEqual(4)
})

test('a paused job starts nothing, its slots are written down, and resuming does not make up for them', async () => {
  const { sql } = database
  const jobs = await lateJob({ name: 'paused' }, '10h')
  await pauseJob(sql, 'paused')
  await schedulePass(sql, jobs)
  expect(await slotsOf('paused')).toEqual(['10 paused'])
  // Two hours more of the pause lengthen the row, also when they are only found after the resume.
  await sql`
    update slots set slot = slot - interval '2 h', slot_until = slot_until - interval '2 h' where job = 'paused'`
  await sql`update jobs set scheduled_until = scheduled_until - interval '2 h' where name = 'paused'`
  await resumeJob(sql, 'paused')
  await schedulePass(sql, jobs)
  expect(await slotsOf('paused')).toEqual(['12 paused'])
  expect(await runsOf('paused')).toBe(0)

  await sql`
    update jobs set resumed_at = now() - interval '90 min', scheduled_until = scheduled_until - interval '3 h'
    where name = 'paused'`
  await sql`delete from slots where job = 'paused'`
  await schedulePass(sql, jobs)
  expect(await slotsOf('paused')).toEqual(['2 paused', '1 caught_up'])
})

test('a changed schedule counts from now on', async () => {
  await lateJob({ name: 'changed' }, '10h')
  const changed = jobsOf({ name: 'changed', schedule: '@every 2h', run })
  await registerJobs(database.sql, [...changed.values()])
  await schedulePass(database.sql, changed)
  expect(await slotsOf('changed')).toEqual([])
})

test('a replica with another version of a job schedules what is registered, whole', async () => {
  const own = jobsOf({ name: 'newer', schedule: '@every 1m', catchup: 'none', overlap: 'queue', run })
  await lateJob({ name: 'newer', catchup: 'all', overlap: 'skip' }, '10h')
  await schedulePass(database.sql, own)
  expect(await slotsOf('newer')).toEqual(Array(10).fill('1 caught_up'))
  await lateJob({ name: 'newer', catchup: 'none' }, '0s')
  await database.sql`update jobs set scheduled_until = scheduled_until - interval '3 h' where name = 'newer'`
  await database.sql`delete from slots where job = 'newer'`
  await schedulePass(database.sql, own)
  expect(await slotsOf('newer')).toEqual(['3 missed'])
  // It runs after another now, and has no times.
  await registerJobs(database.sql, [...jobsOf({ name: 'newer', after: 'other', run }).values()])
  await schedulePass(database.sql, own)
  expect(await slotsOf('newer')).toEqual(['3 missed'])
})

test('of two replicas of different versions, one of which has started and stopped, the other goes on', async () => {
  const { sql } = database
  const older = jobsOf({ name: 'skewed', run })
  await withReplica(database, older, async () => {
    await withReplica(database, jobsOf({ name: 'skewed', schedule: '@every 1s', run }), async () => {})
    const since = (await sql<{ now: Date }[]>`select now() as now`)[0]!.now
    await until('its slots', async () => {
      const slots = await listSlots(sql, 'skewed', 3)
      return slots.filter(({ slot }) => slot > since).length === 3
    })
  })
})

test('a schedule that only a newer version can read is passed over, and the other jobs are not', async () => {
  const jobs = jobsOf({ name: 'unreadable', run }, { name: 'readable', schedule: HOURLY, run })
  await registerJobs(database.sql, [...jobs.values()])
  await database.sql`
    update jobs set scheduled_until = date_trunc('milliseconds', now()) - interval '2 h',
      schedule = case name when 'unreadable' then '@fortnightly' else schedule end
    where name in ('unreadable', 'readable')`
  await schedulePass(database.sql, jobs)
  expect(await slotsOf('unreadable')).toEqual([])
  expect(await slotsOf('readable')).toEqual(['1 missed', '1 caught_up'])
})

test('a trigger obeys the overlap rule, and the same key gives the same run', async () => {
  await lateJob({ name: 'by_hand' }, '0s')
  const first = await enqueueRun(database.sql, { job: 'by_hand', trigger: 'webhook', dedupe_key: 'event-1' })
  expect(first.created).toBe(true)
  const again = await enqueueRun(database.sql, { job: 'by_hand', trigger: 'webhook', dedupe_key: 'event-1' })
  expect(again).toEqual({ run_id: first.run_id, created: false })
  const other = enqueueRun(database.sql, { job: 'by_hand', trigger: 'manual' })
  await expect(other).rejects.toMatchObject({ code: 'job_already_running', kind: 'conflict' })
  await expect(enqueueRun(database.sql, { job: 'nobody', trigger: 'manual' })).rejects.toMatchObject({
    kind: 'not_found',
  })
})

test('ten callers with the same key at the same moment get one run', async () => {
  await lateJob({ name: 'by_key', overlap: 'allow' }, '0s')
  const pools = Array.from({ length: 5 }, () => openSql(database.url, 2))
  const runs = await Promise.all(
    [...pools, ...pools].map((sql) => enqueueRun(sql, { job: 'by_key', trigger: 'webhook', dedupe_key: 'one' })),
  )
  await Promise.all(pools.map((pool) => pool.end()))
  expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(1)
  expect(await runsOf('by_key')).toBe(1)
})
