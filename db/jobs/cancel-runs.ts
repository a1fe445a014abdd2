/**
 * Cancelling. A run that waits is cancelled at once. One that runs is asked to end: its worker is notified, stops the job,
 * and only then is the run cancelled, so that the run in its place never runs beside it. A dead worker is not waited for
 * beyond its lease.
 */
import type { Fragment, ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { readRun, RUN_ENDED, type RunRow } from './runs.ts'

/** Told with the id of a run that is to end. */
export const RUN_CANCELLED = 'runs_cancelled'

export const SUPERSEDED: Translated = {
  en: 'Cancelled: a newer run of the job takes its place.',
  pt: 'Cancelada: uma execução mais nova do job toma o lugar dela.',
}

/**
 * CTEs that ask the runs that `which` names to end; `cancelled` is the last of them. A statement does not see the
 * rows that it adds itself, so one that queues a run cancels only older ones.
 */
export function cancelling(sql: ISql, which: Fragment, { en, pt }: Translated): Fragment {
  const now_over = sql`(runs.state = 'queued' or runs.lease_until < now())`
  return sql`
    cancelled as (
      update runs set
        cancel_requested_at = coalesce(cancel_requested_at, now()), cancel_reason = coalesce(cancel_reason, ${en}),
        cancel_reason_pt = case when cancel_reason is null then ${pt} else cancel_reason_pt end,
        state = case when ${now_over} then 'cancelled' else state end,
        finished_at = case when ${now_over} then now() end,
        error = case when ${now_over} then coalesce(cancel_reason, ${en}) else error end,
        error_pt = case when not ${now_over} then error_pt when cancel_reason is null then ${pt} else cancel_reason_pt end,
        worker = case when ${now_over} then null else worker end,
        lease_until = case when ${now_over} then null else lease_until end
      where runs.state in ('queued', 'running') and (cancel_requested_at is null or lease_until < now()) and (${which})
      returning id, job, slot, attempt, state, cancel_reason, cancel_reason_pt,
        pg_notify(case state when 'running' then ${RUN_CANCELLED} else ${RUN_ENDED} end, id::text)
    ), cancelled_attempts as (
      update run_attempts a set state = 'cancelled', finished_at = now(), error = c.cancel_reason, error_pt = c.cancel_reason_pt
      from cancelled c
      where c.state = 'cancelled' and a.run_id = c.id and a.attempt = c.attempt and a.state = 'running'
    ), cancelled_slots as (
      update slots s set state = 'cancelled'
      from cancelled c
      where c.state = 'cancelled' and c.attempt = 0 and s.run_id = c.id and s.job = c.job and s.slot = c.slot
        and s.state in ('queued', 'caught_up')
    )`
}

/** Which runs give way to a new one of a job whose overlap is cancel_previous: all but those that a backfill queued. */
export function superseded(sql: ISql, jobs: Fragment): Fragment {
  // State by state, as there is an index for each, and as an array, which is looked up id by id whatever the planner
  // believes of the table: a job may have a long history.
  return sql`runs.id = any(array(
    select active.id from jobs j cross join lateral (
      select id, trigger from runs where job = j.name and state = 'queued'
      union all
      select id, trigger from runs where job = j.name and state = 'running'
    ) active
    where j.overlap = 'cancel_previous' and active.trigger <> 'backfill' and j.name in (${jobs})))`
}

/**
 * Cancels a run: `cancelled` in the row it returns when it waited, else `cancel_requested_at`, and its worker ends it.
 * Cancelling again changes nothing. Throws AppError run_not_found, or run_ended for one that ended otherwise.
 */
export async function cancelRun(sql: ISql, id: string, reason: Translated): Promise<RunRow> {
  await sql`with ${cancelling(sql, sql`runs.id = ${id}`, reason)} select`
  const run = await readRun(sql, id)
  if (run.state === 'succeeded' || run.state === 'failed')
    throw new AppError('conflict', 'run_ended', {
      en: `Run ${id} is over (${run.state}); there is nothing to cancel.`,
      pt: `A execução ${id} já terminou (${run.state}); não há o que cancelar.`,
    })
  return run
}
