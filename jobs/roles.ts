/** What every run is handed. */
import { planBackup } from '../db/backup/plan.ts'
import type { Db } from '../db/engines/connect.ts'
import { createLog } from '../lib/log.ts'
import type { JobsConfig } from './config.ts'
import type { JobRoles } from './job.ts'
import { withApi } from './with-api.ts'

export function openRoles(config: JobsConfig, db: Db): JobRoles {
  const { sql, objects, stream } = db
  const backup = planBackup(config.db, db, createLog('jobs', config.log_level))
  return withApi(config, { sql, objects, stream, backup })
}
