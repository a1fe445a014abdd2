/** The real API on a database of its own, called in process. */
import { createApp } from '../../api/app.ts'
import { createPasswords } from '../../db/users/passwords/hashing.ts'
import { createFirstLinks } from '../../api/auth/first-link.ts'
import { createTokens } from '../../api/auth/tokens.ts'
import { readApiConfig, type ApiConfig } from '../../api/config.ts'
import { createAnswers, type Answers } from '../../api/health/answers.ts'
import { createRouteTable, type Route } from '../../api/http/route-table.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../db/engines/roles.ts'
import { openOrdersDatabases, type OrdersDatabases } from '../../db/orders/databases.ts'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { createEncryption } from '../../lib/encryption.ts'
import { insertSession } from '../../db/users/sessions.ts'
import { insertUser, type UserRole } from '../../db/users/users.ts'
import type { Env } from '../../lib/env.ts'
import { createLog, type Log } from '../../lib/log.ts'
import { testDatabase } from './database.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const NO_RATE_LIMITS = {
  RATE_LIMIT_PER_MIN: '1000000',
  RATE_LIMIT_ANONYMOUS_PER_MIN: '1000000',
  RATE_LIMIT_SIGN_IN_PER_MIN: '1000000',
  RATE_LIMIT_REFRESH_PER_MIN: '1000000',
  RATE_LIMIT_PING_PER_MIN: '1000000',
}
export const JWT_SECRET = 'a secret that only tests know, 32 bytes'
export const TOTP_KEY = 'a key that only tests know, 32 bytes'
export const TOTP_KEY_PREVIOUS = 'the key that tests knew before, 32 bytes'
export const PING_SECRET = 'the secret of push URLs that tests know'
export const PASSWORD = 'correct horse battery'

export interface TestApi {
  config: ApiConfig
  db: Db
  answers: Answers
  /** The order systems, and their output. */
  orders: OrdersDatabases
  log: Log
  routes: Route[]
  /** What the API takes for the time of authenticator codes and request limits; unset: now. */
  clock: { now_ms?: number }
  /** Calls a route, or a whole https URL; `as` signs in as a user of that role. A plain object becomes a JSON body. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  /** An access token of the user of that role; users are named after their roles. */
  token(role: UserRole): Promise<string>
  close(): Promise<void>
}

export interface CallOptions {
  as?: UserRole
  json?: unknown
  body?: Bun.BodyInit
  headers?: Record<string, string>
}

export async function testApi(env: Env = {}): Promise<TestApi> {
  const database = await testDatabase()
  const data_dir = temporaryFolder()
  const config = readApiConfig({
    // The tests' sentences are the English ones.
    LOCALE: 'en',
    PASSWORD_ROUNDS: '10',
    DATABASE_URL: database.url,
    DATA_DIR: data_dir,
    ...NO_RATE_LIMITS,
    ...env,
  })
  const log = createLog('api', 'silent')
  const db = await connect(config.db, log, ROLE_NAMES)
  const tokens = createTokens(JWT_SECRET, config.jwt_expires_s)
  // One at a time, on whatever machine.
  const passwords = createPasswords(config.password_rounds, 1)
  const encryption = createEncryption(TOTP_KEY, TOTP_KEY_PREVIOUS)
  const clock: { now_ms?: number } = {}
  const answers = createAnswers(db.sql)
  const order_databases = openOrdersDatabases(config.orders, db.url)
  const app = createApp({
    config,
    db,
    log,
    tokens,
    first_links: createFirstLinks(JWT_SECRET, () => clock.now_ms ?? Date.now()),
    passwords,
    encryption,
    ping_secret: PING_SECRET,
    answers,
    order_databases,
    now_ms: () => clock.now_ms ?? Date.now(),
    refusal_delay_ms: 0,
    stream_check_ms: 50,
  })
  const issued = new Map<UserRole, Promise<string>>()

  async function signIn(role: UserRole): Promise<string> {
    const password_hash = await hashPassword(PASSWORD, config.password_rounds)
    const user = await insertUser(db.sql, { username: role, password_hash, role })
    return tokens.issue(user!.id, await insertSession(db.sql, user!.id, 3600))
  }
  function token(role: UserRole): Promise<string> {
    const known = issued.get(role) ?? signIn(role)
    issued.set(role, known)
    return known
  }

  return {
    config,
    db,
    answers,
    orders: order_databases,
    log,
    routes: createRouteTable(app.routes).routes,
    clock,
    token,
    async call(method, path, { as, json, body, headers = {} } = {}) {
      const init: RequestInit = { method, headers: { ...headers } }
      if (as) Object.assign(init.headers!, { authorization: `Bearer ${await token(as)}` })
      if (json !== undefined) Object.assign(init.headers!, { 'content-type': 'application/json' })
      if (json !== undefined) init.body = JSON.stringify(json)
      else if (body !== undefined) init.body = body
      return app.handle(new Request(path.startsWith('https://') ? path : `http://localhost${path}`, init))
    },
    async close() {
      await order_databases.close()
      await db.close()
      await database.close()
    },
  }
}
