/** Replays of dead letters: a named run each, with the letters that it selected when it began. */
import { sql } from 'drizzle-orm'
import { index, integer, json, pgTable, primaryKey, real, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { time, written } from '../../engines/postgres/columns.ts'

/**
 * - canary: its first letters go alone; the rest waits for their end.
 * - running: the rest goes, at its rate, and letters that are sent are followed to their end.
 * - paused: nothing more is sent. Letters that are sent are followed on.
 * - done: every letter has ended.
 * - cancelled: what was not sent is dead as before. Letters that are sent are followed on.
 */
export const REPLAY_STATES = ['canary', 'running', 'paused', 'done', 'cancelled'] as const

export const PAUSE_REASONS = ['by_hand', 'canary_failed'] as const

export const replays = pgTable(
  'replays',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    source: text().notNull(),
    /** What was asked for. */
    filter: json().$type<ReplayFilter>().notNull(),
    state: text({ enum: REPLAY_STATES }).notNull(),
    /** While it is paused: what it goes on with. */
    resumes_as: text({ enum: ['canary', 'running'] }),
    pause_reason: text({ enum: PAUSE_REASONS }),
    rate_per_s: real().notNull(),
    /** Letters that go alone first. */
    canary: integer().notNull(),
    /** Letters that it selected. */
    total: integer().notNull(),
    /** Letters that fitted, and were in another replay already. */
    taken: integer().notNull(),
    /** The name of a user, or of an account of the machine. */
    created_by: text().notNull(),
    created_at: written(),
    finished_at: time(),
    /** Its figures then, which change no more: a list need not count. */
    ended_with: json().$type<ReplayFigures>(),
    /** The program that drives it, until then. Another may take over when that is past; nothing is wrong when both do it. */
    driver: uuid(),
    lease_until: time(),
  },
  (t) => [index('replays_newest').on(t.source, t.id)],
)

/** Letters of a replay by what became of them. */
export interface ReplayFigures {
  /** The queue had so many. */
  published: number
  succeeded: number
  died_again: number
  /** On their way to the queue, or to their end. */
  waiting: number
  unsent: number
  gone: number
  undone: number
}

/** A filter as GET /dead-letters has it, or ids. */
export interface ReplayFilter {
  group?: string
  origin?: string
  message_id?: string
  q?: string
  ids?: string[]
}

/**
 * pending → sending → sent → succeeded, or died_again.
 *
 * - pending: the letter is dead, and waits for its turn.
 * - sending: it is replayed from now on; its message is published, maybe again after a crash: the copies are one message.
 * - sent: the queue has its message.
 * - gone: it was purged, edited or deleted before its turn.
 * - undone: the replay was cancelled before its turn; the letter is dead as before.
 */
export const REPLAYED_STATES = ['pending', 'sending', 'sent', 'succeeded', 'died_again', 'gone', 'undone'] as const

export const replay_letters = pgTable(
  'replay_letters',
  {
    replay_id: uuid().notNull(),
    /** The order in which they are sent: the oldest first. */
    position: integer().notNull(),
    letter_id: uuid().notNull(),
    state: text({ enum: REPLAYED_STATES }).notNull().default('pending'),
    sent_at: time(),
    ended_at: time(),
    /** The letter that it became when it died again. */
    died_as: uuid(),
  },
  (t) => [
    primaryKey({ columns: [t.replay_id, t.position] }),
    index('replay_letters_state').on(t.replay_id, t.state, t.position),
    index('replay_letters_letter').on(t.letter_id),
    // A letter is in one replay at a time.
    uniqueIndex('replay_letters_open')
      .on(t.letter_id)
      .where(sql`${t.state} in ('pending', 'sending', 'sent')`),
  ],
)
