/** What every run is handed. */
import { planBackup } from '../db/backup/plan.ts'
import type { Db } from '../db/index.ts'
import { generatedSecret } from '../db/secrets.ts'
import { createLog } from '../lib/log.ts'
import { createApiClient } from './api-client.ts'
import type { JobsConfig } from './config.ts'
import type { JobRoles } from './job.ts'

export function openRoles(config: JobsConfig, db: Db): JobRoles {
  const { sql, objects, stream } = db
  const { api_url: url, service_username: username, service_password, metrics_token } = config
  const password = async () => service_password ?? (await generatedSecret(config.db.data_dir, 'service_password'))
  const api = createApiClient({ url, username, password, metrics_token })
  const backup = planBackup(config.db, db, createLog('jobs', config.log_level))
  return { sql, objects, stream, api, backup, locale: config.locale, settings: config.settings }
}
