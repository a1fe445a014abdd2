/**
 * Defines jobs. A file, or a folder's index.ts, in jobs/definitions has a job as its default export; definitions/hello.ts is
 * a template. `job()` refuses an option that it does not know, so that none is ever ignored in silence.
 */
import type { Static, TRecord, TSchema, TString, TUnknown } from '@sinclair/typebox'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { BackupPlan } from '../db/backup/plan.ts'
import type { Catchup, Overlap } from '../db/jobs/jobs.ts'
import type { Objects } from '../db/engines/objects/objects.ts'
import type { Stream } from '../db/engines/stream/stream.ts'
import { storableSchema } from '../db/jobs/conf-schema.ts'
import { readSchedule } from '../db/jobs/schedule.ts'
import type { Holidays } from '../lib/holidays.ts'
import { AppError, sentenceOf } from '../lib/errors.ts'
import type { Locale } from '../lib/texts.ts'
import type { ApiClient } from './api-client.ts'
import { problemsOf } from './job-problems.ts'
import { notValid } from './option-problems.ts'
import type { JobSettings } from './settings.ts'

/** Of a job that declares no conf. */
type AnyConf = TRecord<TString, TUnknown>

export interface JobOptions<Conf extends TSchema = AnyConf> {
  /** Unique; lower case letters, digits and `_`. */
  name: string
  /** A cron expression (5 or 6 fields), `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`, `@every 30s`, or `@never`: when it is triggered. */
  schedule?: string
  /**
   * Instead of a schedule: each success of that job queues one run of this one, with the slot of that run and an empty
   * conf. Every success gets its run: with overlap `skip`, too, they wait for their turn.
   */
  after?: string | string[]
  /**
   * With several jobs in `after`: their runs belong together when their slots are at most so far apart; 0, one slot, unless given.
   */
  after_window_s?: number
  /** IANA zone of the schedule; UTC unless given. */
  timezone?: string
  /** How often a failed run is tried again; 0 unless given. */
  retries?: number
  /** The wait before a retry: `first_s`, doubled each time, at most `max_s`; 10 and 600 unless given. */
  backoff?: { first_s: number; max_s: number }
  /**
   * A run that takes longer fails and its `signal` aborts; 3600 unless given. One that does not react to its signal is
   * abandoned: it goes on in the worker's process, but can no longer write to its run. While a job computes without ever
   * waiting, nothing else happens in that process; its run and its neighbours' keep their leases, an alert names it, and at this
   * timeout its run fails. For work that may hang or compute for long, see `isolate`.
   */
  timeout_s?: number
  /**
   * When the job is due while one of its runs is under way: `skip` (unless given) starts nothing, `queue` waits for its turn,
   * `cancel_previous` asks that run to end and starts when it has, `allow` runs both.
   */
  overlap?: Overlap
  /**
   * Runs of all jobs with this pool share a limit, over all replicas: 1, or what POOLS says (`POOLS=reports=2,api=5`). A run
   * that finds no place waits in the queue.
   */
  pool?: string
  /** Slots of a downtime: the `last` of them runs (unless given), `all` run, or `none`. */
  catchup?: Catchup
  /** Slots older than this do not run, whatever `catchup` says; no limit unless given. */
  catchup_window_s?: number
  /**
   * The conf of its runs as a TypeBox schema: `conf: Type.Object({ days: Type.Integer({ default: 7 }) })`. A trigger whose
   * conf does not fit is refused; defaults are filled in. An unknown key is refused, too, unless the schema says
   * `additionalProperties: true`. A scheduled run has only the defaults. Without a schema: anything.
   */
  conf?: Conf
  /**
   * Each attempt runs in a process of its own, which is killed, with all that it started: at `timeout_s` (half a second
   * after its signal), when it is cancelled or was lost to another worker, and when its worker dies. For jobs that may hang,
   * compute for long, crash or eat memory; it costs some 100 ms and 50 MB an attempt. Work that `run` has started and not
   * awaited ends with it. Its output is kept with the run's log. Such a job is in a file of its own. A job that
   * was changed while the program runs is run so until its restart.
   */
  isolate?: boolean
  /**
   * Only with `isolate`: an attempt that takes more memory than this, in MiB, together with all that it started, is killed
   * and fails. It is measured a few times a second. No limit unless given.
   */
  memory_mb?: number
  /**
   * Country, state and region whose public holidays the schedule leaves out, by the job's own zone: `BR`, `BR-SP`, `US-NY`. Slots
   * on them are accounted for as `holiday`.
   */
  calendar?: string
  /**
   * Does the work. Its return value is kept as the run's result; an error fails the attempt. Or `command('python3',
   * ['report.py'])`, which runs a program.
   */
  run(context: JobContext<Conf>): Promise<unknown> | unknown
}

