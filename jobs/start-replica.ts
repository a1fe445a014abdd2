/** The scheduler and the worker of one replica. Any number of replicas work on one database. */
import { bookkeepingPool } from '../db/engines/postgres/bookkeeping-pool.ts'
import { createRetry } from '../lib/retry.ts'
import { registerJobs } from '../db/jobs/jobs.ts'
import { missingDefaults } from '../db/jobs/conf-schema.ts'
import type { Log } from '../lib/log.ts'
import type { JobsConfig } from './config.ts'
import { guardExit } from './worker/forbid-exit.ts'
import type { Job, JobRoles } from './job.ts'
import { watchLoop } from './worker/loop-watch.ts'
import { startScheduler } from './scheduler/scheduler.ts'
import { startWorker, type WorkerOptions } from './worker/worker.ts'

/** One claims while the other writes ends; the third is for heartbeats and logs. */
const CONNECTIONS = 3

export interface Replica {
  /** No new work; what runs may finish for `finish_ms`, then it is handed back to the other replicas. */
  stop(finish_ms: number): Promise<void>
}

/** `isolated`: what jobs in processes of their own are configured with; without it they fail. */
export async function startReplica(
  jobs: Map<string, Job>,
  roles: JobRoles,
  options: WorkerOptions & { isolated?: JobsConfig },
  log: Log,
): Promise<Replica> {
  const { sql } = roles
  await registerJobs(sql, [...jobs.values()])
  for (const job of jobs.values()) warnOfConf(job, log)
  const books = bookkeepingPool(sql, { connections: CONNECTIONS, plan: 'once' })
  const retryUntilAborted = createRetry(log, 'the worker')
  const loopWatch = watchLoop(log)
  const allowExit = guardExit()
  const tools = { sql: books, roles, log, retryUntilAborted, loopWatch, isolated: options.isolated }
  const worker = await startWorker(jobs, options, tools)
  const scheduler = startScheduler(sql, jobs, worker, log)
  return {
    async stop(finish_ms) {
      await scheduler.stop()
      await worker.stop(finish_ms)
      loopWatch.stop()
      allowExit()
      await books.end({ timeout: 5 })
    },
  }
}

/** Who only ever triggers it with a conf may ignore it. */
function warnOfConf({ name, conf_schema }: Job, log: Log): void {
  const missing = missingDefaults(conf_schema)
  if (missing.length > 0)
    log.warn(
      { job: name, missing },
      'nobody hands a scheduled run a conf, and this job requires one: its scheduled runs will fail; give these defaults',
    )
}
