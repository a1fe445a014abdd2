import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { time, written } from './columns.ts'

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    username: text().notNull(),
    /** See db/passwords.ts for the format. */
    password_hash: text().notNull(),
    role: text({ enum: ['viewer', 'operator', 'admin'] }).notNull(),
    disabled_at: time(),
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
    revoked_at: time(),
  },
  (t) => [index('sessions_user').on(t.user_id)],
)
