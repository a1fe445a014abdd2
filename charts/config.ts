import { readAlertsConfig, type AlertsConfig } from '../db/alerts/delivery/config.ts'
import { readDbConfig, type DbConfig } from '../db/engines/config.ts'
import { envReader, readLocale, type Env, type Setting } from '../lib/env.ts'
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts'
import { readMetricsConfig, type MetricsConfig } from '../lib/metrics/serve.ts'
import { readTracingConfig, type TracingConfig } from '../lib/tracing/start.ts'
import { DEFAULT_LIMITS, MB, type Limits } from './limits.ts'
import type { Locale } from '../lib/texts.ts'

/** The settings of drawing; the command line reads no others. */
export interface DrawingConfig {
  locale: Locale
  limits: Limits
}

export interface ChartsConfig extends DrawingConfig {
  /** Pause between two polls of uploads/. */
  poll_s: number
  /** How many workbooks one poller draws at once, each in a process of its own. */
  workers: number
  /** A claim without a heartbeat for this long goes to another poller. */
  lease_s: number
  log_level: LogLevel
  shutdown_s: number
  heartbeat_file: string | undefined
  tracing: TracingConfig
  metrics: MetricsConfig
  /** Of what is told in place of jobs, while that is silent. */
  alerts: AlertsConfig
  db: DbConfig
  /** Every variable that was read. */
  environment: Setting[]
}

/** The charts program's configuration. Throws ConfigError that lists every problem. */
export function readChartsConfig(env: Env): ChartsConfig {
  const read = envReader(env)
  const db = readDbConfig(read)
  const config: ChartsConfig = {
    ...readDrawing(read),
    poll_s: read.integer('CHARTS_POLL_S', 5, { min: 1, max: 86_400 }),
    workers: read.integer('CHARTS_WORKERS', 2, { min: 1, max: 64 }),
    lease_s: read.integer('CHARTS_LEASE_S', 15, { min: 1, max: 3600 }),
    log_level: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdown_s: read.integer('SHUTDOWN_S', 30, { min: 1, max: 3600 }),
    heartbeat_file: read.text('HEARTBEAT_FILE'),
    tracing: readTracingConfig(read),
    metrics: readMetricsConfig(read),
    alerts: readAlertsConfig(read, db),
    db,
    environment: [],
  }
  config.environment = read.finish()
  return config
}

/** The configuration of `bun run charts FILE`. Throws ConfigError that lists every problem. */
export function readDrawingConfig(env: Env): DrawingConfig {
  const read = envReader(env)
  const config = readDrawing(read)
  read.finish()
  return config
}

function readDrawing(read: ReturnType<typeof envReader>): DrawingConfig {
  const mb = (name: string, fallback: number, min: number) =>
    read.integer(name, fallback / MB, { min, max: 16_384 }) * MB
  return {
    locale: readLocale(read),
    limits: {
      ...DEFAULT_LIMITS,
      file_bytes: mb('MAX_UPLOAD_MB', DEFAULT_LIMITS.file_bytes, 1),
      inflated_bytes: mb('CHARTS_MAX_INFLATED_MB', DEFAULT_LIMITS.inflated_bytes, 1),
      rows: read.integer('CHARTS_MAX_ROWS', DEFAULT_LIMITS.rows, { min: 1 }),
      time_s: read.integer('CHARTS_TIME_LIMIT_S', DEFAULT_LIMITS.time_s, { min: 1, max: 3600 }),
      // A drawing process needs some 100 MB for the smallest workbook.
      memory_bytes: mb('CHARTS_MEMORY_LIMIT_MB', DEFAULT_LIMITS.memory_bytes, 200),
    },
  }
}
