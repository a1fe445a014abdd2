/**
 * What a job is. A file in jobs/definitions has one as its default export; see definitions/hello.ts for a template.
 * `job()` refuses what it does not understand, so that no option is ever ignored in silence.
 */
import type { Objects } from '../db/objects/index.ts'
import type { Overlap } from '../db/jobs.ts'
import type { Stream } from '../db/stream/index.ts'
import type { JSONValue, Sql } from 'postgres'
import type { ApiClient } from './api-client.ts'
import type { Locale } from '../lib/texts.ts'
import type { JobSettings } from './settings.ts'
import { readSchedule, type Schedule } from '../lib/schedule.ts'

export interface JobOptions {
  /** Unique; lower case letters, digits and `_`. */
  name: string
  /** A cron expression (5 or 6 fields), `@hourly`, `@daily`, `@weekly`, `@monthly` or `@every 30s`. */
  schedule?: string
  /**
   * Instead of a schedule: each success of that job queues one run of this one, with the slot of that run and an empty
   * conf. Every success gets its run: with overlap `skip` they wait for their turn, too.
   */
  after?: string
  /** IANA zone of the schedule; UTC unless given. */
  timezone?: string
  /** How often a failed run is tried again; 0 unless given. */
  retries?: number
  /** The wait before a retry: `first_s`, doubled each time, at most `max_s`; 10 and 600 unless given. */
  backoff?: { first_s: number; max_s: number }
  /** A run that takes longer fails and its `signal` aborts; 3600 unless given. */
  timeout_s?: number
  /**
   * When it is due while a run of it is under way: `skip` (unless given) starts nothing, `queue` waits for its turn,
   * `cancel_previous` asks that run to end and starts when it has, `allow` runs both.
   */
  overlap?: Overlap
  /** Slots that passed while nothing ran: make up for the `last` (unless given), for `all`, or `none`. */
  catchup?: 'none' | 'last' | 'all'
  /** Slots older than this are not made up for, whatever `catchup` says; no limit unless given. */
  catchup_window_s?: number
  /** Does the work. What it returns is kept as the run's result; what it throws fails the attempt. */
  run(context: JobContext): Promise<unknown> | unknown
}

export interface JobContext {
  run_id: string
  /** From 1; grows with every retry. */
  attempt: number
  /** The scheduled time, or that of the run which this one comes after; null for a run that somebody triggered. */
  slot: Date | null
  /** What the trigger handed in; {} for a scheduled run. */
  conf: Record<string, unknown>
  /** Kept with the run; `bun run jobs show RUN` prints it. */
  log: RunLog
  roles: JobRoles
  /** Aborts at the timeout, at shutdown, and when the run has gone to another worker. Pass it to every call that waits. */
  signal: AbortSignal
}

export interface JobRoles {
  sql: Sql
  objects: Objects
  stream: Stream
  /** Doca's own API, as the service user. */
  api: ApiClient
  /** The language of what people read where nobody asked for one. */
  locale: Locale
  /** What the built-in jobs are configured with. */
  settings: JobSettings
}

export type RunLog = Record<'debug' | 'info' | 'warn' | 'error', (message: string, data?: JSONValue) => void>

export interface Job extends Required<Omit<JobOptions, 'run' | 'after'>> {
  run: JobOptions['run']
  after: string | null
  /** None for a job that runs after another. */
  times: Schedule
  [IS_JOB]: true
}

const IS_JOB = Symbol('job')
const DEFAULTS = {
  timezone: 'UTC',
  retries: 0,
  backoff: { first_s: 10, max_s: 600 },
  timeout_s: 3600,
  overlap: 'skip',
  catchup: 'last',
  catchup_window_s: Infinity,
} as const
const KNOWN = new Set(['name', 'schedule', 'after', 'run', ...Object.keys(DEFAULTS)])
/** setTimeout counts milliseconds in 31 bits. */
const MAX_TIMEOUT_S = 2_147_483

/** Defines a job; throws an Error that lists everything that is wrong with it. */
export function job(options: JobOptions): Job {
  const after = options.after ?? null
  // What lists show of a job without times of its own.
  const schedule = after === null ? options.schedule : `after ${after}`
  const merged = { ...DEFAULTS, ...options, after, schedule: schedule as string }
  const problems = problemsOf(merged)
  if (after !== null && options.schedule !== undefined) problems.push('give it a schedule or after, not both.')
  let times: Schedule | undefined
  try {
    if (after !== null) times = { next: () => null }
    else if (typeof schedule === 'string') times = readSchedule(schedule, merged.timezone)
    else problems.push('schedule is missing.')
  } catch (thrown) {
    problems.push((thrown as Error).message)
  }
  if (problems.length > 0 || !times)
    throw new Error(`job ${JSON.stringify(merged.name ?? null)} is not valid: ${problems.join(' ')}`)
  return { ...merged, times, [IS_JOB]: true }
}

export function isJob(value: unknown): value is Job {
  return typeof value === 'object' && value !== null && IS_JOB in value
}

function problemsOf(job: Omit<Job, 'times' | typeof IS_JOB>): string[] {
  const problems: string[] = []
  const whole = (value: unknown, min: number, max: number) => Number.isInteger(value) && between(value, min, max)
  if (typeof job.name !== 'string' || !/^[a-z][a-z0-9_]{0,62}$/.test(job.name))
    problems.push('name must be lower case letters, digits and _, beginning with a letter, at most 63.')
  if (typeof job.run !== 'function') problems.push('run must be a function.')
  if (!whole(job.retries, 0, 1000)) problems.push('retries must be a whole number from 0 to 1000.')
  if (!between(job.timeout_s, 0.001, MAX_TIMEOUT_S))
    problems.push(`timeout_s must be a number above 0, at most ${MAX_TIMEOUT_S}.`)
  const { first_s, max_s } = Object(job.backoff) as Record<string, unknown>
  if (!between(first_s, 0, 86_400) || !between(max_s, first_s as number, 86_400))
    problems.push('backoff must be { first_s, max_s } with 0 <= first_s <= max_s <= 86400.')
  problems.push(...choice('overlap', job.overlap, ['skip', 'queue', 'cancel_previous', 'allow']))
  problems.push(...choice('catchup', job.catchup, ['none', 'last', 'all']))
  if (job.overlap === 'cancel_previous' && job.catchup === 'all')
    problems.push("catchup 'all' contradicts overlap 'cancel_previous': each slot would cancel the one before.")
  if (job.catchup_window_s !== Infinity && !between(job.catchup_window_s, 1, 10 * 365 * 86_400))
    problems.push('catchup_window_s must be a number of seconds from 1, at most ten years.')
  if (job.after !== null && (typeof job.after !== 'string' || job.after === job.name))
    problems.push('after must be the name of another job.')
  for (const key of Object.keys(job)) if (!KNOWN.has(key)) problems.push(`${key} is not an option of a job.`)
  return problems
}

function between(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function choice(name: string, value: unknown, choices: string[]): string[] {
  return choices.includes(value as string) ? [] : [`${name} must be one of ${choices.join(', ')}.`]
}
