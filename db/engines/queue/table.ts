/** Messages of the queue role on PostgreSQL, and the dead letters of every driver. */
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, headers, time, written } from '../postgres/columns.ts'

export const queue_messages = pgTable(
  'queue_messages',
  {
    queue: text().notNull(),
    id: text().notNull(),
    body: bytea().notNull(),
    headers: headers(),
    /** Retries decided so far; the delivery is attempt + 1. */
    attempt: integer().notNull().default(0),
    /** How often it was claimed: an earlier claim can no longer settle it. */
    claim: integer().notNull().default(0),
    /** Deliveries of this attempt whose consumer did not come back. */
    lost: integer().notNull().default(0),
    /** When it may be delivered (next). */
    available_at: written(),
    consumer: uuid(),
    /** While a consumer has it: when another may take it. */
    lease_until: time(),
    queued_at: written(),
  },
  (t) => [primaryKey({ columns: [t.queue, t.id] }), index('queue_messages_next').on(t.queue, t.available_at)],
)

/** Dead letters of every queue driver. */
export const dead_letters = pgTable(
  'dead_letters',
  {
    id: uuid().primaryKey(),
    queue: text().notNull(),
    message_id: text().notNull(),
    body: bytea().notNull(),
    headers: headers(),
    attempt: integer().notNull(),
    reason: text().notNull(),
    died_at: written(),
    /** Identifies the death where it may be reported twice. */
    death: text().unique(),
  },
  (t) => [index('dead_letters_queue').on(t.queue, t.id)],
)

/** RabbitMQ's retry queues: one for each delay that the queue has had, since a retry queue has one delay for good. */
export const queue_delays = pgTable(
  'queue_delays',
  {
    queue: text().notNull(),
    retry_delay_ms: bigint({ mode: 'number' }).notNull(),
    /** When another delay took its place; null for the one in use. */
    left_at: time(),
  },
  (t) => [primaryKey({ columns: [t.queue, t.retry_delay_ms] })],
)
