/** Slots whose runs are the recording replica's own from the beginning: as many as it has capacity for; the rest is queued. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { readSchedules, registerJobs } from '../../../db/jobs/jobs.ts'
import { claimRuns, type Claimer } from '../../../db/jobs/run-claims.ts'
import { endAttempts } from '../../../db/jobs/run-ends.ts'
import { readSchedule } from '../../../db/jobs/schedule.ts'
import { listAttempts, listRuns } from '../../../db/jobs/runs.ts'
import { listSlots, recordSlots, recordSlotsAt, type SlotPlan } from '../../../db/jobs/slots.ts'
import type { Job, JobOptions } from '../../../jobs/job.ts'
import { planSlots } from '../../../jobs/scheduler/plan-slots.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const CLAIMER: Claimer = { worker: 'recorder', lease_s: 60, late_after_s: 5 }
const run = () => {}

/** Jobs of which one slot is due, and the plans that record it. */
async function due(...options: Array<Partial<JobOptions> & { name: string }>) {
  const jobs = jobsOf(...options.map((one) => ({ run, schedule: '@every 1s', ...one })))
  await registerJobs(database.sql, [...jobs.values()])
  return { jobs, plans: await plansOf(jobs) }
}

async function plansOf(jobs: Map<string, Job>): Promise<SlotPlan[]> {
  const names = [...jobs.keys()]
  await database.sql`
    update jobs set scheduled_until = date_trunc('second', now()) - interval '1 s' where name = any(${names})`
  const states = await readSchedules(database.sql, names)
  // As of that slot: a later one may be due by now.
  return states.map((state) => {
    const slot = new Date(state.scheduled_until.getTime() + 1000)
    return planSlots({ ...state, now: slot }, readSchedule(state.schedule, state.timezone))!.plan
  })
}

const stateOfSlot = async (job: string) => (await listSlots(database.sql, job, 1))[0]!.state
const statesOf = async (job: string) =>
  (await listRuns(database.sql, job, 10)).map(({ trigger, state, attempt }) => `${trigger} ${state} ${attempt}`)

test('of five due jobs a recorder with a capacity of three starts three, and the others wait for a claim', async () => {
  const names = ['five_a', 'five_b', 'five_c', 'five_d', 'five_e']
  const { plans } = await due(...names.map((name) => ({ name })))
  const started = await recordSlots(database.sql, plans, { ...CLAIMER, capacity: 3 })
  expect(started).toHaveLength(3)
  for (const { id, job, attempt, conf, failures, slot } of started) {
    expect({ attempt, conf, failures, slot }).toEqual({ attempt: 1, conf: {}, failures: 0, slot: expect.any(Date) })
    expect(await stateOfSlot(job)).toBe('ran')
    expect(await listAttempts(database.sql, id)).toMatchObject([{ attempt: 1, state: 'running', worker: 'recorder' }])
    expect((await listRuns(database.sql, job, 1))[0]).toMatchObject({ id, state: 'running', worker: 'recorder' })
  }
  expect(await recordSlots(database.sql, plans, { ...CLAIMER, capacity: 3 })).toEqual([])
  const others = await claimRuns(database.sql, { ...CLAIMER, jobs: names, limit: 10 })
  expect([...started, ...others].map(({ job }) => job).toSorted()).toEqual(names)
  for (const name of names) expect(await stateOfSlot(name)).toBe('ran')
  // None of them is started by anybody else, and each ends as a claimed one does.
  expect(await claimRuns(database.sql, { ...CLAIMER, jobs: names, limit: 10 })).toEqual([])
  const ends = started.map(({ id, attempt }) => ({ run_id: id, attempt, state: 'succeeded' as const, result: null }))
  expect(await endAttempts(database.sql, ends)).toHaveLength(3)
})

