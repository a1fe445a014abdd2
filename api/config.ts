import { readFileSync } from 'node:fs'
import type { BlockList } from 'node:net'
import { envReader, readLocale, type Env, type EnvReader, type Setting } from '../lib/env.ts'
import { messageOf } from '../lib/errors.ts'
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts'
import { readTracingConfig, type TracingConfig } from '../lib/tracing/start.ts'
import type { Locale } from '../lib/texts.ts'
import { readAlertsConfig, type AlertsConfig } from '../db/alerts/delivery/config.ts'
import { readDbConfig, type DbConfig } from '../db/engines/config.ts'
import { readOrdersConfig, type OrdersConfig } from '../db/orders/config.ts'
import { readPingSecret } from '../db/monitors/tokens.ts'
import { PASSWORD_ROUNDS_PRODUCTION } from '../db/users/passwords/hash.ts'
import { IDLE, type IdleTerms } from '../db/users/sessions.ts'
import { USER_ROLES } from '../db/users/table.ts'
import type { FactorNeed } from '../db/users/two-factor/two-factor.ts'
import { foldUsername } from '../db/users/usernames.ts'
import { readProxies } from './http/client-address.ts'

export const FEATURES = [
  'auth',
  'users',
  'events',
  'people',
  'packaging',
  'charts',
  'reports',
  'jobs',
  'monitors',
  'alerts',
  'kpis',
  'live',
  'system',
  'orders',
  'dead_letters',
] as const
export type FeatureName = (typeof FEATURES)[number]

export interface ApiConfig {
  production: boolean
  host: string
  port: number
  /** Several API processes may listen on the port; the kernel spreads connections over them. */
  share_port: boolean
  /** Signs tokens; unset: generated into DATA_DIR. */
  jwt_secret: string | undefined
  /** Still verifies tokens signed before JWT_SECRET was changed. */
  jwt_secret_previous: string | undefined
  jwt_expires_s: number
  /** How long a session may stay unused. */
  session_idle: IdleTerms
  /** Encrypts the secrets of authenticator apps; unset: generated into DATA_DIR. */
  totp_key: string | undefined
  /** Still opens what was encrypted before TOTP_KEY was changed. */
  totp_key_previous: string | undefined
  /** The longest life of an API key. */
  api_key_max_days: number
  /** Users of these roles without a second factor can do nothing but enrol. */
  two_factor_need: FactorNeed
  /** First password of the user `admin`; unset: generated and printed once. */
  admin_password: string | undefined
  /** The user that jobs sign in as; the password is generated into DATA_DIR when unset. */
  service_username: string
  service_password: string | undefined
  password_rounds: number
  /** Unset: /metrics is public, in production for this machine only. */
  metrics_token: string | undefined
  max_upload_bytes: number
  /** Unset: the webhook takes tokens only. */
  webhook_secret: string | undefined
  /** Of push URLs; unset: generated into DATA_DIR. */
  ping_secret: string | undefined
  /** Requests a minute of one user; of one address without a token; sign-ins of one address; its refreshes; its pings. */
  rate_limit_per_min: number
  rate_limit_anonymous_per_min: number
  rate_limit_sign_in_per_min: number
  rate_limit_refresh_per_min: number
  rate_limit_ping_per_min: number
  /** Event streams and downloads that one user may have open at once in a process. */
  max_streams_per_user: number
  /** Proxies whose X-Forwarded-For is believed. */
  trusted_proxies: BlockList
  /** Web pages of these origins may call the API from a browser. */
  cors_origins: ReadonlySet<string>
  /** PEM texts; unset: plain HTTP. */
  tls: { cert: string; key: string } | undefined
  features: FeatureName[]
  /** The language of problems where Accept-Language names none. */
  locale: Locale
  log_level: LogLevel
  shutdown_s: number
  heartbeat_file: string | undefined
  tracing: TracingConfig
  /** Of what is told in place of jobs, while that is silent. */
  alerts: AlertsConfig
  orders: OrdersConfig
  db: DbConfig
  /** Every variable that was read. */
  environment: Setting[]
}

/** Somebody waits for the answer; and while a table is locked, the other statements need the few connections that there are. */
const DEADLINES = { statement_timeout_s: 10, lock_timeout_s: 3 }

