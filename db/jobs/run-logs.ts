/** The run_logs table: the lines of a run, kept per attempt. */
import type { JSONValue, Sql } from 'postgres'
import type { HeldAttempt } from './runs.ts'
import type { run_logs } from './table.ts'

export interface RunLogLine extends Pick<RunLogRow, 'level' | 'message'> {
  data: JSONValue | null
  /** Its age; the database's clock makes a time of it. */
  age_ms: number
}

/** Notified with a run's id when it has new lines. */
export const RUN_LOGGED = 'runs_logged'

/** Keeps the lines, in order, if the run is still this attempt's; how many were kept. */
export async function writeRunLogs(sql: Sql, { run_id, attempt }: HeldAttempt, lines: RunLogLine[]): Promise<number> {
  const rows = await sql`
    with mine as (
      select id, pg_notify(${RUN_LOGGED}, id::text)
      from runs where id = ${run_id} and attempt = ${attempt} and state = 'running' for share
    )
    insert into run_logs (run_id, attempt, level, message, data, logged_at)
    select mine.id, ${attempt}, level, message, nullif(data, 'null'), now() - make_interval(secs => age_ms / 1000)
    from mine, rows from (
      jsonb_to_recordset(${sql.json(lines as never)}) as (level text, message text, data jsonb, age_ms float8)
    ) with ordinality as l(level, message, data, age_ms, line)
    order by line
    returning 1`
  return rows.length
}

export type RunLogRow = typeof run_logs.$inferSelect

/** The last lines of a run, oldest first. */
export async function lastRunLogs(sql: Sql, run_id: string, limit: number): Promise<RunLogRow[]> {
  const rows = await sql<RunLogRow[]>`
    select * from run_logs where run_id = ${run_id} order by id desc limit ${limit}`
  return rows.toReversed()
}

/**
 * The lines of a run after the one with the id `after`, in order. A run's lines are written one batch after the other, by
 * the attempt that holds the run, so that none appears before one that was read already.
 */
export function runLogsAfter(sql: Sql, run_id: string, after: number, limit: number): Promise<RunLogRow[]> {
  return sql<RunLogRow[]>`
    select * from run_logs where run_id = ${run_id} and id > ${after} order by id limit ${limit}`
}
