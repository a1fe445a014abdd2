/**
 * The ledger of order messages: a row for each message that a consumer has met. Its newest attempt is in it, so that a stale
 * copy of the message changes nothing, and it outlives the journal of its attempts.
 */
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, integer, numeric, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { time, written } from '../engines/postgres/columns.ts'

/**
 * - running: a consumer makes its attempt, or was killed while it did: the message comes again with the same one.
 * - retrying: the attempt failed; the next one waits for its delay.
 * - output: it is in the output database.
 * - dead: it is among the dead letters.
 * - purged: somebody has thrown that dead letter away.
 * - replayed: somebody sends it again, and no consumer has met it since.
 */
export const MESSAGE_STATES = ['running', 'retrying', 'output', 'dead', 'purged', 'replayed'] as const

export const order_messages = pgTable(
  'order_messages',
  {
    message_id: uuid().primaryKey(),
    /** The system, and its row. */
    origin: text().notNull(),
    order_id: bigint({ mode: 'number' }).notNull(),
    product: text().notNull(),
    price: numeric({ precision: 14, scale: 4 }).notNull(),
    security_check: boolean().notNull(),
    required_attempts: integer().notNull(),
    trace_id: text().notNull(),
    /** How often it was replayed; attempts count from 1 in each replay. */
    replay: integer().notNull().default(0),
    attempt: integer().notNull(),
    state: text({ enum: MESSAGE_STATES }).notNull().default('running'),
    /** Of this attempt; above 1 after a consumer was killed, or stopped, in the middle of it, or when a copy came meanwhile. */
    deliveries: integer().notNull().default(1),
    worker: text().notNull(),
    first_at: written(),
    begun_at: written(),
    ended_at: time(),
    /** When the next attempt is due. */
    next_at: time(),
    /** Why the attempt failed. */
    error: text(),
  },
  // No index has a column that an attempt changes, so that an update stays on its page.
  (t) => [
    check('order_messages_state', sql`${t.state} in ('running', 'retrying', 'output', 'dead', 'purged', 'replayed')`),
  ],
)
