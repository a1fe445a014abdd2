import { envReader, type Env } from '../lib/env.ts'
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts'
import { readDbConfig, type DbConfig } from '../db/config.ts'
import { PASSWORD_ROUNDS_PRODUCTION } from '../db/passwords.ts'

export const FEATURES = ['auth', 'users', 'events', 'packaging', 'charts'] as const
export type FeatureName = (typeof FEATURES)[number]

export interface ApiConfig {
  host: string
  port: number
  /** Signs tokens; unset: generated into DATA_DIR. */
  jwt_secret: string | undefined
  /** Still verifies tokens signed before JWT_SECRET was changed. */
  jwt_secret_previous: string | undefined
  jwt_expires_s: number
  /** First password of the user `admin`; unset: generated and printed once. */
  admin_password: string | undefined
  /** The user that jobs sign in as; the password is generated into DATA_DIR when unset. */
  service_username: string
  service_password: string | undefined
  password_rounds: number
  metrics_token: string | undefined
  max_upload_bytes: number
  features: FeatureName[]
  log_level: LogLevel
  shutdown_s: number
  db: DbConfig
}

/** The API's configuration. Throws ConfigError that lists every problem. */
export function readApiConfig(env: Env): ApiConfig {
  const read = envReader(env)
  const config: ApiConfig = {
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.port('PORT', 8004),
    jwt_secret: read.text('JWT_SECRET'),
    jwt_secret_previous: read.text('JWT_SECRET_PREVIOUS'),
    jwt_expires_s: read.integer('JWT_EXPIRES_S', 900, { min: 10, max: 86_400 }),
    admin_password: read.text('ADMIN_PASSWORD'),
    service_username: read.text('SERVICE_USERNAME') ?? 'service',
    service_password: read.text('SERVICE_PASSWORD'),
    password_rounds: read.integer('PASSWORD_ROUNDS', PASSWORD_ROUNDS_PRODUCTION, { min: 1, max: 10_000_000 }),
    metrics_token: read.text('METRICS_TOKEN'),
    max_upload_bytes: read.integer('MAX_UPLOAD_MB', 25, { min: 1, max: 1024 }) * 1024 * 1024,
    features: [...FEATURES],
    log_level: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdown_s: read.integer('SHUTDOWN_S', 30, { min: 1, max: 3600 }),
    db: readDbConfig(read),
  }
  const chosen = read.list('FEATURES')
  const unknown = chosen.filter((name) => !(FEATURES as readonly string[]).includes(name))
  if (unknown.length > 0)
    read.problem(`FEATURES names ${unknown.join(', ')}; choose among ${FEATURES.join(', ')}, or unset it for all.`)
  else if (chosen.length > 0) config.features = chosen as FeatureName[]

  for (const [name, secret] of [
    ['JWT_SECRET', config.jwt_secret],
    ['JWT_SECRET_PREVIOUS', config.jwt_secret_previous],
  ] as const)
    if (secret !== undefined && Buffer.byteLength(secret) < 32)
      read.problem(`${name} is shorter than 32 bytes; set a longer random one, e.g. from \`openssl rand -base64 48\`.`)
  if (config.admin_password !== undefined && config.admin_password.length < 12)
    read.problem('ADMIN_PASSWORD is shorter than 12 characters; set a longer one, or unset it for a generated one.')
  if (config.metrics_token !== undefined && !/^[\w.~+/-]+=*$/.test(config.metrics_token))
    read.problem(
      'METRICS_TOKEN has characters that a bearer token cannot have; use letters, digits and . _ ~ + / - only.',
    )
  if (read.production) {
    if (!config.jwt_secret)
      read.problem('JWT_SECRET is missing; with NODE_ENV=production set a random one of 32 bytes or more.')
    if (config.password_rounds < PASSWORD_ROUNDS_PRODUCTION)
      read.problem(`PASSWORD_ROUNDS is below ${PASSWORD_ROUNDS_PRODUCTION}; in production raise it, or unset it.`)
  }
  read.finish()
  return config
}

/** Where a program on this machine finds the API. */
export function apiUrl({ host, port }: Pick<ApiConfig, 'host' | 'port'>): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