const PER_MIN = { min: 1, max: 10_000_000 }

/** Use is noted to the minute. */
const IDLE_RANGE = { min: 300, max: 30 * 86_400 }

/** The API's configuration. Throws ConfigError that lists every problem. */
export function readApiConfig(env: Env): ApiConfig {
  const read = envReader(env)
  const db = readDbConfig(read, DEADLINES)
  const config: ApiConfig = {
    production: read.production,
    host: read.text('HOST', '127.0.0.1'),
    port: read.port('PORT', 8004),
    share_port: read.choice('SHARE_PORT', ['true', 'false'], 'false') === 'true',
    jwt_secret: read.text('JWT_SECRET'),
    jwt_secret_previous: read.text('JWT_SECRET_PREVIOUS'),
    jwt_expires_s: read.integer('JWT_EXPIRES_S', 900, { min: 10, max: 86_400 }),
    // A year, leap days included.
    api_key_max_days: read.integer('API_KEY_MAX_DAYS', 366, { min: 1, max: 3660 }),
    session_idle: {
      admin_s: read.integer('SESSION_IDLE_ADMIN_S', IDLE.admin_s, IDLE_RANGE),
      others_s: read.integer('SESSION_IDLE_S', IDLE.others_s, IDLE_RANGE),
    },
    totp_key: read.text('TOTP_KEY'),
    totp_key_previous: read.text('TOTP_KEY_PREVIOUS'),
    two_factor_need: readTwoFactorNeed(read),
    admin_password: read.text('ADMIN_PASSWORD'),
    service_username: readServiceUsername(read),
    service_password: read.text('SERVICE_PASSWORD'),
    password_rounds: read.integer('PASSWORD_ROUNDS', PASSWORD_ROUNDS_PRODUCTION, { min: 1, max: 10_000_000 }),
    metrics_token: read.text('METRICS_TOKEN'),
    max_upload_bytes: read.integer('MAX_UPLOAD_MB', 25, { min: 1, max: 1024 }) * 1024 * 1024,
    webhook_secret: read.text('WEBHOOK_SECRET'),
    ping_secret: readPingSecret(read),
    rate_limit_per_min: read.integer('RATE_LIMIT_PER_MIN', 600, PER_MIN),
    rate_limit_anonymous_per_min: read.integer('RATE_LIMIT_ANONYMOUS_PER_MIN', 120, PER_MIN),
    rate_limit_sign_in_per_min: read.integer('RATE_LIMIT_SIGN_IN_PER_MIN', 60, PER_MIN),
    rate_limit_refresh_per_min: read.integer('RATE_LIMIT_REFRESH_PER_MIN', 120, PER_MIN),
    rate_limit_ping_per_min: read.integer('RATE_LIMIT_PING_PER_MIN', 600, PER_MIN),
    max_streams_per_user: read.integer('MAX_STREAMS_PER_USER', 100, { min: 1, max: 100_000 }),
    trusted_proxies: proxiesOf(read),
    cors_origins: originsOf(read),
    tls: tlsOf(read),
    features: [...FEATURES],
    locale: readLocale(read),
    log_level: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdown_s: read.integer('SHUTDOWN_S', 30, { min: 1, max: 3600 }),
    heartbeat_file: read.text('HEARTBEAT_FILE'),
    tracing: readTracingConfig(read),
    alerts: readAlertsConfig(read, db),
    orders: readOrdersConfig(read),
    db,
    environment: [],
  }
  const chosen = read.list('FEATURES')
  const unknown = chosen.filter((name) => !(FEATURES as readonly string[]).includes(name))
  if (unknown.length > 0)
    read.problem(`FEATURES names ${unknown.join(', ')}; choose among ${FEATURES.join(', ')}, or unset it for all.`)
  else if (chosen.length > 0) config.features = chosen as FeatureName[]

  for (const [name, secret] of [
    ['JWT_SECRET', config.jwt_secret],
    ['JWT_SECRET_PREVIOUS', config.jwt_secret_previous],
    ['TOTP_KEY', config.totp_key],
    ['TOTP_KEY_PREVIOUS', config.totp_key_previous],
  ] as const)
    if (secret !== undefined && Buffer.byteLength(secret) < 32)
      read.problem(`${name} is shorter than 32 bytes; set a longer random one, e.g. from \`openssl rand -base64 48\`.`)
  if (config.webhook_secret !== undefined && Buffer.byteLength(config.webhook_secret) < 32)
    read.problem('WEBHOOK_SECRET is shorter than 32 bytes; set a longer random one, or unset it.')
  if (config.admin_password !== undefined && config.admin_password.length < 12)
    read.problem('ADMIN_PASSWORD is shorter than 12 characters; set a longer one, or unset it for a generated one.')
  if (config.metrics_token !== undefined && !/^[\w.~+/-]+=*$/.test(config.metrics_token))
    read.problem(
      'METRICS_TOKEN has characters that a bearer token cannot have; use letters, digits and . _ ~ + / - only.',
    )
  if (read.production) {
    if (!config.jwt_secret)
      read.problem('JWT_SECRET is missing; with NODE_ENV=production set a random one of 32 bytes or more.')
    if (!config.totp_key)
      read.problem(
        'TOTP_KEY is missing; with NODE_ENV=production set a random one of 32 bytes or more, and keep it safe.',
      )
    if (config.password_rounds < PASSWORD_ROUNDS_PRODUCTION)
      read.problem(`PASSWORD_ROUNDS is below ${PASSWORD_ROUNDS_PRODUCTION}; in production raise it, or unset it.`)
  }
  config.environment = read.finish()
  return config
}

