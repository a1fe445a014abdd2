/**
 * The run_steps table: the results of a run's finished steps. Rows are only written by the attempt that holds the run,
 * so an attempt that has read no row for a step knows that none will come but its own.
 */
import type { ISql } from 'postgres'
import type { HeldAttempt } from './runs.ts'
import type { run_steps } from './table.ts'

/** A result as JSON text; null for undefined, which JSON does not have. */
export type StepResult = string | null

/** From a saved step to its commit there is nothing to wait for. */
const FROZEN_MS = 5000

/** The result of a finished step; undefined while it is not finished. */
export async function readStep(sql: ISql, run_id: string, name: string): Promise<{ result: StepResult } | undefined> {
  const [row] = await sql<{ result: StepResult }[]>`
    select result::text as result from run_steps where run_id = ${run_id} and name = ${name}`
  return row
}

/**
 * Keeps a step's result; false when the run is no longer this attempt's, and nothing was kept. Safe to repeat. In a
 * transaction it holds the run until the commit, so that no other attempt can begin in between: call it last. `took_ms`: by the
 * worker's clock, since its time of day need not be the database's.
 */
export async function saveStep(
  sql: ISql,
  { run_id, attempt }: HeldAttempt,
  name: string,
  result: StepResult,
  took_ms: number,
): Promise<boolean> {
  const rows = await sql`
    with mine as (
      -- A worker that is frozen before the commit loses the transaction with its lock: the run is to go to another one.
      select id, set_config('idle_in_transaction_session_timeout', ${String(FROZEN_MS)}, true)
      from runs where id = ${run_id} and attempt = ${attempt} and state = 'running' for share
    )
    insert into run_steps (run_id, name, attempt, result, started_at, finished_at)
    select mine.id, ${name}, ${attempt}, ${result}::text::json, clock.at - ${took_ms} * interval '1 millisecond', clock.at
    from mine, (select date_trunc('milliseconds', clock_timestamp()) as at) clock
    on conflict (run_id, name) do update set attempt = excluded.attempt where run_steps.attempt = excluded.attempt
    returning 1`
  return rows.length > 0
}

/** `attempt`: the one that finished it. */
export type StepRow = Pick<typeof run_steps.$inferSelect, 'name' | 'attempt' | 'started_at' | 'finished_at'>

/** The last steps that a run has finished, in order. */
export async function lastSteps(sql: ISql, run_id: string, limit: number): Promise<StepRow[]> {
  const rows = await sql<StepRow[]>`
    select name, attempt, started_at, finished_at from run_steps where run_id = ${run_id} order by finished_at desc, name limit ${limit}`
  return rows.toReversed()
}