export interface JobContext<Conf extends TSchema = AnyConf> {
  run_id: string
  /** From 1; grows with every retry. */
  attempt: number
  /** The scheduled time, or that of the run which this one follows; null for a run that was triggered. */
  slot: Date | null
  /** The trigger's conf with the defaults of the job's schema; only the defaults for a scheduled run. */
  conf: Static<Conf>
  step: Step
  /** Runs a program to its end as a part of the work; see `command` below. Only with `isolate`. */
  command(program: string, args?: string[], options?: CommandOptions): Promise<JSONValue | undefined>
  /** Kept with the run; `bun run jobs show RUN` prints it. */
  log: RunLog
  roles: JobRoles
  /** Aborts at the timeout, at shutdown, and when the run went to another worker. Pass it to every call that waits. */
  signal: AbortSignal
}

export interface JobRoles {
  /**
   * A statement may take STATEMENT_TIMEOUT_S (60 s). For a longer one, in `sql.begin`: `set local statement_timeout = '10min'`.
   */
  sql: Sql
  objects: Objects
  stream: Stream
  /** Doca's own API, as the service user. */
  api: ApiClient
  /** The contents and the destination of a backup. */
  backup: BackupPlan
  /** The language of reports and messages. */
  locale: Locale
  /** The configuration of the built-in jobs. */
  settings: JobSettings
}

/**
 * `await step('charge the card', ({ idempotency_key }) => …)` does a part of the work durably: once it has finished, later
 * attempts get its result without doing it again. It returns plain JSON (or nothing), at most 1 MiB. Its name is used once
 * in a run. After a crash between the work and storing its result the step is done again, with the same key, by which the
 * other side can tell a repetition.
 */
export interface Step {
  <T>(name: string, fn: (context: StepContext) => Promise<T> | T): Promise<T>
  /**
   * The same for work on the database: the statements of `fn` and the step's result are one transaction, so they happen
   * exactly once. `sql` is its only connection; do nothing in it that waits for long.
   */
  tx<T>(name: string, fn: (sql: TransactionSql, context: StepContext) => Promise<T> | T): Promise<T>
  /**
   * A step for each element of a list of at most 10,000, `limit` of them at a time (4 unless given): `step.map('load', files,
   * (file) => …, { limit: 8 })`. Resolves with the results in the order of the list. Each is tried whatever becomes of the
   * others; when one fails, so does the map in the end, and the next attempt does only those that have not finished. They are
   * known by their number in the list, so that it has to be the same in every attempt: take it from conf or from a step, or
   * give each element a name of its own by `key`.
   */
  map<Item, T>(
    name: string,
    list: readonly Item[],
    fn: (item: Item, context: StepContext) => Promise<T> | T,
    options?: { limit?: number; key?: (item: Item, index: number) => string | number },
  ): Promise<T[]>
}

export interface StepContext {
  /** A UUID that is the same in every attempt of the run. */
  idempotency_key: string
}

export interface CommandOptions {
  /** Where it runs, from the folder of the job's file, which it is unless given. */
  cwd?: string
  /**
   * More variables for it: `{ SALES_DB: process.env.SALES_DB }`. Of Doca's own environment, which holds secrets, it gets no more
   * than where programs, their user's files and certificates are, language, time zone and proxies.
   */
  env?: Record<string, string | undefined>
}

/** What `command` makes: a run that is always isolated. */
export type CommandRun = ((context: Pick<JobContext, 'command'>) => Promise<unknown>) & { isolate: true }

export type RunLog = Record<'debug' | 'info' | 'warn' | 'error', (message: string, data?: JSONValue) => void>

