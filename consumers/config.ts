import { readAlertsConfig, type AlertsConfig } from '../db/alerts/delivery/config.ts'
import { readDbConfig, type DbConfig } from '../db/engines/config.ts'
import { readOrdersConfig, type OrdersConfig } from '../db/orders/config.ts'
import { readPeopleConfig, type PeopleConfig } from '../db/people/config.ts'
import { envReader, readLocale, type Env, type Setting } from '../lib/env.ts'
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts'
import { readMetricsConfig, type MetricsConfig } from '../lib/metrics/serve.ts'
import { readTracingConfig, type TracingConfig } from '../lib/tracing/start.ts'
import type { Locale } from '../lib/texts.ts'
import { readEventsConfig, type EventsConfig } from './events/config.ts'

export interface ConsumersConfig {
  log_level: LogLevel
  shutdown_s: number
  heartbeat_file: string | undefined
  tracing: TracingConfig
  metrics: MetricsConfig
  /** Of what is told in place of jobs, while that is silent. */
  alerts: AlertsConfig
  locale: Locale
  orders: OrdersConfig
  events: EventsConfig
  people: PeopleConfig
  db: DbConfig
  /** Every variable that was read. */
  environment: Setting[]
}

/** The consumers' configuration. Throws ConfigError that lists every problem. */
export function readConsumersConfig(env: Env): ConsumersConfig {
  const read = envReader(env)
  const db = readDbConfig(read)
  const config = {
    log_level: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdown_s: read.integer('SHUTDOWN_S', 30, { min: 1, max: 3600 }),
    heartbeat_file: read.text('HEARTBEAT_FILE'),
    tracing: readTracingConfig(read),
    metrics: readMetricsConfig(read),
    alerts: readAlertsConfig(read, db),
    locale: readLocale(read),
    orders: readOrdersConfig(read),
    events: readEventsConfig(read),
    people: readPeopleConfig(read),
    db,
  }
  return { ...config, environment: read.finish() }
}
