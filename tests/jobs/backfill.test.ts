/** Backfills, retries by hand, and the window of catching up. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { backfill, slotsWithoutRun } from '../../db/jobs/backfill.ts'
import { cancelRun } from '../../db/jobs/cancel-runs.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { getRun, listAttempts, listRuns } from '../../db/jobs/runs.ts'
import { retryRun } from '../../db/jobs/retry-run.ts'
import { listSlots } from '../../db/jobs/slots.ts'
import type { JobOptions } from '../../jobs/job.ts'
import { schedulePass } from '../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf, withReplica } from '../kit/replica.ts'
import { same } from '../kit/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function registered(options: Partial<JobOptions> & Pick<JobOptions, 'name'>) {
  const jobs = jobsOf({ run: () => {}, ...options })
  await registerJobs(database.sql, [...jobs.values()])
  return jobs
}
/** Hourly, half an hour away from now: a slot of the last minute would count as merely late. */
const HOURLY = `${(new Date().getUTCMinutes() + 30) % 60} * * * *`
const HOUR_MS = 3_600_000
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS)

/** Its slots are accounted for only up to so many hours ago. */
const wasDown = (name: string, hours: number) => database.sql`
  update jobs set scheduled_until = date_trunc('milliseconds', now()) - make_interval(hours => ${hours}) where name = ${name}`
const slotsOf = async (name: string) =>
  (await listSlots(database.sql, name, 100))
    .map(({ state, count, backfilled }) => [state, count, backfilled])
    .toReversed()
const claim = (job: string) =>
  claimRuns(database.sql, { jobs: [job], worker: 'nobody', lease_s: 60, limit: 100, late_after_s: 5 })

test('what is older than the window is missed, whatever catchup says', async () => {
  const all = await registered({ name: 'all_recent', schedule: HOURLY, catchup: 'all', catchup_window_s: 3 * 3600 })
  const last = await registered({ name: 'last_recent', schedule: HOURLY, catchup_window_s: 3 * 3600 })
  const late = await registered({ name: 'last_old', schedule: HOURLY, catchup_window_s: 600 })
  for (const jobs of [all, last, late]) {
    await wasDown([...jobs.keys()][0]!, 6)
    await schedulePass(database.sql, jobs)
  }
  expect(await slotsOf('all_recent')).toEqual([
    ['missed', 3, 0],
    ['caught_up', 1, 0],
    ['caught_up', 1, 0],
    ['caught_up', 1, 0],
  ])
  expect(await slotsOf('last_recent')).toEqual([
    ['missed', 5, 0],
    ['caught_up', 1, 0],
  ])
  expect(await slotsOf('last_old')).toEqual([['missed', 6, 0]])
})

test('slots that were missed get their runs, and where they are accounted for says so', async () => {
  const jobs = await registered({ name: 'had_gap', schedule: HOURLY, catchup: 'none' })
  await wasDown('had_gap', 6)
  await schedulePass(database.sql, jobs)
  expect(await slotsOf('had_gap')).toEqual([['missed', 6, 0]])
  const range = { job: 'had_gap', from: hoursAgo(3), to: new Date() }
  const wanted = await slotsWithoutRun(database.sql, range)
  expect(wanted).toHaveLength(3)
  const made = await backfill(database.sql, range)
  expect(made.map(({ slot }) => slot)).toEqual(wanted)
  expect(await slotsOf('had_gap')).toEqual([['missed', 6, 3]])
  expect(await backfill(database.sql, range)).toEqual([])
  // The rest of the six, and two from before the job was known.
  expect(await backfill(database.sql, { ...range, from: hoursAgo(8) })).toHaveLength(5)
  expect(await slotsOf('had_gap')).toEqual([
    ['backfilled', 1, 1],
    ['backfilled', 1, 1],
    ['missed', 6, 6],
  ])
  // What is missed after that is a row of its own or lengthens the old one, and is counted as before.
  const [row] = await database.sql<{ n: number }[]>`select sum(count)::int as n from slots where job = 'had_gap'`
  expect(row!.n).toBe(8)
})

test('the times that the schedule has yet to reach are left to it', async () => {
  await registered({ name: 'to_come', schedule: HOURLY })
  const range = { job: 'to_come', from: hoursAgo(2), to: new Date(Date.now() + 100 * HOUR_MS) }
  expect(await backfill(database.sql, range)).toHaveLength(2)
})

test('ten backfills of one range at once make one run for each slot', async () => {
  await registered({ name: 'ten_times', schedule: HOURLY })
  const pools = Array.from({ length: 10 }, () => openSql(database.url, 1))
  const range = { job: 'ten_times', from: hoursAgo(20), to: new Date() }
  const made = await Promise.all(pools.map((sql) => backfill(sql, range)))
  await Promise.all(pools.map((pool) => pool.end()))
  expect(made.flat()).toHaveLength(20)
  expect(await listRuns(database.sql, 'ten_times', 100)).toHaveLength(20)
  expect(await slotsOf('ten_times')).toEqual(Array.from({ length: 20 }, () => ['backfilled', 1, 1]))
})

