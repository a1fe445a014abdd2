/** The dead letters of every source, kept until somebody replays or purges them. What an engine keeps of its own is drained into it. */
import { sql, type SQL } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, headers, time, written } from '../engines/postgres/columns.ts'

/**
 * - dead: it waits for somebody to replay, edit or purge it.
 * - replayed: its message was published again; where that dies, it is another letter.
 * - purged: it is in the bin.
 * - replaced: an edited copy stands for it; or it is such a copy, whose edit was undone.
 */
export const LETTER_STATES = ['dead', 'replayed', 'purged', 'replaced'] as const

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
    /** What failed: `decode`, `process`, `queue`; of events `validate`, `enrich`, `ledger`, `history`, too. */
    step: text().notNull(),
    /** A stable code. */
    reason: text().notNull(),
    detail: text().notNull(),
    /** The detail with its ids and numbers blanked: letters of one source, step, reason and cause are a group. */
    cause: text().notNull(),
    group_id: uuid()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`md5(source || chr(31) || step || chr(31) || reason || chr(31) || cause)::uuid`),
    /** The text that `q` is searched in, without case and accents. */
    search: text()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`fold_text(message_id || chr(10) || reason || chr(10) || detail)`),
    state: text({ enum: LETTER_STATES }).notNull().default('dead'),
    died_at: written(),
    /** When it was replayed, purged or replaced. */
    left_at: time(),
    /** The letter whose edited copy this is; the original stays. */
    edited_from: uuid(),
    /** The same text when the same death is reported again. */
    death: text().notNull().unique(),
  },
  (t) => [
    // Has all that a list of groups reads, in the order in which rows are stored: where the visibility map knows nothing of
    // them, 100,000 rows in any other order take 350 ms.
    index('letters_newest').on(t.source, t.state, t.id, t.group_id, t.died_at),
    index('letters_groups').on(t.source, t.state, t.group_id, t.id),
    index('letters_message').on(t.source, t.message_id),
  ],
)

/** What people know of a group. It outlives the group's letters, since the same cause comes again. */
export const letter_notes = pgTable('letter_notes', {
  group_id: uuid().primaryKey(),
  note: text().notNull(),
  /** The name of a user, or of an account of the machine. */
  noted_by: text().notNull(),
  noted_at: written(),
})

/** Groups with dead letters that people were told of, and as the subject of which alert. */
export const letter_group_alerts = pgTable('letter_group_alerts', {
  group_id: uuid().primaryKey(),
  subject: text().notNull(),
  told_at: written(),
})

/** What a person decides about a storm: its messages die, or are tried again. */
export const STORM_DECISIONS = ['dead_letter', 'retry'] as const

/** What a consumer saw last, as of `at`. */
export interface StormWindow {
  at: string
  messages: number
  /** By reason. */
  failed: Record<string, number>
}

export interface StormDeath {
  message_id: string
  detail: string
}

/** A row for each source whose messages ever failed unexpectedly; storms.ts says what becomes of it. */
export const storms = pgTable('storms', {
  source: text().primaryKey(),
  /** Since when its consumers are paused; null: they run. */
  paused_at: time(),
  /** Of the newest storm: so many of so many messages failed with the reason. */
  reason: text(),
  failed: integer(),
  messages: integer(),
  sample: jsonb().$type<StormDeath[]>().notNull().default([]),
  decision: text({ enum: STORM_DECISIONS }),
  decided_at: time(),
  /** By name: it outlives the user. */
  decided_by: text(),
  /** By consumer. */
  windows: jsonb().$type<Record<string, StormWindow>>().notNull().default({}),
  /** By reason; they end by themselves. */
  decisions: jsonb()
    .$type<Record<string, { decision: (typeof STORM_DECISIONS)[number]; at: string }>>()
    .notNull()
    .default({}),
})
