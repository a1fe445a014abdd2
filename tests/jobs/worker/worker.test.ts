/** What a worker makes of a run: success, retries, timeouts, hand-backs, and an outage of the database in mid-run. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import postgres from 'postgres'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { claimRuns, requeueLostRuns } from '../../../db/jobs/run-claims.ts'
import { endAttempts } from '../../../db/jobs/run-ends.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import { getRun, listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../../db/jobs/jobs.ts'
import type { JobOptions } from '../../../jobs/job.ts'
import { retryDelay } from '../../../jobs/worker/run-attempt.ts'
import { startReplica } from '../../../jobs/start-replica.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { endedRun, jobsOf, silent, testRoles, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const ended = (id: string, state = /./) =>
  until('the end of the run', async () => {
    const run = await getRun(database.sql, id)
    return run?.finished_at && state.test(run.state) ? run : null
  })
const attemptsOf = async (id: string) =>
  (await listAttempts(database.sql, id)).map(({ attempt, state, error }) => ({ attempt, state, error }))

/** Triggers the job on a replica of its own and returns how it ended. */
async function runOnce(
  options: Partial<JobOptions> & Pick<JobOptions, 'name' | 'run'>,
  conf: Record<string, unknown> = {},
): Promise<RunRow> {
  return withReplica(database, jobsOf(options), async () => {
    const { run_id } = await enqueueRun(database.sql, { job: options.name, trigger: 'manual', conf })
    return ended(run_id)
  })
}

test('a run receives its conf, and what it returns and logs is kept', async () => {
  const run = await runOnce(
    {
      name: 'echo',
      run: ({ conf, slot, attempt, log }) => {
        log.info('first', { n: 1 })
        log.warn('second \0 \ud800')
        return { conf, slot, attempt }
      },
    },
    { who: 'Ana' },
  )
  expect(run).toMatchObject({
    state: 'succeeded',
    result: { conf: { who: 'Ana' }, slot: null, attempt: 1 },
    error: null,
  })
  const logs = await lastRunLogs(database.sql, run.id, 10)
  expect(logs.map(({ level, message, data, attempt }) => [attempt, level, message, data])).toEqual([
    [1, 'info', 'first', { n: 1 }],
    [1, 'warn', 'second  \ufffd', null],
  ])
})

