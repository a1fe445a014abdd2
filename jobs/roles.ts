/** The roles of every run: engines, Doca's own API, and the configuration of the built-in jobs. */
import type { BackupPlan } from '../db/backup/plan.ts'
import type { Db } from '../db/engines/connect.ts'
import { generatedSecret } from '../lib/generated-secret.ts'
import type { Log } from '../lib/log.ts'
import { NO_TRACING, type Tracing } from '../lib/tracing/tracing.ts'
import { createApiClient } from './api-client.ts'
import type { JobsConfig } from './config.ts'
import type { JobRoles } from './job.ts'

type OpenedRoles = Omit<Db<'sql' | 'stream' | 'objects'>, 'close'>

/** Reads `db.sql` and `log` only when a job uses them: an isolated attempt opens them then. */
export function jobRoles(
  config: JobsConfig,
  db: OpenedRoles,
  log: () => Log,
  carrier: Tracing['carrier'] = NO_TRACING.carrier,
): JobRoles {
  const { api_url: url, service_username: username, service_password, metrics_token } = config
  const password = async () => service_password ?? (await generatedSecret(config.db.data_dir, 'service_password'))
  let backup: BackupPlan | undefined
  function plan(): BackupPlan {
    const { planBackup } = require('../db/backup/plan.ts') as typeof import('../db/backup/plan.ts')
    return planBackup({ ...config.db, ...config.backup, orders: config.orders }, db, log())
  }
  return {
    get sql() {
      return db.sql
    },
    stream: db.stream,
    objects: db.objects,
    get backup() {
      return (backup ??= plan())
    },
    api: createApiClient({ url, username, password, metrics_token, carrier }),
    locale: config.locale,
    settings: config.settings,
  }
}
