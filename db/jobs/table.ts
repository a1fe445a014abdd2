import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { JSONValue } from 'postgres'
import type { Text, Translated } from '../../lib/texts.ts'
import { time, written } from '../engines/postgres/columns.ts'

export const OVERLAPS = ['skip', 'queue', 'cancel_previous', 'allow'] as const
export const CATCHUPS = ['none', 'last', 'all'] as const
export const TRIGGERS = ['schedule', 'manual', 'webhook', 'backfill', 'after'] as const
export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
/**
 * `queued` until the slot's run starts; `paused` came while its job was paused; `cancelled`: its run was, before it
 * started; `backfilled` was before the job's time, and somebody asked for it; `holiday`: on a holiday of its job's calendar.
 */
export const SLOT_STATES = [
  'queued',
  'ran',
  'late',
  'caught_up',
  'skipped',
  'missed',
  'paused',
  'cancelled',
  'backfilled',
  'holiday',
] as const
/** Of slots that start no run; many of them in a row share a row, which a clock that goes back shortens. */
export const STRETCH_STATES = ['missed', 'skipped', 'paused', 'holiday'] as const satisfies ReadonlyArray<
  (typeof SLOT_STATES)[number]
>
/** `lost`: its worker died. `handed_back`: its worker was stopped. Neither counts as a failure. */
export const ATTEMPT_STATES = ['running', 'succeeded', 'failed', 'lost', 'handed_back', 'cancelled'] as const

/**
 * What the newest replica to read a job's file made of it: any number of replicas, of whatever versions, schedule by this row.
 */
export const jobs = pgTable(
  'jobs',
  {
    name: text().primaryKey(),
    schedule: text().notNull(),
    timezone: text().notNull(),
    /** The jobs after whose successes it runs, instead of at times of its own. */
    after: text().array(),
    /** How far apart the slots of several such runs may be that belong together. */
    after_window_s: doublePrecision().notNull().default(0),
    overlap: text({ enum: OVERLAPS }).notNull().default('skip'),
    catchup: text({ enum: CATCHUPS }).notNull().default('last'),
    /** null: no limit. */
    catchup_window_s: doublePrecision(),
    /** Runs of all jobs with this pool share its limit, which is as the newest replica has it. */
    pool: text(),
    pool_limit: integer(),
    /** JSON Schema of a run's conf; null: any. */
    conf_schema: jsonb().$type<JSONValue>(),
    /** `BR-SP`: its slots on holidays there start nothing. */
    calendar: text(),
    /** Those of the calendar, by day in the job's zone: the last year's, and those of the next three. */
    holidays: jsonb().$type<Record<string, Translated>>(),
    paused_at: time(),
    /** What whoever paused it said about why. */
    pause_reason: text(),
    /** Slots up to the last resume that nobody had written down by then came during the pause. */
    resumed_at: time(),
    /** Slots up to this one are accounted for. Whole milliseconds: schedulers compare it with what they read. */
    scheduled_until: time()
      .notNull()
      .default(sql`date_trunc('milliseconds', now())`),
    /** Path of its file; null for a job made in code. */
    file: text(),
    /** When a replica last read it new or changed. */
    seen_at: written(),
    /** Set while no replica has its file. */
    gone_at: time(),
  },
  (t) => [
    check('jobs_overlap', sql`${t.overlap} in ('skip', 'queue', 'cancel_previous', 'allow')`),
    check('jobs_catchup', sql`${t.catchup} in ('none', 'last', 'all')`),
    check('jobs_pool', sql`(${t.pool} is null) = (${t.pool_limit} is null)`),
  ],
)

/** The jobs program's replicas, each with the files it has: what no row has is gone. */
export const job_replicas = pgTable('job_replicas', {
  id: uuid().primaryKey(),
  host: text().notNull(),
  /** The jobs' folder. */
  folder: text().notNull(),
  /** Names, also of jobs whose file cannot be used as it is now. */
  jobs: text().array().notNull(),
  monitors: text().array().notNull().default([]),
  /** Files that cannot be used as they are now. */
  problems: jsonb().$type<FileProblem[]>().notNull(),
  seen_at: written(),
  stopped_at: time(),
})

/** The file of a job that cannot be used as it is now. */
export interface FileProblem {
  file: string
  /** The job that goes on with the file's last good version; null where there is none. */
  job: string | null
  /** The place of the error, where it is known: in the file, or in one that it imports. */
  at: { file: string; line: number; column: number } | null
  /** Names the file and the place. A string, in English, in the row of an older version's replica. */
  sentence: Text
}

/** A scheduled time of a job, and its outcome. A slot becomes at most one run. */
export const slots = pgTable(
  'slots',
  {
    job: text()
      .notNull()
      .references(() => jobs.name, { onDelete: 'cascade' }),
    slot: time().notNull(),
    /** A long stretch of missed, skipped or paused slots, or of those on one holiday, is one row: `count` slots from `slot` to `slot_until`. */
    slot_until: time(),
    count: integer().notNull().default(1),
    state: text({ enum: SLOT_STATES }).notNull(),
    run_id: uuid(),
    /** Which one, where that is the state. */
    holiday: jsonb().$type<Translated>(),
    /** How many of its slots a backfill has given a run since. */
    backfilled: integer().notNull().default(0),
    recorded_at: written(),
  },
  (t) => [
    primaryKey({ columns: [t.job, t.slot] }),
    check(
      'slots_state',
      sql`${t.state} in ('queued', 'ran', 'late', 'caught_up', 'skipped', 'missed', 'paused', 'cancelled', 'backfilled', 'holiday')`,
    ),
  ],
)

