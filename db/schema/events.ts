import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, written } from './columns.ts'

/** The ledger of event ids: the first content seen under an id is the event, other content is a conflict. */
export const events_seen = pgTable('events_seen', {
  event_id: uuid().primaryKey(),
  /** See contentHash in db/stream/event.ts. */
  content_hash: bytea().notNull(),
  /** topic/partition/offset of the message that brought it: the same message again is a redelivery, another one is a repeat. */
  source: text().notNull(),
  seen_at: written(),
})
