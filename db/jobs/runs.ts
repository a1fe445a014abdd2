/** The runs table as its readers see it; what starts, cancels and claims runs has files of its own. */
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { ATTEMPT_STATES, RUN_STATES, TRIGGERS } from './table.ts'

export type RunState = (typeof RUN_STATES)[number]
export type Trigger = (typeof TRIGGERS)[number]

/** Told with a run's id when it is over. */
export const RUN_ENDED = 'runs_ended'
/** Told whenever a run may be there to claim. */
export const RUN_QUEUED = 'runs_queued'

export interface RunRow {
  id: string
  job: string
  slot: Date | null
  trigger: Trigger
  state: RunState
  conf: Record<string, unknown>
  attempt: number
  failures: number
  lost: number
  available_at: Date
  worker: string | null
  lease_until: Date | null
  dedupe_key: string | null
  cancel_requested_at: Date | null
  cancel_reason: string | null
  queued_at: Date
  started_at: Date | null
  finished_at: Date | null
  error: string | null
  result: unknown
}

/** An attempt that a worker runs; its writes change nothing once another attempt of the run has begun. */
export interface HeldAttempt {
  run_id: string
  attempt: number
}

/** One run, or null. */
export async function getRun(sql: ISql, id: string): Promise<RunRow | null> {
  const [row] = await sql<RunRow[]>`select * from runs where id = ${id}`
  return row ?? null
}

/** The newest runs of a job, newest first; those before the run `before`, and in that state, where it is named. */
export function listRuns(
  sql: ISql,
  job: string,
  limit: number,
  { before, state }: { before?: string | undefined; state?: RunState | undefined } = {},
): Promise<RunRow[]> {
  return sql<RunRow[]>`
    select * from runs where job = ${job}
      ${before === undefined ? sql`` : sql`and id < ${before}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by id desc limit ${limit}`
}

export interface AttemptRow {
  run_id: string
  attempt: number
  state: (typeof ATTEMPT_STATES)[number]
  worker: string
  started_at: Date
  finished_at: Date | null
  error: string | null
}

/** Every start of a run, in order. */
export function listAttempts(sql: ISql, run_id: string): Promise<AttemptRow[]> {
  return sql<AttemptRow[]>`select * from run_attempts where run_id = ${run_id} order by attempt`
}

export function runNotFound(id: string): AppError {
  return new AppError('not_found', 'run_not_found', {
    en: `There is no run ${id}.`,
    pt: `Não existe a execução ${id}.`,
  })
}
