/** What runs are handed besides what db/ opens. */
import { generatedSecret } from '../lib/generated-secret.ts'
import { createApiClient } from './api-client.ts'
import type { JobsConfig } from './config.ts'
import type { JobRoles } from './job.ts'

type Opened = Omit<JobRoles, 'api' | 'locale' | 'settings'>

/** Adds to `opened`, whose getters stay getters. */
export function withApi(config: JobsConfig, opened: Opened): JobRoles {
  const { api_url: url, service_username: username, service_password, metrics_token } = config
  const password = async () => service_password ?? (await generatedSecret(config.db.data_dir, 'service_password'))
  const api = createApiClient({ url, username, password, metrics_token })
  return Object.assign(opened, { api, locale: config.locale, settings: config.settings })
}
