import { join, resolve } from 'node:path'
import { JOB_NAME } from '../db/jobs/jobs.ts'
import { readBackupConfig, type BackupConfig } from '../db/backup/config.ts'
import { readDbConfig, type DbConfig } from '../db/engines/config.ts'
import { readOrdersConfig, type OrdersConfig } from '../db/orders/config.ts'
import { envReader, readLocale, type Env, type EnvReader, type Setting } from '../lib/env.ts'
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts'
import { readMetricsConfig, type MetricsConfig } from '../lib/metrics/serve.ts'
import { readTracingConfig, type TracingConfig } from '../lib/tracing/start.ts'
import type { Locale } from '../lib/texts.ts'
import { readPingSecret } from '../db/monitors/tokens.ts'
import { readSettings, type JobSettings } from './settings.ts'
import type { ProbeLimits } from './probe/observations.ts'
import { readAlertsConfig, type AlertsConfig } from '../db/alerts/delivery/config.ts'

export interface JobsConfig {
  /** The folder with a file, or a folder, per job. */
  jobs_dir: string
  /** How many runs one replica has at once. */
  concurrency: number
  /** Limits of pools, by name. */
  pools: Record<string, number>
  /** A run whose worker has sent no heartbeat for this long goes to another. */
  lease_s: number
  /** Where jobs find the API; unset: on this machine, at PORT. */
  api_url: string
  service_username: string
  /** Unset: the generated one in DATA_DIR. */
  service_password: string | undefined
  metrics_token: string | undefined
  /** The language of reports. */
  locale: Locale
  log_level: LogLevel
  shutdown_s: number
  heartbeat_file: string | undefined
  tracing: TracingConfig
  metrics: MetricsConfig
  /** Told that this program lives. */
  ping_url: string | undefined
  /** Of push URLs; unset: the generated one in DATA_DIR. */
  ping_secret: string | undefined
  /** Limits of the probe's figures; beyond them comes an alert. */
  probe: ProbeLimits
  settings: JobSettings
  alerts: AlertsConfig
  backup: BackupConfig
  /** Whose messages the probe watches. */
  orders: OrdersConfig
  db: DbConfig
  /** Every variable that was read. */
  environment: Setting[]
}

/** What jobs ask may be work on many rows. */
const BATCH_STATEMENT_S = 60

/** The jobs program's configuration. Throws ConfigError that lists every problem. */
export function readJobsConfig(env: Env): JobsConfig {
  const read = envReader(env)
  const db = readDbConfig(read, { statement_timeout_s: BATCH_STATEMENT_S })
  const backup = readBackupConfig(read)
  const config: JobsConfig = {
    jobs_dir: resolve(read.text('JOBS_DIR', join(import.meta.dir, 'definitions'))),
    concurrency: read.integer('JOBS_CONCURRENCY', 10, { min: 1, max: 1000 }),
    pools: readPools(read),
    lease_s: read.integer('JOBS_LEASE_S', 15, { min: 1, max: 3600 }),
    api_url: read.url('API_URL', ['http', 'https'], `http://127.0.0.1:${read.port('PORT', 8004)}`),
    service_username: read.text('SERVICE_USERNAME', 'service'),
    service_password: read.text('SERVICE_PASSWORD'),
    metrics_token: read.text('METRICS_TOKEN'),
    locale: readLocale(read),
    log_level: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdown_s: read.integer('SHUTDOWN_S', 30, { min: 1, max: 3600 }),
    heartbeat_file: read.text('HEARTBEAT_FILE'),
    tracing: readTracingConfig(read),
    metrics: readMetricsConfig(read),
    ping_url: read.url('PING_URL', ['https', 'http']),
    ping_secret: readPingSecret(read),
    probe: {
      api_slow_ms: read.integer('API_SLOW_MS', 5000, { min: 1, max: 10_000 }),
      disk_min_free_share: read.integer('DISK_MIN_FREE_PERCENT', 10, { max: 100 }) / 100,
      queue_dead_max: read.integer('QUEUE_DEAD_MAX', 0),
      dead_letters_per_hour: read.integer('DEAD_LETTERS_PER_HOUR', 100),
      queue_lag_s: read.integer('QUEUE_LAG_S', 900, { min: 1 }),
      stream_lag_max: read.integer('STREAM_LAG_MAX', 1000),
      stream_lag_s: read.integer('STREAM_LAG_S', 300, { min: 1 }),
      data_stale_s: read.integer('DATA_STALE_S', 900, { min: 1 }),
      backup_max_age_h: backup.backup_max_age_h,
    },
    settings: readSettings(read),
    alerts: readAlertsConfig(read, db),
    backup,
    orders: readOrdersConfig(read),
    db,
    environment: [],
  }
  config.environment = read.finish()
  return config
}

function readPools(read: EnvReader): Record<string, number> {
  const pools = new Map<string, number>()
  for (const part of read.list('POOLS')) {
    const [, name, limit] = /^(\w+)\s*=\s*(\d{1,4})$/.exec(part) ?? []
    if (name !== undefined && JOB_NAME.test(name) && Number(limit) >= 1 && !pools.has(name))
      pools.set(name, Number(limit))
    else read.problem(`POOLS has "${part}"; write each pool once, with its limit from 1 to 9999: reports=2,api=5.`)
  }
  return Object.fromEntries(pools)
}
