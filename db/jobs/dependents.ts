/**
 * Jobs that run after others. After one job: each of its successes queues one run, in the transaction that ends it. After
 * several: a run is queued when each of them has succeeded for one slot, or for slots that are no further apart than
 * `after_window_s`; a run that was triggered by hand has no slot, and counts only for jobs that come after it alone.
 *
 * Such a run takes the slot of the run that it follows, the last one's of several, and an empty conf; its dedupe key names
 * that run, so that however often this is asked, there is one. It waits for its turn where the overlap rule would skip it: no
 * success is passed over. A paused job is not started, nor later; one whose file is gone is not started either.
 */
import type { ISql } from 'postgres'
import { cancelling, superseded, SUPERSEDED } from './cancel-runs.ts'
import { RUN_QUEUED } from './runs.ts'

interface Due {
  job: string
  slot: Date | null
  follows: string
}

/** Queues the runs that follow runs that succeeded; hand it the transaction that ended them. */
export async function queueDependents(tx: ISql, succeeded: Array<{ run_id: string }>): Promise<void> {
  const ids = succeeded.map(({ run_id }) => run_id)
  const due = [...(await afterOne(tx, ids)), ...(await afterSeveral(tx, ids))]
  if (due.length === 0) return
  const runs = due.map((run) => ({ ...run, id: Bun.randomUUIDv7() }))
  await tx`
    with due as (
      select * from jsonb_to_recordset(${tx.json(runs as never)}) as d(id uuid, job text, slot timestamptz, follows text)
    ), ${cancelling(tx, superseded(tx, tx`select job from due`), SUPERSEDED)}
    insert into runs (id, job, slot, trigger, dedupe_key)
    select id, job, slot, 'after', 'after:' || follows from due order by job
    on conflict do nothing
    returning pg_notify(${RUN_QUEUED}, job)`
}

function afterOne(tx: ISql, ids: string[]): Promise<Due[]> {
  return tx<Due[]>`
    select j.name as job, r.id as follows,
      case when not exists (select from runs other where other.job = j.name and other.slot = r.slot) then r.slot end as slot
    from runs r join jobs j on j.after = array[r.job]
    where r.id = any(${ids}::uuid[]) and j.paused_at is null and j.gone_at is null`
}

async function afterSeveral(tx: ISql, ids: string[]): Promise<Due[]> {
  // In turn: of two that succeed at the same moment, the second sees the first.
  const waiting = await tx`
    select pg_advisory_xact_lock(hashtextextended('after ' || name, 0)) from (
      select distinct j.name from runs r join jobs j on r.job = any(j.after) and cardinality(j.after) > 1
      where r.id = any(${ids}::uuid[]) and r.slot is not null and j.paused_at is null and j.gone_at is null
      order by j.name
    ) followers`
  if (waiting.length === 0) return []
  return tx<Due[]>`
    select j.name as job, (array_agg(r.id order by r.slot desc, r.id))[1] as follows, last.slot
    from runs r
    join jobs j on r.job = any(j.after) and cardinality(j.after) > 1
    cross join lateral (
      -- The nearest success of each, this one's included.
      select count(*) as jobs, max(near.slot) as slot, min(near.slot) as first
      from unnest(j.after) p(job)
      cross join lateral (
        select slot from runs
        where job = p.job and state = 'succeeded'
          and slot between r.slot - make_interval(secs => j.after_window_s) and r.slot + make_interval(secs => j.after_window_s)
        order by abs(extract(epoch from slot - r.slot)) limit 1
      ) near
    ) last
    where r.id = any(${ids}::uuid[]) and r.slot is not null and j.paused_at is null and j.gone_at is null
      and last.jobs = cardinality(j.after) and last.slot - last.first <= make_interval(secs => j.after_window_s)
      and not exists (
        select from runs f where f.job = j.name
          and f.slot between last.slot - make_interval(secs => j.after_window_s) and last.slot + make_interval(secs => j.after_window_s))
    group by j.name, last.slot`
}
