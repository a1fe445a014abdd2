/** What runs and slots mean for alerts. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { claimRuns, requeueLostRuns } from '../../../db/run-claims.ts'
import { enqueueRun, getRun } from '../../../db/runs.ts'
import { registerJobs } from '../../../db/jobs.ts'
import { testDatabase, type TestDatabase } from '../../database.ts'
import { until } from '../../e2e/program.ts'
import { jobsOf, withReplica } from '../replica.ts'

setDefaultTimeout(60_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function runToEnd(job: string, trigger: 'manual' | 'webhook', conf: Record<string, unknown> = {}) {
  const { run_id } = await enqueueRun(database.sql, { job, trigger, conf })
  await until('its end', async () => (await getRun(database.sql, run_id))?.finished_at, 30_000)
  return run_id
}
const alertsOf = (subject: string) => database.sql<{ state: string; detail: { pt: string; en: string } }[]>`
  select rule, alias, state, failures, detail from alerts where subject = ${subject} order by opened_at, id`

test('a run that failed for good opens an alert, as Airflow would call it where it came so; the next success resolves it', async () => {
  const jobs = jobsOf({
    name: 'sometimes',
    retries: 1,
    backoff: { first_s: 0, max_s: 0 },
    run: ({ conf, attempt }) => {
      if (conf.fail === 'always' || (conf.fail === 'first' && attempt === 1)) throw new Error('as it was told')
    },
  })
  await withReplica(database, jobs, async () => {
    await runToEnd('sometimes', 'manual', { fail: 'first' })
    expect(await alertsOf('sometimes')).toHaveLength(0)
    const run_id = await runToEnd('sometimes', 'webhook', { fail: 'always' })
    const [alert] = await alertsOf('sometimes')
    expect(alert).toMatchObject({ rule: 'JOB_FAILED', alias: 'AIRFLOW_DAG_FAILED', state: 'firing', failures: 1 })
    expect(alert!.detail.en).toBe(`Run ${run_id} failed on attempt 2: as it was told`)
    expect(alert!.detail.pt).toBe(`A execução ${run_id} falhou na tentativa 2: as it was told`)
    await runToEnd('sometimes', 'manual')
    expect(await alertsOf('sometimes')).toMatchObject([{ state: 'resolved' }])
  })
})

test('a run that is given up because its workers die opens an alert', async () => {
  await registerJobs(database.sql, [...jobsOf({ name: 'deadly', run: () => {} }).values()])
  await enqueueRun(database.sql, { job: 'deadly', trigger: 'manual' })
  const options = { jobs: ['deadly'], worker: 'w', lease_s: -1, limit: 1, late_after_s: 5 }
  for (let death = 1; death <= 2; death++) {
    expect(await claimRuns(database.sql, options)).toHaveLength(1)
    await requeueLostRuns(database.sql, 2)
  }
  expect(await alertsOf('deadly')).toMatchObject([{ rule: 'JOB_FAILED', state: 'firing' }])
})
