/** The runs table as its readers see it; starting, cancelling and claiming runs have files of their own. */
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { run_attempts, runs } from './table.ts'

export type RunRow = typeof runs.$inferSelect
export type RunState = RunRow['state']
export type Trigger = RunRow['trigger']

/** Every start of a run. */
export type AttemptRow = typeof run_attempts.$inferSelect

/** An attempt that a worker runs; its writes change nothing once another attempt of the run has begun. */
export type HeldAttempt = Pick<AttemptRow, 'run_id' | 'attempt'>

/** An attempt whose end is recorded. */
export interface EndedAttempt extends HeldAttempt, Pick<RunRow, 'job' | 'trigger' | 'slot' | 'failures'> {
  /** `queued` when the run is tried again. */
  run_state: Exclude<RunState, 'running'>
  /** The attempt's error, and the same in Portuguese. */
  error: string | null
  error_pt: string | null
  /** Whether some job runs after this one. */
  is_followed: boolean
}

/** Notified with a run's id when it is over. */
export const RUN_ENDED = 'runs_ended'
/** Notified with a run's id when a worker has claimed it. */
export const RUN_STARTED = 'runs_started'
/** Notified when there may be a run to claim. */
export const RUN_QUEUED = 'runs_queued'

/** One run, or null. */
export async function getRun(sql: ISql, id: string): Promise<RunRow | null> {
  const [row] = await sql<RunRow[]>`select * from runs where id = ${id}`
  return row ?? null
}

/** Throws AppError run_not_found. */
export async function readRun(sql: ISql, id: string): Promise<RunRow> {
  const run = await getRun(sql, id)
  if (run) return run
  throw new AppError('not_found', 'run_not_found', {
    en: `There is no run ${id}.`,
    pt: `Não existe a execução ${id}.`,
  })
}

export interface RunFilter {
  /** A run's id. */
  before?: string | undefined
  state?: RunState | undefined
  trigger?: Trigger | undefined
  /** Of its slot, or where it has none, of when it was queued. */
  from?: Date | undefined
  to?: Date | undefined
}

/** The newest runs of a job, or of all, that fit, newest first. */
export function listRuns(
  sql: ISql,
  job: string | null,
  limit: number,
  { before, state, trigger, from, to }: RunFilter = {},
): Promise<RunRow[]> {
  return sql<RunRow[]>`
    select * from runs where true
      ${job === null ? sql`` : sql`and job = ${job}`}
      ${before === undefined ? sql`` : sql`and id < ${before}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${trigger === undefined ? sql`` : sql`and trigger = ${trigger}`}
      ${from === undefined ? sql`` : sql`and coalesce(slot, queued_at) >= ${from}`}
      ${to === undefined ? sql`` : sql`and coalesce(slot, queued_at) < ${to}`}
    order by id desc limit ${limit}`
}

/** Every start of a run, in order. */
export function listAttempts(sql: ISql, run_id: string): Promise<AttemptRow[]> {
  return sql<AttemptRow[]>`select * from run_attempts where run_id = ${run_id} order by attempt`
}
