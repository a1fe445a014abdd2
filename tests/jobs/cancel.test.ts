/** Cancelling runs, by hand and because a newer one takes their place. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { cancelRun } from '../../db/jobs/cancel-runs.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns, requeueLostRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { writeRunLogs } from '../../db/jobs/run-logs.ts'
import { getRun, listAttempts, listRuns } from '../../db/jobs/runs.ts'
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

async function registered(...options: Array<Partial<JobOptions> & Pick<JobOptions, 'name'>>) {
  const jobs = jobsOf(...options.map((one) => ({ run: () => {}, ...one })))
  await registerJobs(database.sql, [...jobs.values()])
  return jobs
}

const trigger = async (job: string) => (await enqueueRun(database.sql, { job, trigger: 'manual' })).run_id
const stateOf = async (id: string) => (await getRun(database.sql, id))!.state
const inState = (id: string, state: string) => until(`run to be ${state}`, async () => (await stateOf(id)) === state)
const attemptsOf = async (id: string) =>
  (await listAttempts(database.sql, id)).map(({ attempt, state, error }) => `${attempt} ${state} ${error}`)
/** Claims the one run of the job that waits, as a worker that does nothing with it. */
const claim = (job: string, lease_s: number) =>
  claimRuns(database.sql, { jobs: [job], worker: 'nobody', lease_s, limit: 1, late_after_s: 5 })

test('a run that waits is cancelled at once, and its slot says so; again changes nothing', async () => {
  const jobs = await registered({ name: 'waits', schedule: '@every 1s' })
  await database.sql`update jobs set scheduled_until = date_trunc('milliseconds', now()) - interval '2 s' where name = 'waits'`
  await schedulePass(database.sql, jobs)
  const [run] = await listRuns(database.sql, 'waits', 1)
  const cancelled = await cancelRun(database.sql, run!.id, same('Cancelled by Ana.'))
  expect(cancelled).toMatchObject({ state: 'cancelled', error: 'Cancelled by Ana.', attempt: 0 })
  expect(cancelled.finished_at).not.toBeNull()
  const again = await cancelRun(database.sql, run!.id, same('Cancelled by Rui.'))
  expect(again).toEqual(cancelled)
  const slots = await listSlots(database.sql, 'waits', 100)
  expect(slots.find(({ run_id }) => run_id === run!.id)).toMatchObject({ state: 'cancelled' })
  expect(await claim('waits', 60)).toEqual([])
})

test('a run under way hears of it, ends, and only then is cancelled; its worker goes on with the next', async () => {
  let reason: unknown
  let ended = false
  const jobs = await registered({
    name: 'obeys',
    overlap: 'queue',
    run: async ({ signal, conf }) => {
      if (conf.quick) return 'done'
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reason = signal.reason
      await Bun.sleep(50)
      ended = true
      return 'as if nothing were'
    },
  })
  await withReplica(database, jobs, async () => {
    const id = await trigger('obeys')
    await inState(id, 'running')
    const asked = await cancelRun(database.sql, id, same('Cancelled by Ana.'))
    expect(asked.cancel_requested_at).not.toBeNull()
    await until('the end', async () => {
      const run = (await getRun(database.sql, id))!
      if (run.state === 'cancelled') expect(ended).toBe(true)
      return run.state === 'cancelled'
    })
    expect(String(reason)).toContain('cancelled')
    expect(await getRun(database.sql, id)).toMatchObject({ result: null, error: 'Cancelled by Ana.', worker: null })
    expect(await attemptsOf(id)).toEqual(['1 cancelled Cancelled by Ana.'])
    const next = await enqueueRun(database.sql, { job: 'obeys', trigger: 'manual', conf: { quick: true } })
    await inState(next.run_id, 'succeeded')
  })
})

test('a job that ignores its signal does not keep its run uncancelled', async () => {
  const jobs = await registered({ name: 'ignores', run: () => new Promise(() => {}) })
  await withReplica(database, jobs, async () => {
    const id = await trigger('ignores')
    await inState(id, 'running')
    await cancelRun(database.sql, id, same('Enough.'))
    await inState(id, 'cancelled')
  })
})

test('a notice that is lost is made up for by the heartbeat', async () => {
  const jobs = await registered({
    name: 'deaf',
    run: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
  })
  const beats = { lease_s: 1 }
  await withReplica(
    database,
    jobs,
    async () => {
      const id = await trigger('deaf')
      await inState(id, 'running')
      await database.sql`update runs set cancel_requested_at = now(), cancel_reason = 'Unheard.' where id = ${id}`
      await inState(id, 'cancelled')
    },
    beats,
  )
})

test('whatever the attempt ends with after it was asked, the run is cancelled, once, and never tried again', async () => {
  const { sql } = database
  await registered({ name: 'ends_so' })
  for (const end of [
    { state: 'succeeded', result: 1 },
    { state: 'failed', error: 'no', retry_in_s: 0 },
    { state: 'handed_back' },
  ] as const) {
    const id = await trigger('ends_so')
    await claim('ends_so', 60)
    await cancelRun(sql, id, same('Enough.'))
    expect(await stateOf(id)).toBe('running')
    const held = { run_id: id, attempt: 1 }
    expect(await endAttempts(sql, [{ ...held, ...end }])).toMatchObject([{ run_state: 'cancelled', error: 'Enough.' }])
    expect(await getRun(sql, id)).toMatchObject({ state: 'cancelled', result: null, failures: 0 })
    // What it writes now is fenced.
    expect(await endAttempts(sql, [{ ...held, state: 'succeeded', result: 2 }])).toEqual([])
    expect(await writeRunLogs(sql, held, [{ level: 'info', message: 'late', data: null, age_ms: 0 }])).toBe(0)
  }
})

