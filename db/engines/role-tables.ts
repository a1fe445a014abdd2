/** Tables of the embedded drivers: what cache, stream, queue, history and journal keep when no engine is named. */
import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, bytesOrdered, time, written } from './postgres/columns.ts'

/** json, not jsonb: a header may hold any text, and jsonb refuses \u0000 and lone surrogates. */
const headers = () =>
  json()
    .$type<Record<string, string>>()
    .notNull()
    .default(sql`'{}'::json`)

/** Unlogged (see the first migration): empty after a crash, which a cache may be. */
export const cache_entries = pgTable(
  'cache_entries',
  { key: text().primaryKey(), value: text().notNull(), expires_at: time().notNull() },
  (t) => [index('cache_entries_expiry').on(t.expires_at)],
)

/** The row that a producer locks to take offsets, so that a partition's offsets commit in order. */
export const stream_partitions = pgTable(
  'stream_partitions',
  {
    topic: text().notNull(),
    partition: integer().notNull(),
    next_offset: bigint({ mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.topic, t.partition] })],
)

export const stream_messages = pgTable(
  'stream_messages',
  {
    topic: text().notNull(),
    partition: integer().notNull(),
    offset: bigint({ mode: 'number' }).notNull(),
    /** UTF-8 in bytes, since a text column refuses NUL. */
    key: bytea(),
    value: bytea().notNull(),
    headers: headers(),
    produced_at: written(),
  },
  (t) => [primaryKey({ columns: [t.topic, t.partition, t.offset] })],
)

/** A live member of a consumer group; how many there are decides each one's fair share of partitions. */
export const stream_members = pgTable(
  'stream_members',
  {
    group: text().notNull(),
    topic: text().notNull(),
    member: uuid().notNull(),
    lease_until: time().notNull(),
  },
  (t) => [primaryKey({ columns: [t.group, t.topic, t.member] })],
)

/** Where a group is in a partition, and which member reads it; `epoch` fences a member that lost it. */
export const stream_offsets = pgTable(
  'stream_offsets',
  {
    group: text().notNull(),
    topic: text().notNull(),
    partition: integer().notNull(),
    next_offset: bigint({ mode: 'number' }).notNull(),
    member: uuid(),
    lease_until: time(),
    epoch: bigint({ mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.group, t.topic, t.partition] })],
)

export const queue_messages = pgTable(
  'queue_messages',
  {
    queue: text().notNull(),
    id: text().notNull(),
    body: bytea().notNull(),
    headers: headers(),
    /** Retries decided so far; the delivery is attempt + 1. */
    attempt: integer().notNull().default(0),
    /** How often it was claimed: whoever claimed it before can no longer settle it. */
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
    /** Where a death may be told twice, the same text both times. */
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

export const history_rows = pgTable(
  'history_rows',
  {
    table: text().notNull(),
    partition: text().notNull(),
    at: time().notNull(),
    /** By its bytes, whatever the database's own order is: pages are read in it, on every driver the same. */
    id: bytesOrdered().notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    written_at: written(),
  },
  (t) => [primaryKey({ columns: [t.table, t.partition, t.at, t.id] })],
)

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
