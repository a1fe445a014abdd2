import { sql } from 'drizzle-orm'
import { bigserial, check, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { time, written } from './columns.ts'

export const jobs = pgTable('jobs', {
  name: text().primaryKey(),
  schedule: text().notNull(),
  timezone: text().notNull(),
  paused_at: time(),
  /** Slots after this one are still to be scheduled; null until the first scheduler looked. */
  scheduled_until: time(),
  /** Set when no replica knows the job's file any more. */
  seen_at: written(),
})

/** A scheduled time of a job, and what became of it. A slot becomes at most one run. */
export const slots = pgTable(
  'slots',
  {
    job: text()
      .notNull()
      .references(() => jobs.name, { onDelete: 'cascade' }),
    slot: time().notNull(),
    /** A long stretch of missed slots is one row: from `slot` to `slot_until`. */
    slot_until: time(),
    count: integer().notNull().default(1),
    state: text({ enum: ['ran', 'late', 'skipped', 'missed', 'caught_up'] }).notNull(),
    run_id: uuid(),
    recorded_at: written(),
  },
  (t) => [primaryKey({ columns: [t.job, t.slot] })],
)

export const runs = pgTable(
  'runs',
  {
    id: uuid().primaryKey(),
    job: text()
      .notNull()
      .references(() => jobs.name, { onDelete: 'cascade' }),
    /** null for a run that somebody triggered. */
    slot: time(),
    trigger: text({ enum: ['schedule', 'manual', 'webhook', 'backfill'] }).notNull(),
    state: text({ enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled'] })
      .notNull()
      .default('queued'),
    conf: jsonb().notNull().default({}),
    /** The attempt that runs or ran last; 0 before the first. Fences every write of an earlier one. */
    attempt: integer().notNull().default(0),
    /** When it may start: now, or after a backoff. */
    available_at: written(),
    /** Who runs it, and until when that is believed without a heartbeat. */
    worker: text(),
    lease_until: time(),
    dedupe_key: text(),
    queued_at: written(),
    started_at: time(),
    finished_at: time(),
    error: text(),
    result: jsonb(),
  },
  (t) => [
    unique('runs_job_slot').on(t.job, t.slot),
    unique('runs_dedupe').on(t.job, t.dedupe_key),
    index('runs_claimable')
      .on(t.available_at, t.id)
      .where(sql`${t.state} = 'queued'`),
    index('runs_leased')
      .on(t.lease_until)
      .where(sql`${t.state} = 'running'`),
    index('runs_by_job').on(t.job, t.id.desc()),
    check('runs_attempt', sql`${t.attempt} >= 0`),
  ],
)

export const run_logs = pgTable(
  'run_logs',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    run_id: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    attempt: integer().notNull(),
    level: text().notNull(),
    message: text().notNull(),
    data: jsonb(),
    logged_at: written(),
  },
  (t) => [index('run_logs_run').on(t.run_id, t.id)],
)

/** A report that process_data wrote; its files are objects under relatorios/. */
export const reports = pgTable('reports', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  run_id: uuid(),
  /** What a list shows without opening the files. */
  summary: jsonb().notNull(),
  created_at: written(),
})
