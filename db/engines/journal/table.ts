/** Documents of the journal role on PostgreSQL. */
import { index, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytesOrdered, time } from '../postgres/columns.ts'

export const journal_documents = pgTable(
  'journal_documents',
  {
    collection: text().notNull(),
    /** By its bytes: documents of one moment are found in this order, on every driver the same. */
    id: bytesOrdered().notNull(),
    key: text().notNull(),
    at: time().notNull(),
    /** json, not jsonb: a payload may hold any text, and jsonb refuses \u0000 and lone surrogates. */
    data: json().$type<Record<string, unknown>>().notNull(),
    expires_at: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.collection, t.id] }),
    index('journal_documents_key').on(t.collection, t.key, t.at),
    index('journal_documents_expiry').on(t.expires_at),
  ],
)