export const runs = pgTable(
  'runs',
  {
    id: uuid().primaryKey(),
    job: text()
      .notNull()
      .references(() => jobs.name, { onDelete: 'cascade' }),
    /** null for a run that somebody triggered; for one that follows a run of another job, the slot of that. */
    slot: time(),
    trigger: text({ enum: TRIGGERS }).notNull(),
    state: text({ enum: RUN_STATES }).notNull().default('queued'),
    conf: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** The attempt that runs or ran last; 0 before the first. Fences every write of an earlier one. */
    attempt: integer().notNull().default(0),
    /** Attempts that ended in an error; compared with the job's `retries`. */
    failures: integer().notNull().default(0),
    /** Attempts whose worker died; a run that keeps killing its workers is given up. */
    lost: integer().notNull().default(0),
    /** When it may start: now, or after a backoff. */
    available_at: written(),
    /** The worker that runs it, and until when that is believed without a heartbeat. */
    worker: text(),
    lease_until: time(),
    /** Set while it runs and its job allows no other run beside it. */
    alone: boolean().notNull().default(false),
    /** While it runs, its place among those of its job's pool, from 1. */
    pool: text(),
    pool_place: integer(),
    dedupe_key: text(),
    /** Set while it runs and is to end as cancelled, whatever its worker makes of it by then. */
    cancel_requested_at: time(),
    cancel_reason: text(),
    /** The same in Portuguese, as with `error_pt`. */
    cancel_reason_pt: text(),
    queued_at: written(),
    started_at: time(),
    finished_at: time(),
    /** The sentence that the last failed attempt ended with. */
    error: text(),
    /** The same in Portuguese; null where the sentence is of the job's own code, which is quoted as it is. */
    error_pt: text(),
    result: jsonb(),
  },
  (t) => [
    unique('runs_job_slot').on(t.job, t.slot),
    unique('runs_dedupe').on(t.job, t.dedupe_key),
    // In the order in which they are claimed: a backfill waits for what is due.
    index('runs_queued')
      .on(t.job, sql`(${t.trigger} = 'backfill')`, t.available_at, t.id)
      .where(sql`${t.state} = 'queued'`),
    index('runs_running')
      .on(t.job, t.lease_until)
      .where(sql`${t.state} = 'running'`),
    uniqueIndex('runs_alone')
      .on(t.job)
      .where(sql`${t.state} = 'running' and ${t.alone}`),
    // What makes one place of a pool two runs' impossible.
    uniqueIndex('runs_pool_place')
      .on(t.pool, t.pool_place)
      .where(sql`${t.state} = 'running' and ${t.pool} is not null`),
    index('runs_by_job').on(t.job, t.id.desc()),
    // The newest failures of all jobs.
    index('runs_failed')
      .on(t.id.desc())
      .where(sql`${t.state} = 'failed'`),
    index('runs_finished')
      .on(t.finished_at)
      .where(sql`${t.finished_at} is not null`),
    check('runs_state', sql`${t.state} in ('queued', 'running', 'succeeded', 'failed', 'cancelled')`),
    check('runs_trigger', sql`${t.trigger} in ('schedule', 'manual', 'webhook', 'backfill', 'after')`),
    check('runs_attempt', sql`${t.attempt} >= 0`),
  ],
)

/** Every start of a run. The primary key is what makes a second start of one attempt impossible. */
export const run_attempts = pgTable(
  'run_attempts',
  {
    run_id: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    attempt: integer().notNull(),
    state: text({ enum: ATTEMPT_STATES }).notNull().default('running'),
    worker: text().notNull(),
    started_at: written(),
    finished_at: time(),
    error: text(),
    error_pt: text(),
  },
  (t) => [
    primaryKey({ columns: [t.run_id, t.attempt] }),
    check(
      'run_attempts_state',
      sql`${t.state} in ('running', 'succeeded', 'failed', 'lost', 'handed_back', 'cancelled')`,
    ),
  ],
)

/** The results of a run's finished steps, for the attempts that come after. */
export const run_steps = pgTable(
  'run_steps',
  {
    run_id: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** The one that finished it. */
    attempt: integer().notNull(),
    /** null: undefined. json, not jsonb, which would put an object's keys in another order. */
    result: json(),
    /** null: of a version before steps were timed. */
    started_at: time(),
    finished_at: written(),
  },
  (t) => [primaryKey({ columns: [t.run_id, t.name] })],
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

/** Slots that were recorded as missed and not observed yet: written with them, taken by the next one that observes them. */
export const missed_slots = pgTable('missed_slots', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  job: text().notNull(),
  slot: time().notNull(),
  slot_until: time(),
  count: integer().notNull(),
})
