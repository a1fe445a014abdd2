/**
 * How attempts end. All that ended at the same time is written in one transaction, together with what follows from it
 * (`followEnds`): all of that is recorded, or none. Every end is fenced by its attempt; a run that was asked to end
 * (cancel-runs.ts) ends as cancelled, however its attempt did.
 */
import type { Fragment, ISql, JSONValue, Sql } from 'postgres'
import { observeEnds } from './observe-ends.ts'
import type { Text } from '../../lib/texts.ts'
import { queueDependents } from './dependents.ts'
import { RUN_ENDED, RUN_QUEUED, type EndedAttempt, type HeldAttempt } from './runs.ts'

export type AttemptEnd = HeldAttempt &
  (
    | { state: 'succeeded'; result: JSONValue }
    /** An error of the job's own code is a string. `retry_in_s` null: the run has failed for good. */
    | { state: 'failed'; error: Text; retry_in_s: number | null }
    | { state: 'handed_back' }
    /** Only of a run that was asked to end. */
    | { state: 'cancelled' }
  )

/** Writes the ends of those that still hold their run; the others are left out of the answer and changed nothing. */
export function endAttempts(sql: Sql, ends: AttemptEnd[]): Promise<EndedAttempt[]> {
  return sql.begin(async (tx) => {
    const ended = await writeEnds(tx, ends)
    await followEnds(tx, ended)
    return ended
  }) as Promise<EndedAttempt[]>
}

/**
 * Observes the ends of attempts and queues the dependents, in the transaction that writes the ends: a statement or two for
 * all of them, and none where nothing can follow. Giving up and cancelling runs call it, too.
 */
export async function followEnds(tx: ISql, ended: EndedAttempt[]): Promise<void> {
  await observeEnds(tx, ended)
  const followed = ended.filter(({ run_state, is_followed }) => run_state === 'succeeded' && is_followed)
  if (followed.length > 0) await queueDependents(tx, followed)
}

function writeEnds(tx: ISql, ends: AttemptEnd[]): Promise<EndedAttempt[]> {
  const rows = ends.map((end) => ({
    run_id: end.run_id,
    attempt: end.attempt,
    state: end.state,
    result: end.state === 'succeeded' ? end.result : null,
    ...(end.state === 'failed' && errorColumns(end.error)),
    retry_in_s: end.state === 'failed' ? end.retry_in_s : end.state === 'handed_back' ? 0 : null,
  }))
  return tx<EndedAttempt[]>`
    with ending as (
      select * from jsonb_to_recordset(${tx.json(rows as never)})
        as e(run_id uuid, attempt int, state text, result jsonb, error text, error_pt text, retry_in_s float8)
    ), mine as (
      -- In one order, so that this and a heartbeat cannot lock each other out. Looked up one by one: as a join, each was
      -- compared with every run at work, and two hundred ends took 20 ms longer.
      select e.*, r.to_end, r.cancel_reason, r.cancel_reason_pt, e.retry_in_s is not null and not r.to_end as again
      from (select * from ending order by run_id) e
      cross join lateral (
        select attempt, state, cancel_requested_at is not null as to_end, cancel_reason, cancel_reason_pt
        from runs where id = e.run_id offset 0 for no key update
      ) r
      where r.attempt = e.attempt and r.state = 'running'
    ), ended as (
      update runs set worker = null, lease_until = null,
        result = case when not m.to_end then nullif(m.result, 'null') end,
        state = case when m.to_end then 'cancelled' when m.again then 'queued' else m.state end,
        failures = failures + case when m.state = 'failed' and not m.to_end then 1 else 0 end,
        error = case when m.to_end then m.cancel_reason when m.state = 'handed_back' then runs.error else m.error end,
        error_pt = case when m.to_end then m.cancel_reason_pt when m.state = 'handed_back' then runs.error_pt else m.error_pt end,
        available_at = case when m.again then now() + make_interval(secs => m.retry_in_s) else available_at end,
        finished_at = case when not m.again then now() end
      from mine m where runs.id = m.run_id
      returning m.run_id, m.attempt, case when m.to_end then 'cancelled' else m.state end as state,
        case when m.to_end then m.cancel_reason else m.error end as error,
        case when m.to_end then m.cancel_reason_pt else m.error_pt end as error_pt, runs.job, runs.state as run_state, runs.trigger, runs.slot,
        runs.failures, runs.pool
    ), attempts as (
      update run_attempts a set state = ended.state, finished_at = now(), error = ended.error, error_pt = ended.error_pt
      from ended where a.run_id = ended.run_id and a.attempt = ended.attempt
    )
    select run_id, attempt, job, run_state, trigger, slot, error, error_pt, failures,
      job in (select unnest(after) from jobs) as is_followed,
      pg_notify(case run_state when 'queued' then ${RUN_QUEUED} else ${RUN_ENDED} end,
        case run_state when 'queued' then job else run_id::text end)::text as told,
      ${wakingPool(tx, tx`ended.pool`)} as woken
    from ended`
}

const errorColumns = (error: Text) => (typeof error === 'string' ? { error } : { error: error.en, error_pt: error.pt })

/** Wakes the workers for the jobs of a pool in which a place has become free; nothing where the pool is null. */
export const wakingPool = (sql: ISql, pool: Fragment): Fragment => sql`
  case when ${pool} is not null then (
    select count(pg_notify(${RUN_QUEUED}, j.name)) from jobs j
    where j.pool = ${pool} and exists (select from runs where job = j.name and state = 'queued')
  ) end`
