/**
 * Jobs that run after another job: each success of that one queues one run of theirs, in the transaction that ends it.
 *
 * Such a run takes the slot of the run that it follows, and an empty conf; its dedupe key names that run, so that
 * however often this is asked, there is one. It waits for its turn where the overlap rule would skip it: no success is
 * passed over. A paused job is not started, nor later; one whose file is gone is not started either.
 */
import type { ISql } from 'postgres'
import { cancelling, superseded, SUPERSEDED } from './cancel-runs.ts'
import { RUN_QUEUED } from './runs.ts'

/** Queues the runs that follow runs that succeeded; hand it the transaction that ended them. */
export async function queueDependents(tx: ISql, succeeded: Array<{ run_id: string }>): Promise<void> {
  const due = await tx<{ job: string; slot: Date | null; follows: string }[]>`
    select j.name as job, r.id as follows,
      case when not exists (select from runs other where other.job = j.name and other.slot = r.slot) then r.slot end as slot
    from runs r
    join jobs j on j.after = r.job
    where r.id = any(${succeeded.map(({ run_id }) => run_id)}::uuid[]) and j.paused_at is null and j.gone_at is null`
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
