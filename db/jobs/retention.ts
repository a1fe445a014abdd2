/**
 * Deletes old runs, their lines and slots: each function at most `limit` rows, in one short statement that waits for no
 * lock, and returns how many. Runs that still wait or run have no age here. Lines go before their runs, runs before their
 * slots, so that nothing is left behind.
 */
import type { Sql } from 'postgres'

/** The lines of runs that ended more than `days` ago. */
export async function deleteOldRunLogs(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from run_logs where id in (
      select l.id from run_logs l join runs r on r.id = l.run_id
      where r.finished_at < now() - make_interval(days => ${days}) order by l.id limit ${limit}
    )`
  return count
}

/** Runs that ended more than `days` ago, with their attempts, steps and lines; one with many lines stays until those are gone. */
export async function deleteOldRuns(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from runs where id in (
      select id from runs where finished_at < now() - make_interval(days => ${days})
        and not exists (select from run_logs where run_id = runs.id offset 1000)
      order by finished_at limit ${limit} for update skip locked
    )`
  return count
}

/** Slots whose whole stretch is older than `days` and whose run, if they made one, is gone. */
export async function deleteOldSlots(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from slots where (job, slot) in (
      select s.job, s.slot from slots s
      where coalesce(s.slot_until, s.slot) < now() - make_interval(days => ${days}) and s.state <> 'queued'
        and not exists (select from runs where runs.job = s.job and runs.slot = s.slot)
      limit ${limit} for update skip locked
    )`
  return count
}
