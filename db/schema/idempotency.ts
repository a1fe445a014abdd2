import { index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, written } from './columns.ts'
import { users } from './users.ts'

/** What clients sent with an Idempotency-Key, and what they were answered. */
export const idempotency_keys = pgTable(
  'idempotency_keys',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    /** Seed of the ids that the request makes, so that making them again gives the same. */
    id: uuid().notNull(),
    /** SHA-256 of method, path and body. */
    fingerprint: bytea().notNull(),
    /** null until the request is done. */
    status: integer(),
    headers: json().$type<Record<string, string>>(),
    body: text(),
    created_at: written(),
  },
  (t) => [primaryKey({ columns: [t.user_id, t.key] }), index('idempotency_keys_age').on(t.created_at)],
)
