/** Replicas of the jobs program inside a test, each with connections of its own, as separate processes have. */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { planBackup } from '../../db/backup/plan.ts'
import { createDiskObjects } from '../../db/engines/objects/disk/objects.ts'
import { getRun, type RunRow } from '../../db/jobs/runs.ts'
import { createSqlStream } from '../../db/engines/stream/sql/stream.ts'
import { createApiClient } from '../../jobs/api-client.ts'
import { readJobsConfig } from '../../jobs/config.ts'
import { job, type Job, type JobOptions, type JobRoles } from '../../jobs/job.ts'
import { startReplica } from '../../jobs/start-replica.ts'
import type { WorkerOptions } from '../../jobs/worker/worker.ts'
import { createLog } from '../../lib/log.ts'
import type { TestDatabase } from './database.ts'
import { until } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const silent = createLog('test', 'silent')

/** A schedule that no test lives to see. */
export const NEVER = '0 0 29 2 *'

export function jobsOf(...options: Array<Partial<JobOptions> & Pick<JobOptions, 'name' | 'run'>>): Map<string, Job> {
  return new Map(options.map((one) => [one.name, job(one.after === undefined ? { schedule: NEVER, ...one } : one)]))
}

export interface TestRoles {
  roles: JobRoles
  data_dir: string
  /** Closes the connections and removes the objects. */
  close(): Promise<void>
}

export async function testRoles(
  database: TestDatabase,
  api_url = 'http://127.0.0.1:1',
  password = 'secret',
): Promise<TestRoles> {
  const sql = openSql(database.url, 4)
  const data_dir = temporaryFolder()
  const objects = await createDiskObjects(join(data_dir, 'objects'))
  const stream = createSqlStream(sql, { log: silent, lease_ms: 5000 })
  const { settings, backup: kept } = readJobsConfig({})
  const backup = planBackup({ ...kept, data_dir }, { sql, url: database.url, objects }, silent)
  const options = {
    url: api_url,
    username: 'service',
    password: async () => password,
    metrics_token: undefined,
    patience_s: 0.2,
  }
  return {
    roles: { sql, objects, stream, api: createApiClient(options), backup, locale: 'pt-BR', settings },
    data_dir,
    async close() {
      await stream.close()
      await objects.close()
      await sql.end({ timeout: 5 })
    },
  }
}

/** The run when it has ended, in whatever way. */
export const endedRun = (sql: Sql, id: string): Promise<RunRow> =>
  until('the end of the run', async () => {
    // The database may be away in between.
    const run = await getRun(sql, id).catch(() => null)
    return run?.finished_at ? run : null
  })

/** Runs `body` while a replica works on `jobs`. */
export async function withReplica<T>(
  database: TestDatabase,
  jobs: Map<string, Job>,
  body: () => Promise<T>,
  options: Partial<WorkerOptions> & { api_url?: string; pools?: Record<string, number> } = {},
): Promise<T> {
  const { roles, close } = await testRoles(database, options.api_url)
  const replica = await startReplica(jobs, roles, { concurrency: 10, lease_s: 15, ...options }, silent)
  try {
    return await body()
  } finally {
    await replica.stop(2000)
    await close()
  }
}
