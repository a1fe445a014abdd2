/** Who decides by a job's active runs, and who holds a run, does so in turn; and not for ever when it is frozen. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { ISql, Sql } from 'postgres'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { enqueueRun, inTurn } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns, requeueLostRuns } from '../../db/jobs/run-claims.ts'
import { saveStep } from '../../db/jobs/run-steps.ts'
import { getRun, listRuns } from '../../db/jobs/runs.ts'
import { listSlots } from '../../db/jobs/slots.ts'
import { schedulePass } from '../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
/** A program of its own. */
let other: Sql
beforeAll(async () => {
  database = await testDatabase()
  other = openSql(database.url, 1)
})
afterAll(async () => {
  await other.end({ timeout: 1 })
  await database.close()
})

async function registered(name: string, schedule: string) {
  const jobs = jobsOf({ name, schedule, run: () => {} })
  await registerJobs(database.sql, [...jobs.values()])
  return jobs
}

test('a slot that comes while somebody triggers its job is skipped, once that run is there', async () => {
  const jobs = await registered('both_at_once', '@every 1s')
  await database.sql`update jobs set scheduled_until = date_trunc('second', now()) - interval '2 s'`
  const slotsSeen = () => listSlots(other, 'both_at_once', 10)
  await database.sql.begin(async (tx) => {
    await enqueueRun(tx, { job: 'both_at_once', trigger: 'manual' })
    // Nobody else sees that run yet; to decide without it would start a second.
    await schedulePass(other, jobs)
    expect(await slotsSeen()).toEqual([])
  })
  await schedulePass(other, jobs)
  expect([...new Set((await slotsSeen()).map(({ state }) => state))]).toEqual(['skipped'])
  expect(await listRuns(database.sql, 'both_at_once', 10)).toMatchObject([{ trigger: 'manual', state: 'queued' }])
})

/** Does `work` in a transaction that then stands still, as that of a frozen program does, until `wake` lets it commit. */
async function frozenAfter(work: (tx: ISql) => Promise<unknown>): Promise<{ wake: () => Promise<string> }> {
  const frozen = openSql(database.url, 1)
  const standing = Promise.withResolvers<void>()
  const awake = Promise.withResolvers<void>()
  const end = frozen
    .begin(async (tx) => {
      await work(tx)
      standing.resolve()
      await awake.promise
    })
    .then(
      () => 'committed',
      () => 'lost',
    )
  await Promise.race([standing.promise, end])
  return {
    async wake() {
      awake.resolve()
      const how = await end
      await frozen.end({ timeout: 1 })
      return how
    },
  }
}

test('a program that is frozen while it triggers a job, or before a step is committed, keeps no lock', async () => {
  await registered('held_job', '@hourly')
  await registered('held_run', '@hourly')
  const { run_id } = await enqueueRun(database.sql, { job: 'held_run', trigger: 'manual' })
  const claim = { jobs: ['held_run'], worker: 'frozen', lease_s: 0.1, limit: 1, late_after_s: 5 }
  const [held] = await claimRuns(database.sql, claim)
  const trigger = await frozenAfter((tx) => inTurn(tx, 'held_job'))
  const step = await frozenAfter((tx) => saveStep(tx, { run_id, attempt: held!.attempt }, 'pay', '1', 0))

  await until('the end of its lease', async () => {
    const [run] = await other`select lease_until < now() as over from runs where id = ${run_id}`
    return run!['over'] as boolean
  })
  expect(await requeueLostRuns(other, 5)).toEqual([])
  await until('the run to be taken up', async () => (await requeueLostRuns(other, 5)).length === 1)
  await enqueueRun(other, { job: 'held_job', trigger: 'manual' })
  expect(await trigger.wake()).toBe('lost')
  expect(await step.wake()).toBe('lost')
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'queued', lost: 1 })
  expect(await database.sql`select name from run_steps where run_id = ${run_id}`).toHaveLength(0)
})