test('a dead worker is not waited for beyond its lease, by whoever asks and by whoever sweeps', async () => {
  await registered({ name: 'orphan' })
  const first = await trigger('orphan')
  await claim('orphan', -1)
  expect(await cancelRun(database.sql, first, same('Enough.'))).toMatchObject({ state: 'cancelled' })
  expect(await attemptsOf(first)).toEqual(['1 cancelled Enough.'])

  const second = await trigger('orphan')
  await claim('orphan', 60)
  expect(await cancelRun(database.sql, second, same('Enough.'))).toMatchObject({ state: 'running' })
  await database.sql`update runs set lease_until = now() - interval '1 s' where id = ${second}`
  expect(await requeueLostRuns(database.sql, 5)).toMatchObject([{ id: second, run_state: 'cancelled' }])
  expect(await getRun(database.sql, second)).toMatchObject({ state: 'cancelled', error: 'Enough.' })
})

test('a run that is over, or that there is not, is told apart', async () => {
  await registered({ name: 'over' })
  const id = await trigger('over')
  await claim('over', 60)
  await endAttempts(database.sql, [{ run_id: id, attempt: 1, state: 'succeeded', result: null }])
  await expect(cancelRun(database.sql, id, same('x'))).rejects.toMatchObject({ code: 'run_ended', kind: 'conflict' })
  const nobody = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'
  await expect(cancelRun(database.sql, nobody, same('x'))).rejects.toMatchObject({
    code: 'run_not_found',
    kind: 'not_found',
  })
})

test('with cancel_previous a new run ends the one before, and never runs beside it', async () => {
  let now = 0
  let most = 0
  const jobs = await registered({
    name: 'newest',
    overlap: 'cancel_previous',
    run: async ({ signal, conf }) => {
      most = Math.max(most, ++now)
      if (!conf.last) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await Bun.sleep(20)
      now--
    },
  })
  const ids: string[] = []
  await withReplica(database, jobs, () =>
    withReplica(database, jobs, async () => {
      for (let n = 0; n < 5; n++) {
        ids.push(await trigger('newest'))
        if (n % 2 === 0) await inState(ids.at(-1)!, 'running')
      }
      const last = await enqueueRun(database.sql, { job: 'newest', trigger: 'manual', conf: { last: true } })
      await inState(last.run_id, 'succeeded')
    }),
  )
  expect(most).toBe(1)
  expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => 'cancelled'))
})

test('with cancel_previous a slot ends the run before, and of several due slots the last starts', async () => {
  const { sql } = database
  const jobs = await registered({ name: 'slotted', schedule: '@every 1s', overlap: 'cancel_previous' })
  const running = await trigger('slotted')
  await claim('slotted', 60)
  const rewind = () => sql`
    update jobs set scheduled_until = date_trunc('second', now()) - interval '3 s' where name = 'slotted'`
  await rewind()
  await schedulePass(sql, jobs)
  expect((await getRun(sql, running))!.cancel_requested_at).not.toBeNull()
  const [last, skipped, ...more] = await listSlots(sql, 'slotted', 10)
  expect(last).toMatchObject({ state: 'queued', count: 1 })
  expect(skipped!.state).toBe('skipped')
  expect(more).toEqual([])
  // Until the one before has really ended, nothing starts.
  expect(await claim('slotted', 60)).toEqual([])
  await endAttempts(sql, [{ run_id: running, attempt: 1, state: 'cancelled' }])
  expect(await claim('slotted', 60)).toMatchObject([{ id: last!.run_id }])
})

test('of twenty callers in one moment one starts a job that skips, and one is left of a job that cancels', async () => {
  await registered({ name: 'skips' }, { name: 'cancels', overlap: 'cancel_previous' })
  const pools = Array.from({ length: 10 }, () => openSql(database.url, 2))
  const ask = (job: string) =>
    Promise.allSettled([...pools, ...pools].map((sql) => enqueueRun(sql, { job, trigger: 'manual' })))
  const skips = await ask('skips')
  const cancels = await ask('cancels')
  await Promise.all(pools.map((pool) => pool.end()))
  expect(skips.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const refused of skips.filter(({ status }) => status === 'rejected'))
    expect(refused).toMatchObject({ reason: { code: 'job_already_running' } })
  expect(cancels.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  const states = (await listRuns(database.sql, 'cancels', 100)).map(({ state }) => state).toSorted()
  expect(states).toEqual([...Array.from({ length: 19 }, () => 'cancelled' as const), 'queued'])
})

test('a key that comes again cancels nothing', async () => {
  await registered({ name: 'keyed', overlap: 'cancel_previous' })
  const ask = () => enqueueRun(database.sql, { job: 'keyed', trigger: 'webhook', dedupe_key: 'one' })
  const { run_id } = await ask()
  expect(await ask()).toEqual({ run_id, created: false })
  expect(await stateOf(run_id)).toBe('queued')
})
