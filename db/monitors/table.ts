import { sql } from 'drizzle-orm'
import {
  bigserial,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import type { Text } from '../../lib/texts.ts'
import { time, written, writtenNow } from '../engines/postgres/columns.ts'
import { MONITOR_KINDS, type MonitorSpec } from './spec.ts'

/** `new`: nothing is known yet. `failing`: not yet as often in a row as makes it `down`. */
export const MONITOR_STATES = ['new', 'up', 'failing', 'down'] as const
/** Of a monitor that asks: what it became. Of one that is pinged: each ping, and `overdue` where none came. */
export const MONITOR_EVENTS = ['up', 'failing', 'down', 'start', 'success', 'fail', 'overdue'] as const

export const monitors = pgTable(
  'monitors',
  {
    name: text().primaryKey(),
    kind: text({ enum: MONITOR_KINDS }).notNull(),
    ask: jsonb().$type<MonitorSpec['ask']>().notNull(),
    every_s: doublePrecision().notNull(),
    timeout_s: doublePrecision().notNull(),
    /** Failing checks in a row that make it down. */
    failures_to_down: integer().notNull(),
    file: text(),
    created_at: written(),
    /** When a replica last read it new or changed. */
    seen_at: written(),
    /** Set while no replica has its file. */
    gone_at: time(),
    /** When it is asked next; until when the next ping is to have come. Not indexed, so that its updates are HOT. */
    next_at: time().notNull(),
    /** Counts checks and pings. */
    turn: integer().notNull().default(0),
    /** The turn of the newest outcome: those of earlier turns come too late. */
    recorded: integer().notNull().default(0),
    state: text({ enum: MONITOR_STATES }).notNull().default('new'),
    /** Of the state. */
    since: written(),
    /** Failing checks in a row. */
    failures: integer().notNull().default(0),
    /** Why it fails: a code, and in words. */
    reason: text(),
    detail: jsonb().$type<Text>(),
    checked_at: time(),
    latency_ms: doublePrecision(),
    /** Of a job that has said that it begins, and not yet that it is done. */
    started_at: time(),
    /** Of its newest certificate. */
    certificate_ends_at: time(),
  },
  (t) => [
    check('monitors_kind', sql`${t.kind} in ('http', 'tcp', 'dns', 'push')`),
    check('monitors_state', sql`${t.state} in ('new', 'up', 'failing', 'down')`),
  ],
)

/** What became of its checks and pings, hour by hour. */
export const monitor_hours = pgTable(
  'monitor_hours',
  {
    monitor: text()
      .notNull()
      .references(() => monitors.name, { onDelete: 'cascade' }),
    hour: time().notNull(),
    good: integer().notNull(),
    failed: integer().notNull(),
    /** Seconds that its checks speak for, one interval each; none for pings. */
    covered_s: doublePrecision().notNull(),
    /** Of good checks. */
    latency_sum_ms: doublePrecision().notNull(),
    latency_max_ms: doublePrecision().notNull(),
    latencies: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.monitor, t.hour] }), index('monitor_hours_hour').on(t.hour)],
)

/** Its changes, and every ping. */
export const monitor_events = pgTable(
  'monitor_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    monitor: text()
      .notNull()
      .references(() => monitors.name, { onDelete: 'cascade' }),
    at: writtenNow(),
    kind: text({ enum: MONITOR_EVENTS }).notNull(),
    reason: text(),
    detail: jsonb().$type<Text>(),
    /** Of a ping after a start: how long the job took. */
    latency_ms: doublePrecision(),
    /** The end of a ping's body. */
    log: text(),
  },
  (t) => [
    index('monitor_events_monitor').on(t.monitor, t.id.desc()),
    index('monitor_events_at').on(t.at),
    check('monitor_events_kind', sql`${t.kind} in ('up', 'failing', 'down', 'start', 'success', 'fail', 'overdue')`),
  ],
)
