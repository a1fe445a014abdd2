/** Entries of the cache role on PostgreSQL. */
import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { time } from '../postgres/columns.ts'

/** Unlogged (see 0002_by_hand.sql): empty after a crash, which a cache may be. */
export const cache_entries = pgTable(
  'cache_entries',
  { key: text().primaryKey(), value: text().notNull(), expires_at: time().notNull() },
  (t) => [index('cache_entries_expiry').on(t.expires_at)],
)
