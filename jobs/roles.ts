/** What every run is handed. */
import type { Db } from '../db/index.ts'
import { generatedSecret } from '../db/secrets.ts'
import { createApiClient } from './api-client.ts'
import type { JobsConfig } from './config.ts'
import type { JobRoles } from './job.ts'

export function openRoles(config: JobsConfig, { sql, objects, stream }: Db): JobRoles {
  const { api_url: url, service_username: username, service_password, metrics_token } = config
  const password = async () => service_password ?? (await generatedSecret(config.db.data_dir, 'service_password'))
  const api = createApiClient({ url, username, password, metrics_token })
  return { sql, objects, stream, api, locale: config.locale, settings: config.settings }
}
