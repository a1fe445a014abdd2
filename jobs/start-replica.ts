/** The scheduler and the worker of one replica. Any number of replicas work on one database. */
import { bookkeepingPool } from '../db/engines/postgres/bookkeeping-pool.ts'
import { createRetry } from '../lib/retry.ts'
import { registerJobs } from '../db/jobs/jobs.ts'
import { missingDefaults } from '../db/jobs/conf-schema.ts'
import type { Log } from '../lib/log.ts'
import { NO_WATCH, type Watch } from '../lib/watch.ts'
import type { JobsConfig } from './config.ts'
import { guardExit } from './worker/forbid-exit.ts'
import type { Job, JobRoles } from './job.ts'
import { NO_KEEPER, startLeaseKeeper } from './worker/keeper/index.ts'
import { watchLoop } from './worker/loop-watch.ts'
import { startScheduler } from './scheduler/scheduler.ts'
import { startWorker, type WorkerOptions } from './worker/worker.ts'

/** One for claims, one for ends, one for heartbeats and logs. */
const CONNECTIONS = 3

export interface Replica {
  /** These of its jobs are new, or were changed. */
  changed(jobs: Job[]): Promise<void>
  /** Starts nothing more; runs may finish for `finish_ms`, then they are handed back to the other replicas. */
  stop(finish_ms: number): Promise<void>
}

/**
 * `jobs` may change. `isolated`: the configuration of jobs in processes of their own; without it they fail, and nothing keeps
 * the leases of a worker whose event loop is blocked. `pools`: their limits.
 */
export async function startReplica(
  jobs: Map<string, Job>,
  roles: JobRoles,
  options: WorkerOptions & { isolated?: JobsConfig; pools?: Record<string, number> },
  log: Log,
  watch: Watch = NO_WATCH,
): Promise<Replica> {
  const { sql } = roles
  const { isolated } = options
  await register([...jobs.values()])
  const pool = bookkeepingPool(sql, { connections: CONNECTIONS, plan: 'once' })
  const retryUntilAborted = createRetry(log, 'the worker')
  const loopWatch = watchLoop(log)
  const keeper = isolated ? startLeaseKeeper(keeperOptions(isolated, options.lease_s), log) : NO_KEEPER
  const allowExit = guardExit()
  const tools = { sql: pool, roles, log, retryUntilAborted, loopWatch, keeper, isolated, watch }
  const worker = await startWorker(jobs, options, tools)
  const scheduler = await startScheduler(sql, jobs, worker, log)

  async function register(some: Job[]): Promise<void> {
    await registerJobs(sql, some, options.pools)
    for (const job of some) warnOfConf(job, log)
  }

  return {
    async changed(some) {
      await register(some)
      for (const { name } of some) worker.claimFor(name)
    },
    async stop(finish_ms) {
      await scheduler.stop()
      await worker.stop(finish_ms)
      loopWatch.stop()
      keeper.stop()
      allowExit()
      await pool.end({ timeout: 5 })
    },
  }
}

const keeperOptions = ({ db, log_level }: JobsConfig, lease_s: number) => ({
  database_url: db.database_url!,
  lease_s,
  log_level,
})

/** Only a warning: the job may be one that is always triggered with a conf. */
function warnOfConf({ name, conf_schema }: Job, log: Log): void {
  const missing = missingDefaults(conf_schema)
  if (missing.length > 0)
    log.warn(
      { job: name, missing },
      'this job requires a conf, which a scheduled run does not get: its scheduled runs will fail; give these defaults',
    )
}
