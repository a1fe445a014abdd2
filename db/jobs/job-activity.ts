/** What the runs of many jobs came to lately, and how many of each wait and run now: one statement for a page of jobs. */
import type { ISql } from 'postgres'
import type { RunState } from './runs.ts'

export interface RecentRun {
  id: string
  state: RunState
  /** ISO 8601; when it started, or while it waits, when it was queued. */
  at: string
  /** Until now while it runs; null while it waits. */
  took_ms: number | null
}

export interface JobActivity {
  queued: number
  running: number
  /** Newest first. */
  recent: RecentRun[]
}

/** By the job's name. `count`: of the newest runs of each. */
export async function jobActivity(sql: ISql, names: string[], count: number): Promise<Map<string, JobActivity>> {
  const rows = await sql<(JobActivity & { name: string })[]>`
    select j.name, coalesce(r.recent, '[]') as recent,
      (select count(*)::int from runs where job = j.name and state = 'queued') as queued,
      (select count(*)::int from runs where job = j.name and state = 'running') as running
    from unnest(${names}::text[]) j(name)
    cross join lateral (
      select json_agg(json_build_object('id', id, 'state', state, 'at', at, 'took_ms', took_ms)) as recent from (
        select id, state,
          to_char(coalesce(started_at, queued_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
          case when started_at is not null and state <> 'queued' then
            round(1000 * greatest(0, extract(epoch from coalesce(finished_at, now()) - started_at)))::float8 end as took_ms
        from runs where job = j.name order by id desc limit ${count}
      ) newest
    ) r`
  return new Map(rows.map(({ name, ...activity }) => [name, activity]))
}
