/** What runs and slots mean for alerts. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { recordOutage } from '../../../db/alerts/database-outage.ts'
import { writeDue } from '../../../db/alerts/notifications.ts'
import { claimRuns, requeueLostRuns } from '../../../db/jobs/run-claims.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { observeMissed } from '../../../db/jobs/observe-missed.ts'
import { registerJobs } from '../../../db/jobs/jobs.ts'
import { schedulePass } from '../../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function runToEnd(job: string, trigger: 'manual' | 'webhook', conf: Record<string, unknown> = {}) {
  const { run_id } = await enqueueRun(database.sql, { job, trigger, conf })
  await until('its end', async () => (await getRun(database.sql, run_id))?.finished_at)
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
    expect(alert!.detail.en).toBe(`Run ${run_id} failed on attempt 2: the job said “as it was told”`)
    expect(alert!.detail.pt).toBe(`A execução ${run_id} falhou na tentativa 2: o job disse “as it was told”`)
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

/** As after so long a downtime of everything. */
async function downFor(interval: string, jobs: ReturnType<typeof jobsOf>) {
  await database.sql`
    update jobs set scheduled_until = date_trunc('milliseconds', now() - ${interval}::interval) where name = any(${[...jobs.keys()]})`
  await schedulePass(database.sql, jobs)
  await observeMissed(database.sql)
}
const everySecond = (...names: string[]) =>
  jobsOf(
    ...names.map((name) => ({
      name,
      schedule: '@every 1s',
      catchup: 'none' as const,
      overlap: 'allow' as const,
      run: () => {},
    })),
  )

test('slots that were missed are an alert, told once, until one is recorded at its time', async () => {
  const jobs = everySecond('ticks')
  await registerJobs(database.sql, [...jobs.values()])
  await downFor('2 min', jobs)
  const [alert] = await alertsOf('ticks')
  expect(alert).toMatchObject({ rule: 'JOB_MISSED', state: 'firing', failures: 1 })
  expect(alert!.detail.en).toMatch(/^Nobody could start it at (59|6\d) scheduled times, from \d{4}-.*Z to \d{4}-.*Z\.$/)
  await observeMissed(database.sql)
  expect(await alertsOf('ticks')).toMatchObject([{ state: 'firing', failures: 1 }])
  await until('a slot at its time', async () => {
    await schedulePass(database.sql, jobs)
    await observeMissed(database.sql)
    return (await alertsOf('ticks'))[0]!.state === 'resolved'
  })
})

test('a slot that ran ahead of its time, before the clock went back, does not resolve that alert', async () => {
  const jobs = everySecond('jumped')
  await registerJobs(database.sql, [...jobs.values()])
  await database.sql`insert into slots (job, slot, state, recorded_at)
    values ('jumped', date_trunc('second', now()) + interval '2 h', 'ran', now() + interval '2 h')`
  await downFor('2 min', jobs)
  await observeMissed(database.sql)
  expect(await alertsOf('jumped')).toMatchObject([{ rule: 'JOB_MISSED', state: 'firing' }])
})

test('what a downtime of everything missed is one alert', async () => {
  const names = Array.from({ length: 5 }, (_, i) => `downtime_${i}`)
  const jobs = everySecond(...names)
  await registerJobs(database.sql, [...jobs.values()])
  await downFor('2 min', jobs)
  const [alert] = await alertsOf('*')
  expect(alert).toMatchObject({ rule: 'JOB_MISSED', state: 'firing' })
  expect(alert!.detail.pt).toContain(names.join(', '))
  for (const name of names) expect(await alertsOf(name)).toHaveLength(0)
  await until('a slot at its time', async () => {
    await schedulePass(database.sql, jobs)
    await observeMissed(database.sql)
    return (await alertsOf('*'))[0]!.state === 'resolved'
  })
})

test('slots that were missed because the database was away are recorded, and not told', async () => {
  await nameChannels(database.sql, [{ name: 'log', min_severity: 'INFO' }])
  const away = everySecond('away')
  await registerJobs(database.sql, [...away.values()])
  const since = new Date(Date.now() - 5 * 60_000)
  const outage = {
    id: Bun.randomUUIDv7(),
    opened_at: since,
    fired_at: since,
    detail: { en: 'x', pt: 'x' },
    failures: 3,
    nth: 1,
    told: {},
  }
  await recordOutage(database.sql, outage)
  await downFor('5 min', away)
  expect(await alertsOf('away')).toMatchObject([{ rule: 'JOB_MISSED', state: 'firing' }])
  await writeDue(database.sql)
  const [row] = await database.sql`
    select caused_by, exists (select from alert_notifications n where n.alert_id = alerts.id) as told
    from alerts where subject = 'away'`
  expect(row).toEqual({ caused_by: outage.id, told: false })
})
