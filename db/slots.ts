/**
 * The slots table: every scheduled time of a job is accounted for here, whatever became of it.
 *
 * Any number of schedulers may plan the same slots; the one that moves the job's `scheduled_until` from the value it
 * planned with records them. All of that is one statement, so that no lock outlives a scheduler that stops half-way.
 */
import type { Sql } from 'postgres'
import type { SLOT_STATES } from './schema/jobs.ts'

export type SlotState = (typeof SLOT_STATES)[number]

export interface SlotPlan {
  job: string
  /** What `scheduled_until` and paused were when this was planned. */
  planned_from: Date
  planned_paused: boolean
  /** What `scheduled_until` becomes. */
  until: Date
  /** In order of time. */
  slots: PlannedSlot[]
}

export interface PlannedSlot {
  slot: Date
  /** The last of `count` slots that share this row; null for a single one. */
  slot_until: Date | null
  count: number
  /** `queued` and `caught_up` make a run; the others only say why there is none. */
  state: SlotState
  run_id: string | null
  /** Becomes `skipped` when a run of the job is queued or running. */
  unless_active: boolean
}

/** Records the plans that nobody else recorded first, queues their runs and wakes the workers; how many were queued. */
export async function recordSlots(sql: Sql, plans: SlotPlan[]): Promise<number> {
  const taking = plans.map((p) => ({
    job: p.job,
    planned_from: p.planned_from,
    planned_paused: p.planned_paused,
    until: p.until,
  }))
  const planned = plans.flatMap((p) => p.slots.map((slot, at) => ({ ...slot, job: p.job, first: at === 0 })))
  const [row] = await sql<{ queued: number }[]>`
    with plan as (
      select * from jsonb_to_recordset(${sql.json(taking as never)})
        as p(job text, planned_from timestamptz, planned_paused boolean, until timestamptz)
    ), free as (
      select p.job, p.until from plan p
      join jobs j on j.name = p.job and j.scheduled_until = p.planned_from
        and (j.paused_at is not null) = p.planned_paused
      order by j.name
      for no key update of j skip locked
    ), taken as (
      update jobs set scheduled_until = free.until from free where jobs.name = free.job returning jobs.name
    ), planned as (
      select p.* from jsonb_to_recordset(${sql.json(planned as never)})
        as p(job text, slot timestamptz, slot_until timestamptz, count int, state text, run_id uuid,
             unless_active boolean, first boolean)
      join taken on taken.name = p.job
    ), queued as (
      insert into runs (id, job, slot, trigger)
      select run_id, job, slot, 'schedule' from planned p
      where run_id is not null and not (unless_active and exists (
        select 1 from runs where runs.job = p.job and runs.state in ('queued', 'running')))
      on conflict (job, slot) do nothing
      returning id
    ), newest as (
      select taken.name as job, s.slot, s.state from taken
      cross join lateral (select slot, state from slots where slots.job = taken.name order by slot desc limit 1) s
    ), outcome as (
      select p.*, case when run_id is not null and q.id is null then 'skipped' else p.state end as became
      from planned p left join queued q on q.id = p.run_id
    ), recorded as (
      -- What goes on as the newest row ended lengthens that row: by taking its key, and so meeting it as a conflict.
      insert into slots (job, slot, slot_until, count, state, run_id)
      select o.job, coalesce(n.slot, o.slot), case when n.slot is null then o.slot_until else coalesce(o.slot_until, o.slot) end,
             o.count, o.became, case when o.became in ('queued', 'caught_up') then o.run_id end
      from outcome o
      left join newest n on n.job = o.job and o.first and n.state = o.became
        and o.became in ('missed', 'skipped', 'paused')
      on conflict (job, slot) do update set slot_until = excluded.slot_until, count = slots.count + excluded.count
        where slots.state = excluded.state and excluded.state in ('missed', 'skipped', 'paused')
    )
    select count(*)::int as queued, case when count(*) > 0 then pg_notify('runs_queued', '')::text end from queued`
  return row!.queued
}

export interface SlotRow {
  job: string
  slot: Date
  slot_until: Date | null
  count: number
  state: SlotState
  run_id: string | null
  recorded_at: Date
}

/** The newest slots of a job, newest first. */
export function listSlots(sql: Sql, job: string, limit: number): Promise<SlotRow[]> {
  return sql<SlotRow[]>`select * from slots where job = ${job} order by slot desc limit ${limit}`
}