test('a failed attempt is tried again after its backoff, as the next attempt', async () => {
  const backoff = { first_s: 0.2, max_s: 1 }
  const run = await runOnce({
    name: 'flaky',
    retries: 2,
    backoff,
    run: ({ attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt} fails`)
      return 'done'
    },
  })
  expect(run).toMatchObject({ state: 'succeeded', attempt: 3, failures: 2, result: 'done', error: null })
  expect(await attemptsOf(run.id)).toEqual([
    { attempt: 1, state: 'failed', error: 'attempt 1 fails' },
    { attempt: 2, state: 'failed', error: 'attempt 2 fails' },
    { attempt: 3, state: 'succeeded', error: null },
  ])
  const [first, second, third] = await listAttempts(database.sql, run.id)
  // Jitter takes at most a tenth off.
  expect(second!.started_at.getTime() - first!.finished_at!.getTime()).toBeGreaterThanOrEqual(179)
  expect(third!.started_at.getTime() - second!.finished_at!.getTime()).toBeGreaterThanOrEqual(359)
})

test('when no retry is left the run has failed, with the last error', async () => {
  const run = await runOnce({
    name: 'hopeless',
    retries: 1,
    backoff: { first_s: 0, max_s: 0 },
    run: ({ attempt }) => Promise.reject(new Error(`no luck ${attempt}`)),
  })
  expect(run).toMatchObject({ state: 'failed', attempt: 2, failures: 2, error: 'no luck 2' })
})

test('the wait before a retry doubles up to its maximum', () => {
  const job = { retries: 5, backoff: { first_s: 10, max_s: 60 } }
  const delays = [1, 2, 3, 4, 5].map((failures) => retryDelay(job, failures)!)
  for (const [i, full] of [10, 20, 40, 60, 60].entries()) {
    expect(delays[i]).toBeGreaterThan(full * 0.9)
    expect(delays[i]).toBeLessThanOrEqual(full)
  }
  expect(retryDelay(job, 6)).toBeNull()
})

test('a run that exceeds its timeout fails, its signal aborts, and one that ignores it does not hold up the worker', async () => {
  let reason: unknown
  const obeying = await runOnce({
    name: 'obeys',
    timeout_s: 0.1,
    run: ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          reason = signal.reason
          reject(signal.reason)
        }),
      ),
  })
  expect(obeying).toMatchObject({ state: 'failed', error: 'It took longer than its timeout_s of 0.1.' })
  expect(String(reason)).toContain('timeout_s')
  const ignoring = await runOnce({ name: 'ignores', timeout_s: 0.1, run: () => new Promise(() => {}) })
  expect(ignoring).toMatchObject({ state: 'failed', error: 'It took longer than its timeout_s of 0.1.' })
})

test.each<[string, () => unknown, Partial<RunRow>]>([
  [
    'throws null',
    () => Promise.reject(null),
    { state: 'failed', error: 'It threw null, which does not say what is wrong; throw an Error.' },
  ],
  ['throws a text with NUL', () => Promise.reject('a\0b'), { state: 'failed', error: 'ab' }],
  ['returns nothing', () => undefined, { state: 'succeeded', result: null }],
  ['returns money as bigint', () => ({ cents: 12n }), { state: 'succeeded', result: { cents: '12' } }],
  [
    'returns too many levels',
    () => JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)),
    { state: 'succeeded', result: { not_kept: 'it is nested deeper than 64 levels' } },
  ],
  ['returns NUL in a key', () => ({ 'a\0': 'b\0' }), { state: 'succeeded', result: { a: 'b' } }],
])('a job that %s', async (what, run, expected) => {
  expect(await runOnce({ name: what.toLowerCase().replaceAll(' ', '_'), run })).toMatchObject(expected)
})

test('a result or a log too large to keep does not hurt the run', async () => {
  const run = await runOnce({
    name: 'verbose',
    run: ({ log }) => {
      for (let i = 0; i < 12_000; i++) log.debug(`line ${i}`)
      return 'x'.repeat(5_000_000)
    },
  })
  expect(run.state).toBe('succeeded')
  expect(run.result).toEqual({ not_kept: 'it is larger than the 65536 bytes that are kept' })
  const [row] = await database.sql`select count(*)::int as lines from run_logs where run_id = ${run.id}`
  expect(row!.lines).toBe(10_001)
  const [before, last] = await lastRunLogs(database.sql, run.id, 2)
  expect(before!.message).toBe('line 9999')
  expect(last!.message).toStartWith('2000 more lines are not kept')
})

test('runs of a job that may not overlap run one by one, on however many workers', async () => {
  let now = 0
  let most = 0
  const jobs = jobsOf({
    name: 'one_by_one',
    overlap: 'queue',
    run: async () => {
      most = Math.max(most, ++now)
      await Bun.sleep(5)
      now--
    },
  })
  await registerJobs(database.sql, [...jobs.values()])
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => enqueueRun(database.sql, { job: 'one_by_one', trigger: 'manual' })),
  )
  await withReplica(database, jobs, () =>
    withReplica(database, jobs, () =>
      withReplica(database, jobs, () => Promise.all(ids.map((id) => ended(id.run_id)))),
    ),
  )
  expect(most).toBe(1)
})

test('a job that allows it overlaps, up to the concurrency', async () => {
  let now = 0
  let most = 0
  const jobs = jobsOf({
    name: 'side_by_side',
    overlap: 'allow',
    run: async () => {
      most = Math.max(most, ++now)
      await until('three at once', () => most >= 3)
      now--
    },
  })
  await registerJobs(database.sql, [...jobs.values()])
  const trigger = () => enqueueRun(database.sql, { job: 'side_by_side', trigger: 'manual' })
  const ids = await Promise.all(Array.from({ length: 9 }, trigger))
  await withReplica(database, jobs, () => Promise.all(ids.map((id) => ended(id.run_id))), { concurrency: 3 })
  expect(most).toBe(3)
})

test('a stopping worker waits for what runs, and hands back what does not end in time', async () => {
  let handedBack = 0
  const jobs = jobsOf(
    { name: 'short', run: () => Bun.sleep(100) },
    { name: 'long', run: ({ attempt }) => (attempt === 1 ? new Promise(() => handedBack++) : 'second worker') },
  )
  const first = await testRoles(database)
  const replica = await startReplica(jobs, first.roles, { concurrency: 10, lease_s: 60 }, silent)
  const short = await enqueueRun(database.sql, { job: 'short', trigger: 'manual' })
  const long = await enqueueRun(database.sql, { job: 'long', trigger: 'manual' })
  await until('both to run', async () =>
    (await Promise.all([short, long].map((r) => getRun(database.sql, r.run_id)))).every((r) => r?.state === 'running'),
  )
  await replica.stop(300)
  await first.close()
  expect(await getRun(database.sql, short.run_id)).toMatchObject({ state: 'succeeded', attempt: 1 })
  expect(await getRun(database.sql, long.run_id)).toMatchObject({
    state: 'queued',
    attempt: 1,
    failures: 0,
    worker: null,
  })
  await withReplica(database, jobs, () => ended(long.run_id))
  expect(await attemptsOf(long.run_id)).toEqual([
    { attempt: 1, state: 'handed_back', error: null },
    { attempt: 2, state: 'succeeded', error: null },
  ])
  expect(handedBack).toBe(1)
})

test('a run that has killed five workers is given up', async () => {
  const jobs = jobsOf({ name: 'deadly', run: () => {} })
  await registerJobs(database.sql, [...jobs.values()])
  const { run_id } = await enqueueRun(database.sql, { job: 'deadly', trigger: 'manual' })
  const options = { jobs: ['deadly'], worker: 'w', lease_s: -1, limit: 1, late_after_s: 5 }
  for (let death = 1; death <= 5; death++) {
    expect((await claimRuns(database.sql, options)).map(({ attempt }) => attempt)).toEqual([death])
    await requeueLostRuns(database.sql, 5)
  }
  expect(await claimRuns(database.sql, options)).toEqual([])
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'failed', lost: 5 })
  expect((await getRun(database.sql, run_id))!.error).toContain('died 5 times')
  // Its late worker can no longer say otherwise.
  expect(await endAttempts(database.sql, [{ run_id, attempt: 5, state: 'succeeded', result: null }])).toEqual([])
})

test('a run that was lost with its worker comes before those that were queued after it', async () => {
  const jobs = jobsOf({ name: 'in_order', overlap: 'queue', run: () => {} })
  await registerJobs(database.sql, [...jobs.values()])
  const first = await enqueueRun(database.sql, { job: 'in_order', trigger: 'manual' })
  const options = { jobs: ['in_order'], worker: 'w', lease_s: -1, limit: 1, late_after_s: 5 }
  await claimRuns(database.sql, options)
  await enqueueRun(database.sql, { job: 'in_order', trigger: 'manual' })
  await requeueLostRuns(database.sql, 5)
  expect(await claimRuns(database.sql, options)).toMatchObject([{ id: first.run_id, attempt: 2 }])
})

test('an outage of the database is waited out: the run under way is written, and wakes arrive again', async () => {
  const release = Promise.withResolvers<void>()
  const jobs = jobsOf(
    { name: 'through_outage', run: () => release.promise },
    { name: 'afterwards', run: () => 'woken' },
  )
  const other = new URL(database.url)
  const name = other.pathname.slice(1)
  other.pathname = '/postgres'
  const admin = openSql(other.href, 1)
  await withReplica(database, jobs, async () => {
    const { run_id } = await enqueueRun(database.sql, { job: 'through_outage', trigger: 'manual' })
    await until('it to run', async () => (await getRun(database.sql, run_id))?.state === 'running')
    await admin`alter database ${admin(name)} with allow_connections false`
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
    release.resolve()
    const refused = postgres(database.url, { max: 1 })
    await expect((async () => refused`select 1`)()).rejects.toThrow('not currently accepting')
    await refused.end()
    // Long enough for the worker to have tried in vain to write the end.
    await Bun.sleep(300)
    await admin`alter database ${admin(name)} with allow_connections true`
    await admin.end()
    const run = await endedRun(database.sql, run_id)
    expect(run).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0 })

    await until('it to listen again', async () => {
      const listening = await database.sql`
        select from pg_stat_activity where datname = current_database() and query ilike 'listen %'`.catch(() => [])
      return listening.length > 0
    })
    const after = await enqueueRun(database.sql, { job: 'afterwards', trigger: 'manual' })
    expect(await ended(after.run_id)).toMatchObject({ state: 'succeeded', result: 'woken' })
  })
})
