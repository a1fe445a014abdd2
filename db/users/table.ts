import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea, time, written } from '../engines/postgres/columns.ts'

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    username: text().notNull(),
    /** See db/users/passwords/hash.ts for the format. */
    password_hash: text().notNull(),
    role: text({ enum: ['viewer', 'operator', 'admin'] }).notNull(),
    disabled_at: time(),
    /** Moves with every change of role, password or disabled_at; the ETag. */
    version: integer().notNull().default(1),
    created_at: written(),
    updated_at: written(),
  },
  (t) => [
    uniqueIndex('users_username').on(sql`lower(${t.username})`),
    check('users_role', sql`${t.role} in ('viewer', 'operator', 'admin')`),
  ],
)

/** A signed-in session; a token is good only while its session is. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    created_at: written(),
    expires_at: time().notNull(),
    /** When its newest access token ends; until then its user counts as active. */
    active_until: time(),
    revoked_at: time(),
  },
  (t) => [index('sessions_user').on(t.user_id)],
)

/** The refresh tokens of a session, one after the other; see db/users/sign-in/refresh-tokens.ts. */
export const refresh_tokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 of the token, which has 256 random bits. */
    hash: bytea().primaryKey(),
    session_id: uuid()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    created_at: written(),
    /** Set together, when the token was exchanged for its successor. */
    rotated_at: time(),
    successor_salt: bytea(),
  },
  (t) => [index('refresh_tokens_session').on(t.session_id)],
)
