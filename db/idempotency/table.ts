import { index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, written } from '../engines/postgres/columns.ts'
import { users } from '../users/table.ts'

/** Requests with an Idempotency-Key, and their answers. */
export const idempotency_keys = pgTable(
  'idempotency_keys',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Its SHA-256, so that the table does not tell it. */
    key: text().notNull(),
    /** Seed of the ids that the request makes, so that making them again gives the same. */
    id: uuid().notNull(),
    /** HMAC-SHA256 of method, path and body, under the key. */
    fingerprint: bytea().notNull(),
    /** Until then a request without an answer is taken for running; after a crash nobody says that it is not. */
    running_until: written(),
    /** null until the request is done. */
    status: integer(),
    headers: json().$type<Record<string, string>>(),
    body: text(),
    created_at: written(),
  },
  (t) => [primaryKey({ columns: [t.user_id, t.key] }), index('idempotency_keys_age').on(t.created_at)],
)
