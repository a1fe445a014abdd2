/** Topics, messages and groups of the stream role on PostgreSQL. */
import { bigint, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, headers, time, written } from '../postgres/columns.ts'

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
    /** A text is its UTF-8: a text column refuses NUL. */
    key: bytea(),
    /** Null: a tombstone. */
    value: bytea(),
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
