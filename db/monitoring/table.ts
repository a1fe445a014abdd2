/** Measurements of the running system, for alerts and KPIs. */
import { bigint, boolean, doublePrecision, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { ShownSetting } from '../../lib/settings.ts'
import { time, written } from '../engines/postgres/columns.ts'

/** One look at the whole system; the key is what makes one replica take it, however many there are. */
export const probe_samples = pgTable('probe_samples', {
  /** The database's clock, rounded down to the interval. */
  tick: time().primaryKey(),
  /** The replica that took it, and when it was done; null: it died over it. */
  replica: text().notNull(),
  finished_at: time(),
  /** Whether GET /health was answered with 200, and with what (null: not at all). */
  api_up: boolean(),
  api_status: integer(),
  api_latency_ms: doublePrecision(),
  /** ok or down, as /health tells of each role. */
  roles: jsonb().$type<Record<string, string>>(),
  sql_latency_ms: doublePrecision(),
  /** null: the cache did not answer the replica. */
  cache_latency_ms: doublePrecision(),
  /** Of the file system of DATA_DIR, 0 to 1. */
  disk_free_share: doublePrecision(),
  queue_dead: integer(),
  stream_lag: bigint({ mode: 'number' }),
  /** Of each partition that somebody consumes (db/streams/lags.ts): its end, how far the group is, how long its oldest message has waited. */
  stream_ends: jsonb().$type<Record<string, number>>(),
  stream_committed: jsonb().$type<Record<string, number>>(),
  stream_waited_s: jsonb().$type<Record<string, number>>(),
  /** 0: nothing waits to be processed. */
  oldest_input_age_s: doublePrecision(),
  /** events, people, workbooks or messages. */
  oldest_input: text(),
})

/** The disk of each machine that a replica runs on, as last measured. */
export const probe_disks = pgTable('probe_disks', {
  host: text().primaryKey(),
  free_bytes: bigint({ mode: 'number' }).notNull(),
  size_bytes: bigint({ mode: 'number' }).notNull(),
  measured_at: written(),
})

/** How the API answered, all its processes together, minute by minute. */
export const api_minutes = pgTable('api_minutes', {
  minute: time().primaryKey(),
  answers: bigint({ mode: 'number' }).notNull(),
  /** Answers of 500 and above. */
  errors: bigint({ mode: 'number' }).notNull(),
  /** Answers by how long they took; see LATENCY_BOUNDS_MS. */
  latencies: bigint({ mode: 'number' }).array().notNull(),
})

export const PROGRAMS = ['api', 'jobs', 'consumers', 'charts'] as const

/** Every process that is at work, or that ended without saying so; one that was stopped takes its row away. */
export const programs = pgTable('programs', {
  instance: uuid().primaryKey(),
  program: text({ enum: PROGRAMS }).notNull(),
  host: text().notNull(),
  pid: integer().notNull(),
  started_at: written(),
  /** Its last heartbeat. */
  seen_at: written(),
  /** Of Doca and of Bun. */
  version: text(),
  bun: text(),
  /** As of the last heartbeat: its memory, and the longest that its event loop was kept since the one before. */
  memory_bytes: bigint({ mode: 'number' }),
  loop_delay_ms: doublePrecision(),
  /** The variables that it has read, as they may be shown. */
  settings: jsonb().$type<ShownSetting[]>(),
})

/** One row of about a page, written anew to see that the database can: unlogged, and plain, so that it is not made smaller. */
export const write_checks = pgTable('write_checks', { filler: text().notNull() })
