/** Jobs: from a trigger to the first line of the job, from a tick to it, and how many runs a worker finishes. */
import { enqueueRun } from '../../db/runs.ts'
import { startReplica } from '../../jobs/scheduler/index.ts'
import { leaveTestServer, testDatabase } from '../database.ts'
import { until } from '../e2e/program.ts'
import { jobsOf, silent, testRoles } from '../jobs/replica.ts'
import type { Figure } from './main.ts'

const TRIGGERS = 300
const TICKING = 200
const QUEUED = 4000

export async function bench(): Promise<Figure[]> {
  const database = await testDatabase()
  const opened = await testRoles(database)
  const started: number[] = []
  const lateness: number[] = []
  // They tick only once all is set up.
  const ticking = Array.from({ length: TICKING }, (_, i) => ({
    name: `ticks_${i}`,
    schedule: '@every 5s',
    run: ({ slot }: { slot: Date | null }) => void (slot && lateness.push(Date.now() - slot.getTime())),
  }))
  const jobs = jobsOf({ name: 'noop', overlap: 'allow', run: () => void started.push(performance.now()) }, ...ticking)
  const options = { concurrency: 50, lease_s: 15 }
  const replica = await startReplica(jobs, opened.roles, options, silent)
  try {
    const trigger = () => enqueueRun(database.sql, { job: 'noop', trigger: 'manual' })
    const waits: number[] = []
    for (let i = 0; i < TRIGGERS; i++) {
      const before = started.length
      const asked = performance.now()
      await trigger()
      while (started.length === before) await new Promise((resolve) => setImmediate(resolve))
      waits.push(started.at(-1)! - asked)
    }
    await until('two ticks of every job', () => lateness.length >= 2 * TICKING, 30_000)

    const fresh = started.length
    await database.sql`
      insert into runs (id, job, trigger) select gen_random_uuid(), 'noop', 'manual' from generate_series(1, ${QUEUED})`
    const begun = performance.now()
    await database.sql`select pg_notify('runs_queued', '')`
    const left = () => database.sql`select 1 from runs where job = 'noop' and finished_at is null limit 1`
    await until(
      'every queued run to end',
      async () => (await left()).length === 0 && started.length === fresh + QUEUED,
      60_000,
    )
    const per_s = QUEUED / ((performance.now() - begun) / 1000)

    const one = 'enqueueRun to the first line of the job, one at a time, one worker'
    const tick = `${TICKING} jobs in the same second: from the slot to the first line of the job`
    return [
      row('trigger to start, p50', quantile(waits, 0.5), 'ms', '<= 10', one),
      row('trigger to start, p99', quantile(waits, 0.99), 'ms', '<= 50', one),
      row('tick to start, p99', quantile(lateness, 0.99), 'ms', '<= 50', tick),
      row('queued no-op runs', per_s, 'runs/s', '>= 2000', `${QUEUED} of them, one worker, 50 at once`),
    ]
  } finally {
    await replica.stop(5000)
    await opened.close()
    await database.close()
    await leaveTestServer()
  }
}

const quantile = (values: number[], q: number) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)]!

const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 100) / 100,
  unit,
  target,
  work,
})
