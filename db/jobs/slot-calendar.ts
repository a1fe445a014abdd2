/**
 * What became of a job's scheduled times, and of its other runs, by the day or the hour of the job's own clock. The outcome of a
 * slot whose run failed, runs or was cancelled is that of the run. The slots of a stretch that shares a row are spread evenly.
 */
import type { PendingQuery, Row, Sql } from 'postgres'
import { SLOT_STATES } from './table.ts'

export const OUTCOMES = [...SLOT_STATES, 'failed', 'running'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const UNITS = ['day', 'hour'] as const
export type CalendarUnit = (typeof UNITS)[number]

export interface CalendarCell {
  /** The day, or the hour, by the job's clock: 2026-11-20 or 2026-11-20T05. */
  local: string
  from: Date
  to: Date
  outcomes: Partial<Record<Outcome, number>>
  /** The newest run that failed, else the newest. */
  run_id: string | null
}

/** The last `days`, today's included; what is empty is left out. Oldest first. */
export function slotCalendar(
  sql: Sql,
  job: string,
  unit: CalendarUnit,
  days: number,
  timezone: string,
): Promise<CalendarCell[]> {
  const step = `1 ${unit}`
  const next = sql`(local + ${step}::interval)`
  /** When the clock first shows that time. PostgreSQL takes the second of two where clocks were put back. */
  const startOf = (local: PendingQuery<Row[]>) => sql`
    case when ((${local} - interval '1 hour') at time zone ${timezone} + interval '1 hour') at time zone ${timezone} = ${local}
      then (${local} - interval '1 hour') at time zone ${timezone} + interval '1 hour'
      else ${local} at time zone ${timezone} end`
  const of_run = sql`case when r.state in ('failed', 'running', 'cancelled') then r.state end`
  return sql<CalendarCell[]>`
    with since as (
      select ${startOf(sql`local`)} as at
      from (select date_trunc('day', now() at time zone ${timezone}) - make_interval(days => ${days - 1}) as local) first
    ), marks as (
      select date_trunc(${unit}, s.slot at time zone ${timezone}) as local, coalesce(${of_run}, s.state) as outcome,
        1::float8 as count, s.run_id
      from since, slots s left join runs r on r.id = s.run_id
      where s.job = ${job} and s.slot >= since.at and s.slot_until is null
      union all
      select c.local, s.state, c.last - c.first, null
      from since, slots s
      cross join lateral (
        select extract(epoch from s.slot_until - s.slot) / greatest(s.count - 1, 1) as step_s
      ) every
      cross join lateral (
        select local,
          greatest(0, ceil(extract(epoch from ${startOf(sql`local`)} - s.slot) / nullif(every.step_s, 0)))::float8 as first,
          least(s.count, ceil(extract(epoch from ${startOf(next)} - s.slot) / nullif(every.step_s, 0)))::float8 as last
        from generate_series(
          date_trunc(${unit}, greatest(s.slot, since.at) at time zone ${timezone}), s.slot_until at time zone ${timezone},
          ${step}::interval
        ) local
      ) c
      where s.job = ${job} and s.slot_until >= since.at and c.last > c.first
      union all
      select date_trunc(${unit}, r.queued_at at time zone ${timezone}),
        case r.state when 'succeeded' then 'ran' else r.state end, 1, r.id
      from since, runs r
      where r.job = ${job} and r.trigger in ('manual', 'webhook', 'after') and r.queued_at >= since.at
    ), counted as (
      select local, outcome, round(sum(count))::int as count,
        (array_agg(run_id order by run_id desc) filter (where run_id is not null))[1] as run_id
      from marks group by local, outcome
    )
    select to_char(local, ${unit === 'day' ? 'YYYY-MM-DD' : 'YYYY-MM-DD"T"HH24'}) as local,
      ${startOf(sql`local`)} as from, ${startOf(next)} as to,
      json_object_agg(outcome, count) as outcomes,
      (array_agg(run_id order by outcome = 'failed' desc, run_id desc) filter (where run_id is not null))[1] as run_id
    from counted group by counted.local order by counted.local`
}
