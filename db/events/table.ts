import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, time, written } from '../engines/postgres/columns.ts'

/** The ledger of event ids: the first content seen under an id is the event, other content is a conflict. */
export const events_seen = pgTable('events_seen', {
  event_id: uuid().primaryKey(),
  /** See contentHash in event.ts. */
  content_hash: bytea().notNull(),
  /** topic/partition/offset of the message that brought it. */
  source: text().notNull(),
  seen_at: written(),
  /** When it was in the history and passed on; until then a message with it is not a repeat. */
  processed_at: time(),
})

/** Letters whose replay was passed on, or changed nothing since its event was. */
export const event_replays = pgTable('event_replays', {
  letter_id: uuid().primaryKey(),
  processed_at: written(),
})