test('a run that must wait for another of its job is not started but queued, or skipped', async () => {
  const overlaps = ['skip', 'queue', 'cancel_previous', 'allow'] as const
  const { jobs } = await due(...overlaps.map((overlap) => ({ name: `busy_${overlap}`, overlap })))
  for (const job of jobs.keys()) await enqueueRun(database.sql, { job, trigger: 'manual' })
  await claimRuns(database.sql, { ...CLAIMER, jobs: [...jobs.keys()], limit: 10 })
  const started = await recordSlots(database.sql, await plansOf(jobs), { ...CLAIMER, capacity: 10 })
  expect(started.map(({ job }) => job)).toEqual(['busy_allow'])
  expect(await stateOfSlot('busy_skip')).toBe('skipped')
  expect(await statesOf('busy_queue')).toEqual(['schedule queued 0', 'manual running 1'])
  expect(await statesOf('busy_cancel_previous')).toEqual(['schedule queued 0', 'manual running 1'])
})

test('a run that waits already comes before the slot', async () => {
  const { jobs } = await due({ name: 'waited_first', overlap: 'queue' }, { name: 'waited_beside', overlap: 'allow' })
  for (const job of jobs.keys()) await enqueueRun(database.sql, { job, trigger: 'manual' })
  expect(await recordSlots(database.sql, await plansOf(jobs), { ...CLAIMER, capacity: 10 })).toEqual([])
  const [first] = await claimRuns(database.sql, { ...CLAIMER, jobs: ['waited_first'], limit: 10 })
  expect(first).toMatchObject({ job: 'waited_first', slot: null })
})

test('a recorder that meets a worker which has just started the job queues the slot instead', async () => {
  const { jobs, plans } = await due({ name: 'beaten', overlap: 'queue' }, { name: 'beside_beaten', overlap: 'queue' })
  const { sql } = database
  const other = openSql(database.url, 1)
  const recorder = openSql(database.url, 1)
  let recording: Promise<unknown> = Promise.resolve()
  const started: string[] = []
  await other.begin(async (tx) => {
    // Made and claimed in one transaction that the recorder cannot see, as by a worker that was quicker.
    await tx`insert into runs (id, job, trigger) values (${Bun.randomUUIDv7()}, 'beaten', 'manual')`
    await claimRuns(tx as never, { ...CLAIMER, jobs: ['beaten'], limit: 1 })
    const [slot] = plans[0]!.slots
    const take = { ...CLAIMER, capacity: 10 }
    recording = recordSlotsAt(database.sql, [recorder], slot!.slot, plans, take, (runs) =>
      started.push(...runs.map(({ job }) => job)),
    )
    await until('the recorder to meet it', async () => {
      const rows = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%scheduled_until%'`
      return rows.length > 0
    })
  })
  await recording
  await Promise.all([other.end(), recorder.end()])
  expect(started).toEqual([])
  expect((await statesOf('beaten')).toSorted()).toEqual(['manual running 1', 'schedule queued 0'])
  expect(await statesOf('beside_beaten')).toEqual(['schedule queued 0'])
  expect(jobs.size).toBe(2)
})

test('two replicas with a capacity of two each start ten jobs a second, each slot once', async () => {
  const ran: string[] = []
  const jobs = jobsOf(
    ...Array.from({ length: 10 }, (_, i) => ({
      name: `crowd_${i}`,
      schedule: '* * * * * *',
      run: ({ slot, attempt }: { slot: Date | null; attempt: number }) =>
        void ran.push(`${i} ${slot!.toISOString()} ${attempt}`),
    })),
  )
  const options = { concurrency: 2 }
  await withReplica(
    database,
    jobs,
    () => withReplica(database, jobs, () => until('some slots of each', () => ran.length >= 30, 60_000), options),
    options,
  )
  expect(new Set(ran).size).toBe(ran.length)
  const [books] = await database.sql<{ slots: number; attempts: number }[]>`
    select (select count(*)::int from slots where job like 'crowd_%' and state in ('ran', 'late')) as slots,
      (select count(*)::int from run_attempts a join runs r on r.id = a.run_id where r.job like 'crowd_%') as attempts`
  expect(books!.slots).toBe(ran.length)
  expect(books!.attempts).toBe(ran.length)
})
