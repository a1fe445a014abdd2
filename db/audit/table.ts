import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { written } from '../engines/postgres/columns.ts'

/** Changes and security events. Rows are only ever added; they outlive the users they name. */
export const audit = pgTable(
  'audit',
  {
    id: uuid().primaryKey(),
    at: written(),
    /** The user who did it; null where nobody was signed in: a failed sign-in, the command line, the program itself. */
    actor_id: uuid(),
    actor_name: text(),
    /** The API key that the request came with; null for a session. */
    api_key_id: uuid(),
    action: text().notNull(),
    /** What it happened to, by name: a user, a job, the sku of an item, a file. */
    target: text(),
    address: text(),
    request_id: text(),
    details: jsonb()
      .$type<Record<string, unknown>>()
      .notNull()
      .default(sql`'{}'::jsonb`),
  },
  (t) => [
    index('audit_at').on(t.at, t.id),
    index('audit_action').on(t.action, t.at, t.id),
    index('audit_of_item')
      .on(sql`(${t.details} ->> 'id')`, t.at, t.id)
      .where(sql`${t.action} like 'packaging.%'`),
  ],
)
