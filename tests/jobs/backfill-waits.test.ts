/** A long backfill holds nothing up: what is due or asked for goes first, of other jobs and of its own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { backfill } from '../../db/jobs/backfill.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns, nextClaimIn } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { listRuns } from '../../db/jobs/runs.ts'
import { listSlots } from '../../db/jobs/slots.ts'
import type { JobOptions } from '../../jobs/job.ts'
import { schedulePass } from '../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf, withReplica } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const run = () => {}
const EACH_MINUTE = '@every 1m'

/** Jobs that have run for two hours, without a slot in the books. */
async function registered(...options: Array<Partial<JobOptions> & { name: string }>) {
  const jobs = jobsOf(...options.map((one) => ({ run, schedule: EACH_MINUTE, ...one })))
  await registerJobs(database.sql, [...jobs.values()])
  return jobs
}
const backfilled = (job: string, minutes: number) =>
  backfill(database.sql, { job, from: new Date(Date.now() - minutes * 60_000), to: new Date() })

/** Makes the slot of the last minute due. */
const rewind = (job: string) => database.sql`
  update jobs set scheduled_until = date_trunc('minute', now()) - interval '1 s' where name = ${job}`

const claim = (jobs: string[], limit: number) =>
  claimRuns(database.sql, { jobs, worker: 'nobody', lease_s: 60, limit, late_after_s: 120 })

const end = (run_id: string, attempt = 1) =>
  endAttempts(database.sql, [{ run_id, attempt, state: 'succeeded', result: null }])

test('runs of other jobs are claimed before those of a backfill that waits longer', async () => {
  const { sql } = database
  await registered({ name: 'long_ago', overlap: 'allow' }, { name: 'due_now' }, { name: 'asked_now' })
  const made = await backfilled('long_ago', 60)
  expect(made.length).toBeGreaterThan(50)
  await rewind('due_now')
  await schedulePass(sql, await registered({ name: 'due_now' }))
  await enqueueRun(sql, { job: 'asked_now', trigger: 'manual' })
  const names = ['long_ago', 'due_now', 'asked_now']
  const first = await claim(names, 3)
  expect(first.map(({ job }) => job).toSorted()).toEqual(['asked_now', 'due_now', 'long_ago'])
  // And of the backfill the oldest first, as before.
  const more = await claim(names, 2)
  const slots = [...first.filter(({ job }) => job === 'long_ago'), ...more].map(({ slot }) => slot)
  expect(slots).toEqual(made.slice(0, 3).map(({ slot }) => slot))
})

test('a worker with one place starts a slot that comes during a backfill as soon as the run at work has ended', async () => {
  const order: string[] = []
  let let_go: (() => void) | undefined
  const jobs = jobsOf(
    {
      name: 'filled',
      schedule: EACH_MINUTE,
      overlap: 'allow',
      run: async () => {
        order.push('filled')
        if (order.length === 1) await new Promise<void>((resolve) => (let_go = resolve))
      },
    },
    { name: 'comes', schedule: EACH_MINUTE, run: () => void order.push('comes') },
  )
  await registerJobs(database.sql, [...jobs.values()])
  const made = await backfilled('filled', 20)
  const body = async () => {
    await until('a run of the backfill', () => let_go !== undefined, 60_000)
    await rewind('comes')
    await until('the slot', async () => {
      await schedulePass(database.sql, new Map([['comes', jobs.get('comes')!]]))
      return (await listRuns(database.sql, 'comes', 1)).length > 0
    })
    let_go!()
    await until('all of them', () => order.length > made.length, 60_000)
  }
  await withReplica(database, jobs, body, { concurrency: 1 })
  expect(order.slice(0, 3)).toEqual(['filled', 'comes', 'filled'])
})

test.each(['skip', 'queue', 'cancel_previous', 'allow'] as const)(
  "with overlap %s a job's slot is not skipped for its backfill, and comes before it",
  async (overlap) => {
    const { sql } = database
    const name = `own_${overlap}`
    const jobs = await registered({ name, overlap })
    const made = await backfilled(name, 30)
    const [running] = await claim([name], 1)
    expect(running!.slot).toEqual(made[0]!.slot)
    // A minute that the backfill has not covered: with every minute of it covered there would be no slot to record.
    await sql`delete from slots where job = ${name} and slot = ${made.at(-1)!.slot}`
    await sql`delete from runs where job = ${name} and slot = ${made.at(-1)!.slot}`
    await sql`update jobs set scheduled_until = ${made.at(-2)!.slot} where name = ${name}`
    await until('its slot', async () => {
      await schedulePass(sql, jobs)
      return (await listRuns(sql, name, 100)).some(({ trigger }) => trigger === 'schedule')
    })
    expect((await listSlots(sql, name, 1))[0]!.state).toBe('queued')
    expect((await listRuns(sql, name, 100)).filter(({ state }) => state === 'cancelled')).toEqual([])
    if (overlap !== 'allow') expect(await claim([name], 5)).toEqual([])
    await end(running!.id)
    const [next] = await claim([name], 1)
    const [row] = await sql<{ trigger: string }[]>`select trigger from runs where id = ${next!.id}`
    expect(row!.trigger).toBe('schedule')
    await end(next!.id)
    expect((await claim([name], 1))[0]!.slot).toEqual(made[1]!.slot)
  },
)

test('a job that skips can be triggered during its backfill, once', async () => {
  const { sql } = database
  await registered({ name: 'asked_meanwhile' })
  await backfilled('asked_meanwhile', 5)
  const [running] = await claim(['asked_meanwhile'], 1)
  const { run_id } = await enqueueRun(sql, { job: 'asked_meanwhile', trigger: 'manual' })
  await expect(enqueueRun(sql, { job: 'asked_meanwhile', trigger: 'manual' })).rejects.toMatchObject({
    code: 'job_already_running',
  })
  await end(running!.id)
  expect(await claim(['asked_meanwhile'], 1)).toMatchObject([{ id: run_id }])
})

test('a worker knows when the next run may start, whatever made it', async () => {
  const { sql } = database
  await registered({ name: 'in_a_while', overlap: 'allow' })
  await backfilled('in_a_while', 5)
  await sql`update runs set available_at = now() + interval '1 hour' where job = 'in_a_while'`
  const { run_id } = await enqueueRun(sql, { job: 'in_a_while', trigger: 'manual' })
  await sql`update runs set available_at = now() + interval '2 hours' where id = ${run_id}`
  const wait_ms = (await nextClaimIn(sql, ['in_a_while']))!
  expect(wait_ms).toBeGreaterThan(3_000_000)
  expect(wait_ms).toBeLessThanOrEqual(3_600_000)
})
