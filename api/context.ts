import type { Db } from '../db/engines/connect.ts'
import type { OrdersDatabases } from '../db/orders/databases.ts'
import type { Encryption } from '../lib/encryption.ts'
import type { Log } from '../lib/log.ts'
import type { Tracing } from '../lib/tracing/tracing.ts'
import type { SignInContext } from '../db/users/sign-in/context.ts'
import type { Passwords } from '../db/users/passwords/hashing.ts'
import type { FirstLinks } from './auth/first-link.ts'
import type { Tokens } from './auth/tokens.ts'
import type { ApiConfig } from './config.ts'
import type { Answers } from './health/answers.ts'
import type { OpenStreams } from './http/open-streams.ts'

/** What the app is built from. */
export interface AppContext {
  config: ApiConfig
  db: Db
  log: Log
  tokens: Tokens
  /** Of a first start. */
  first_links: FirstLinks
  passwords: Passwords
  /** Encrypts what authenticator apps share with us. */
  encryption: Encryption
  /** Of push URLs. */
  ping_secret: string
  answers: Answers
  /** Unset: no request is traced. */
  tracing?: Tracing
  /** Of the order systems, and their output. */
  order_databases: OrdersDatabases
  /** False until the first users exist; unset: they do. */
  isReady?: () => boolean
  /** Aborts when the program stops, and with it streams without an end of their own. */
  closing?: AbortSignal
  /** The clock for codes of authenticator apps and for rate limits; Date.now, but for tests. */
  now_ms?: () => number
  /** The tarpit's delay; only tests set it. */
  refusal_delay_ms?: number
  /** How often open streams are checked; only tests set it. */
  stream_check_ms?: number
}

/** What a feature is built from. A feature is a function from this to an Elysia plugin with its routes. */
export interface ApiContext extends AppContext {
  streams: OpenStreams
}

/** What the rules of sign-in work with. */
export const signInContext = ({ config, db, passwords, encryption, now_ms }: ApiContext): SignInContext => ({
  sql: db.sql,
  passwords,
  encryption,
  access_ttl_s: config.jwt_expires_s,
  idle: config.session_idle,
  now_ms,
})
