import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { bytea, time, written } from '../engines/postgres/columns.ts'
import { users } from './table.ts'

const owner = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** A user's authenticator app. Pending until a code proves that the app has the secret; only then it counts. */
export const two_factor = pgTable(
  'two_factor',
  {
    user_id: owner().primaryKey(),
    /** Encrypted; see db/sealer.ts. */
    secret: bytea().notNull(),
    pending_until: time(),
    confirmed_at: time(),
    /** The newest time step whose code was accepted; no code of this or an older one is taken again. */
    last_step: bigint({ mode: 'number' }).notNull().default(0),
  },
  (t) => [check('two_factor_state', sql`(${t.pending_until} is null) = (${t.confirmed_at} is not null)`)],
)

/** Recovery codes not yet used, as SHA-256 of their 120 random bits. */
export const recovery_codes = pgTable('recovery_codes', { user_id: owner(), hash: bytea().notNull() }, (t) => [
  primaryKey({ columns: [t.user_id, t.hash] }),
])

/** A sign-in whose password was right and whose code is awaited. */
export const login_challenges = pgTable(
  'login_challenges',
  {
    /** SHA-256 of the challenge, which has 256 random bits. */
    hash: bytea().primaryKey(),
    user_id: owner(),
    /** users.version when the password was right: a change of the user since then ends it. */
    user_version: integer().notNull(),
    created_at: written(),
    expires_at: time().notNull(),
    /** Codes tried so far. */
    tries: integer().notNull().default(0),
    /** The session is to come in cookies. */
    cookie: boolean().notNull(),
  },
  (t) => [index('login_challenges_user').on(t.user_id)],
)
