/** Rows of the history role on PostgreSQL. */
import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytesOrdered, time, written } from '../postgres/columns.ts'

export const history_rows = pgTable(
  'history_rows',
  {
    table: text().notNull(),
    partition: text().notNull(),
    at: time().notNull(),
    /** By its bytes, whatever the database's own order is: pages are read in it, on every driver the same. */
    id: bytesOrdered().notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    written_at: written(),
  },
  (t) => [primaryKey({ columns: [t.table, t.partition, t.at, t.id] })],
)
