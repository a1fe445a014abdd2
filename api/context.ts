import type { Db } from '../db/index.ts'
import type { Log } from '../lib/log.ts'
import type { Passwords } from './auth/passwords.ts'
import type { Tokens } from './auth/tokens.ts'
import type { ApiConfig } from './config.ts'

/** What a feature receives. A feature is a function from this to an Elysia plugin with its routes. */
export interface ApiContext {
  config: ApiConfig
  db: Db
  log: Log
  tokens: Tokens
  passwords: Passwords
}
