import type { Sql } from 'postgres'
import type { Encryption } from '../../../lib/encryption.ts'
import type { Passwords } from '../passwords/hashing.ts'
import type { IdleTerms } from '../sessions.ts'

/** The tools of sign-in and the second factor; each function names those that it needs. */
export interface SignInContext {
  sql: Sql
  passwords: Passwords
  /** Encrypts the secrets of authenticator apps. */
  encryption: Encryption
  /** How long an access token lives; for so long its user counts as active. */
  access_ttl_s: number
  /** How long a session may stay unused. */
  idle: IdleTerms
  /** The clock of authenticator codes; Date.now, but for tests. */
  now_ms?: (() => number) | undefined
}
