import { pgTable, uuid } from 'drizzle-orm/pg-core'
import { bytea, written } from './columns.ts'

/** The ledger of event ids: the first content seen under an id is the event, other content is a conflict. */
export const events_seen = pgTable('events_seen', {
  event_id: uuid().primaryKey(),
  /** SHA-256 of the event's canonical JSON. */
  content_hash: bytea().notNull(),
  seen_at: written(),
})