const readServiceUsername = (read: EnvReader): string => read.text('SERVICE_USERNAME', 'service')

const TWO_FACTOR_ROLES = {
  none: [],
  admin: ['admin'],
  operator: ['operator', 'admin'],
  all: USER_ROLES,
} as const satisfies Record<string, FactorNeed['roles']>

function readTwoFactorNeed(read: EnvReader): FactorNeed {
  // Whoever set it must not lose what it protected.
  if (read.text('REQUIRE_ADMIN_2FA') !== undefined)
    read.problem('REQUIRE_ADMIN_2FA is REQUIRE_2FA now; set that to none, admin, operator or all instead.')
  const names = ['none', 'admin', 'operator', 'all'] as const
  const by = read.choice('REQUIRE_2FA', names, read.production ? 'admin' : 'none')
  return { roles: TWO_FACTOR_ROLES[by], except: foldUsername(readServiceUsername(read)) }
}

function proxiesOf(read: EnvReader): BlockList {
  try {
    return readProxies(read.list('TRUSTED_PROXIES'))
  } catch (thrown) {
    read.problem(`TRUSTED_PROXIES: ${messageOf(thrown)}; list addresses and networks, separated by commas.`)
    return readProxies([])
  }
}

function originsOf(read: EnvReader): ReadonlySet<string> {
  const origins = read.list('CORS_ORIGINS')
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      read.problem(
        `CORS_ORIGINS has "${origin}"; write an origin as browsers send it, e.g. https://intranet.example.com.`,
      )
  return new Set(origins)
}

/** Both files, or neither. */
function tlsOf(read: EnvReader): { cert: string; key: string } | undefined {
  const files = { cert: pem(read, 'TLS_CERT', read.text('TLS_CERT')), key: pem(read, 'TLS_KEY', read.text('TLS_KEY')) }
  if (files.cert !== undefined && files.key !== undefined) return { cert: files.cert, key: files.key }
  if (files.cert !== undefined || files.key !== undefined)
    read.problem('TLS_CERT and TLS_KEY belong together: two files in PEM format; set both, or neither.')
  return undefined
}

function pem(read: EnvReader, name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    const text = readFileSync(path, 'utf8')
    if (text.includes('-----BEGIN ')) return text
    read.problem(`${name} names ${path}, which is not in PEM format.`)
  } catch (thrown) {
    read.problem(`${name} names ${path}, which cannot be read (${messageOf(thrown)}).`)
  }
  return ''
}

/** The API's URL for programs on this machine. */
export function apiUrl({ host, port, tls }: Pick<ApiConfig, 'host' | 'port' | 'tls'>): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `${tls ? 'https' : 'http'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
