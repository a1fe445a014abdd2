/**
 * Jobs: from a trigger to the first line of the job, from a tick to it, how many runs a worker finishes, and what an
 * idle replica needs. APScheduler's figures are taken in turns with ours; Airflow's were recorded earlier (jobs/peer.ts).
 */
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { startReplica } from '../../jobs/start-replica.ts'
import { leaveTestServer, testDatabase, type TestDatabase } from '../kit/database.ts'
import { killLeftPrograms, until } from '../kit/program.ts'
import { jobsOf, silent, testRoles } from '../kit/replica.ts'
import { quantile, row } from './jobs/figures.ts'
import { replica } from './jobs/replica.ts'
import { ticks } from './jobs/ticks.ts'
import type { Figure } from './main.ts'

const TRIGGERS = 300
const QUEUED = 4000
const CONCURRENCY = 50

const PARTS: Record<string, (database: TestDatabase) => Promise<Figure[]>> = {
  triggers,
  ticks,
  replica,
}

export const parts = Object.keys(PARTS)

export async function bench(part?: string): Promise<Figure[]> {
  const found: Figure[] = []
  try {
    for (const name of parts.filter((one) => part === undefined || one === part)) {
      const database = await testDatabase()
      found.push(...(await PARTS[name]!(database).finally(database.close)))
    }
  } finally {
    await killLeftPrograms()
    await leaveTestServer()
  }
  return found
}

async function triggers(database: TestDatabase): Promise<Figure[]> {
  const { sql } = database
  const opened = await testRoles(database)
  const started: number[] = []
  const jobs = jobsOf({ name: 'noop', overlap: 'allow', run: () => void started.push(performance.now()) })
  const worker = await startReplica(jobs, opened.roles, { concurrency: CONCURRENCY, lease_s: 15 }, silent)
  try {
    const waits: number[] = []
    for (let i = 0; i < TRIGGERS; i++) {
      const before = started.length
      const asked = performance.now()
      await enqueueRun(sql, { job: 'noop', trigger: 'manual' })
      while (started.length === before) await new Promise((resolve) => setImmediate(resolve))
      waits.push(started.at(-1)! - asked)
    }

    const fresh = started.length
    await sql`
      insert into runs (id, job, trigger) select gen_random_uuid(), 'noop', 'manual' from generate_series(1, ${QUEUED})`
    const begun = performance.now()
    await sql`select pg_notify('runs_queued', '')`
    const ended = async () =>
      started.length === fresh + QUEUED &&
      (await sql`select 1 from runs where finished_at is null limit 1`).length === 0
    await until('every queued run to end', ended, 60_000)
    const per_s = QUEUED / ((performance.now() - begun) / 1000)

    const one = `enqueueRun to the first line of the job, ${TRIGGERS} one at a time, one worker; Airflow: 1230 ms`
    return [
      row('trigger to start, p50', quantile(waits, 0.5), 'ms', '<= 10', one),
      row('trigger to start, p99', quantile(waits, 0.99), 'ms', '<= 50', one),
      row('queued no-op runs', per_s, 'runs/s', '>= 2000', `${QUEUED} of them, one worker, ${CONCURRENCY} at once`),
    ]
  } finally {
    await worker.stop(5000)
    await opened.close()
  }
}