export interface Job extends Required<Omit<JobOptions, 'run' | 'after' | 'pool' | 'conf' | 'calendar'>> {
  run(context: JobContext<TSchema>): Promise<unknown> | unknown
  after: string[] | null
  pool: string | null
  /** The schema of its runs' conf, as JSON Schema; null: anything. */
  conf_schema: JSONValue | null
  calendar: string | null
  /** Of its calendar, for some years; null until its file was read (files/read-job-child.ts). */
  holidays: Holidays | null
  /** The file that defines it; null for a job made in code. */
  file: string | null
  /** The code of this version of it, by path (files/sources.ts); null: as the files hold it when it runs. */
  texts: Record<string, string> | null
  [IS_JOB]: true
}

const IS_JOB = Symbol('job')
const DEFAULTS = {
  timezone: 'UTC',
  retries: 0,
  backoff: { first_s: 10, max_s: 600 },
  timeout_s: 3600,
  after_window_s: 0,
  overlap: 'skip',
  catchup: 'last',
  catchup_window_s: Infinity,
  isolate: false,
  memory_mb: Infinity,
} as const
const KNOWN = new Set(['name', 'schedule', 'after', 'pool', 'calendar', 'run', 'conf', ...Object.keys(DEFAULTS)])

/** Defines a job; throws AppError job_invalid, which lists everything that is wrong with it. */
export function job<Conf extends TSchema = AnyConf>({ conf, ...options }: JobOptions<Conf>): Job {
  const after = options.after === undefined ? null : [options.after].flat()
  // Shown by lists for a job without times of its own.
  const schedule = after === null ? options.schedule : `after ${after.join(', ')}`
  const isolate = 'isolate' in Object(options.run)
  const given = { pool: options.pool ?? null, calendar: options.calendar ?? null }
  const merged = { ...DEFAULTS, isolate, ...options, ...given, after, schedule: schedule as string }
  const problems = problemsOf(merged, KNOWN)
  if (isolate && merged.isolate === false)
    problems.push({
      en: 'a command is always isolated; leave isolate out.',
      pt: 'um comando é sempre isolado; retire isolate.',
    })
  if (after !== null && options.schedule !== undefined)
    problems.push({ en: 'give it a schedule or after, not both.', pt: 'use schedule ou after, não os dois.' })
  try {
    if (after === null && typeof schedule === 'string') readSchedule(schedule, merged.timezone)
    else if (after === null)
      problems.push(
        options.schedule === undefined
          ? { en: 'schedule is missing.', pt: 'falta schedule.' }
          : { en: 'schedule must be a text.', pt: 'schedule deve ser um texto.' },
      )
  } catch (thrown) {
    problems.push(sentenceOf(thrown))
  }
  const schema = conf === undefined ? { json: null } : storableSchema(conf)
  if ('problem' in schema) problems.push(schema.problem)
  if (problems.length > 0 || 'problem' in schema) throw notValid('job', merged.name, problems)
  const run = merged.run as Job['run']
  return { ...merged, run, conf_schema: schema.json, holidays: null, file: null, texts: null, [IS_JOB]: true }
}

/**
 * `run: command('python3', ['report.py'])` runs a program in any language instead of a function, always isolated, with all
 * limits of a job. It starts in the folder of the job's file. It reads the conf as JSON on stdin and in DOCA_CONF, and has
 * DOCA_JOB, DOCA_RUN_ID, DOCA_ATTEMPT and DOCA_SLOT (ISO 8601; empty for a run without a slot). What it prints is the run's log,
 * line by line: stdout at info, stderr at warn. Its last line on stdout is the result where that is JSON. Any exit code but 0
 * fails the attempt.
 */
export function command(program: string, args: string[] = [], options: CommandOptions = {}): CommandRun {
  const { cwd = '.', env = {}, ...unknown } = options
  const texts: unknown[] = [program, cwd, ...Object.values(env).map((value) => value ?? ''), ...args]
  const isText = (value: unknown) => typeof value === 'string' && !value.includes('\0')
  if (!program || !Array.isArray(args) || !texts.every(isText) || Object.keys(unknown).length > 0)
    throw new AppError('invalid', 'job_invalid', {
      en: 'command takes a program, a list of arguments and { cwd, env }, all of them texts.',
      pt: 'command recebe um programa, uma lista de argumentos e { cwd, env }, todos eles textos.',
    })
  const run = (context: Pick<JobContext, 'command'>) => context.command(program, args, options)
  return Object.assign(run, { isolate: true } as const)
}

export function isJob(value: unknown): value is Job {
  return typeof value === 'object' && value !== null && IS_JOB in value
}