test.each(['skip', 'queue', 'cancel_previous'] as const)(
  'backfilled runs of a job with overlap %s go one by one, oldest first, and all of them run',
  async (overlap) => {
    const name = `one_by_one_${overlap}`
    const order: Date[] = []
    let now = 0
    let most = 0
    const run: JobOptions['run'] = async ({ slot }) => {
      most = Math.max(most, ++now)
      order.push(slot!)
      await Bun.sleep(5)
      now--
    }
    const jobs = await registered({ name, schedule: HOURLY, overlap, run })
    const made = await backfill(database.sql, { job: name, from: hoursAgo(10), to: new Date() })
    await withReplica(database, jobs, () =>
      withReplica(database, jobs, () => until('all of them to run', () => order.length === 10 && now === 0)),
    )
    expect(most).toBe(1)
    expect(order).toEqual(made.map(({ slot }) => slot))
  },
)

test('with cancel_previous a new run cancels nothing that a backfill queued', async () => {
  await registered({ name: 'keeps', schedule: HOURLY, overlap: 'cancel_previous' })
  await backfill(database.sql, { job: 'keeps', from: hoursAgo(3), to: new Date() })
  for (let n = 0; n < 2; n++) await enqueueRun(database.sql, { job: 'keeps', trigger: 'manual' })
  const states = (await listRuns(database.sql, 'keeps', 10)).map(({ trigger, state }) => `${trigger} ${state}`)
  expect(states.toSorted()).toEqual([
    'backfill queued',
    'backfill queued',
    'backfill queued',
    'manual cancelled',
    'manual queued',
  ])
})

test('a slot whose run was cancelled is not backfilled but retried, and says how it came out', async () => {
  const jobs = await registered({ name: 'again', schedule: '@every 1s' })
  await database.sql`
    update jobs set scheduled_until = date_trunc('second', now()) - interval '20 s' where name = 'again'`
  await schedulePass(database.sql, jobs)
  const [run] = await listRuns(database.sql, 'again', 1)
  await cancelRun(database.sql, run!.id, same('Not now.'))
  const slot = run!.slot!
  expect(await slotsWithoutRun(database.sql, { job: 'again', from: slot, to: slot })).toEqual([])
  const stateOfSlot = async () =>
    (await database.sql<{ state: string }[]>`select state from slots where run_id = ${run!.id}`)[0]!.state
  expect(await stateOfSlot()).toBe('cancelled')
  expect(await retryRun(database.sql, run!.id)).toMatchObject({ state: 'queued', attempt: 0, error: null })
  expect(await stateOfSlot()).toBe('queued')
  await claim('again')
  expect(await stateOfSlot()).toBe('late')
})

test('a retry goes on with the next attempt, once, with all the retries of its job before it', async () => {
  const { sql } = database
  await registered({ name: 'failed_once', retries: 1 })
  const { run_id } = await enqueueRun(sql, { job: 'failed_once', trigger: 'manual' })
  for (const [attempt, retry_in_s] of [
    [1, 0],
    [2, null],
  ] as const) {
    await claim('failed_once')
    await endAttempts(sql, [{ run_id, attempt, state: 'failed', error: 'no', retry_in_s }])
  }
  expect(await getRun(sql, run_id)).toMatchObject({ state: 'failed', failures: 2 })
  const pools = Array.from({ length: 5 }, () => openSql(database.url, 1))
  const asked = await Promise.allSettled(pools.map((pool) => retryRun(pool, run_id)))
  await Promise.all(pools.map((pool) => pool.end()))
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await getRun(sql, run_id)).toMatchObject({ state: 'queued', failures: 0, finished_at: null })
  expect(await claim('failed_once')).toMatchObject([{ id: run_id, attempt: 3, failures: 0 }])
  expect((await listAttempts(sql, run_id)).map(({ state }) => state)).toEqual(['failed', 'failed', 'running'])
})

test('with cancel_previous a retried run takes the place of the one that runs', async () => {
  await registered({ name: 'takes_over', overlap: 'cancel_previous' })
  const first = await enqueueRun(database.sql, { job: 'takes_over', trigger: 'manual' })
  const second = await enqueueRun(database.sql, { job: 'takes_over', trigger: 'manual' })
  await claim('takes_over')
  await retryRun(database.sql, first.run_id)
  expect((await getRun(database.sql, second.run_id))!.cancel_requested_at).not.toBeNull()
  expect(await claim('takes_over')).toEqual([])
  await endAttempts(database.sql, [{ run_id: second.run_id, attempt: 1, state: 'cancelled' }])
  expect(await claim('takes_over')).toMatchObject([{ id: first.run_id, attempt: 1 }])
})
