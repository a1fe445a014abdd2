/** The dead letters of every source, kept until somebody replays or purges them. What an engine keeps of its own is drained into it. */
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, headers, time, written } from '../engines/postgres/columns.ts'

export const LETTER_STATES = ['dead', 'replayed', 'purged'] as const

export const letters = pgTable(
  'letters',
  {
    id: uuid().primaryKey(),
    /** Where it would be replayed to: `orders`, `events`. */
    source: text().notNull(),
    /** By the source's own rules; as the broker had it where its content cannot be read. */
    message_id: text().notNull(),
    /** How often the message had been replayed before it died. */
    replay: integer().notNull().default(0),
    /** The system or topic that it came from, where that is known. */
    origin: text(),
    body: bytea().notNull(),
    headers: headers(),
    attempts: integer().notNull(),
    /** What failed: `decode`, `process`, `queue`. */
    step: text().notNull(),
    /** A stable code. */
    reason: text().notNull(),
    detail: text().notNull(),
    /** The detail with its ids and numbers blanked: letters of one source, step, reason and cause are a group. */
    cause: text().notNull(),
    state: text({ enum: LETTER_STATES }).notNull().default('dead'),
    died_at: written(),
    /** When it was replayed or purged. */
    left_at: time(),
    /** The letter whose edited copy this is; the original stays. */
    edited_from: uuid(),
    /** The same text when the same death is reported again. */
    death: text().notNull().unique(),
  },
  (t) => [
    index('letters_groups').on(t.source, t.state, t.step, t.reason, t.cause, t.died_at),
    index('letters_newest').on(t.source, t.state, t.id),
  ],
)
