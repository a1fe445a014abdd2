/** Monitors and their history, for those who look. */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { MonitorSpec } from './spec.ts'
import type { monitor_events, monitors } from './table.ts'

type Row = typeof monitors.$inferSelect

export type MonitorRow = Omit<Row, 'kind' | 'ask'> & MonitorSpec & Uptime
export type MonitorEvent = typeof monitor_events.$inferSelect

/** In a stretch of time; null where nothing is known. */
export interface Uptime {
  uptime_percent: number | null
  latency_mean_ms: number | null
  latency_max_ms: number | null
}

const DAY_H = 24

/** By name, with the figures of the last day; or at most `limit` of those after the name `after`. */
export function listMonitors(
  sql: ISql,
  { limit, after }: { limit?: number; after?: string | undefined } = {},
): Promise<MonitorRow[]> {
  return sql`
    ${withUptime(sql)} ${after === undefined ? sql`` : sql`where m.name > ${after}`}
    order by m.name limit ${limit ?? null}` as unknown as Promise<MonitorRow[]>
}

/** Throws AppError monitor_not_found. */
export async function readMonitor(sql: ISql, name: string): Promise<MonitorRow> {
  const [row] = (await sql`${withUptime(sql)} where m.name = ${name}`) as unknown as MonitorRow[]
  if (row) return row
  throw new AppError('not_found', 'monitor_not_found', {
    en: `There is no monitor ${name}.`,
    pt: `Não existe o monitor ${name}.`,
  })
}

const withUptime = (sql: ISql) => sql`
  select m.*, u.* from monitors m cross join lateral (${uptimeSince(sql, DAY_H)}) u`

/**
 * Of a monitor that asks, what nobody observed does not count as good: its good checks speak for one interval each. Of one
 * that is pinged, the share of good outcomes. Whole hours, the first one begun.
 */
const uptimeSince = (sql: ISql, hours: number) => sql`
  select case
      when m.kind = 'push' then 100.0 * sum(good) / nullif(sum(good + failed), 0)
      else 100.0 * sum(covered_s * good / nullif(good + failed, 0)) / nullif(greatest(sum(covered_s),
        extract(epoch from now() - greatest(m.created_at,
          date_trunc('hour', now() - make_interval(hours => ${hours - 1}), 'UTC'))) - 2 * m.every_s), 0)
    end::float8 as uptime_percent,
    (sum(latency_sum_ms) / nullif(sum(latencies), 0))::float8 as latency_mean_ms,
    case when sum(latencies) > 0 then max(latency_max_ms) end as latency_max_ms
  from monitor_hours
  where monitor = m.name and hour > now() - make_interval(hours => ${hours})`

/** The figures of a monitor over the last so many hours each. */
export async function readUptimes(sql: Sql, name: string, hours: number[]): Promise<Array<Uptime & { hours: number }>> {
  return Promise.all(
    hours.map(async (one) => {
      const [row] = await sql<Uptime[]>`
        select u.* from monitors m cross join lateral (${uptimeSince(sql, one)}) u where m.name = ${name}`
      return { hours: one, ...row! }
    }),
  )
}

export interface HourRow {
  hour: Date
  good: number
  failed: number
  latency_mean_ms: number | null
  latency_max_ms: number | null
}

/** Its last hours, newest first. */
export function lastHours(sql: Sql, name: string, limit: number): Promise<HourRow[]> {
  return sql<HourRow[]>`
    select hour, good, failed, latency_sum_ms / nullif(latencies, 0) as latency_mean_ms,
      case when latencies > 0 then latency_max_ms end as latency_max_ms
    from monitor_hours where monitor = ${name} order by hour desc limit ${limit}`
}

export interface DayRow {
  from: Date
  to: Date
  good: number
  failed: number
}

/** By the monitor's name: its last days of 24 hours, the last one until now, oldest first; days without a check are left out. */
export async function lastDays(sql: Sql, names: string[], days: number): Promise<Map<string, DayRow[]>> {
  const rows = await sql<(DayRow & { monitor: string })[]>`
    select monitor, now() - make_interval(days => age + 1) as from, now() - make_interval(days => age) as to,
      sum(good)::int as good, sum(failed)::int as failed
    from (
      select monitor, good, failed, floor(greatest(0, extract(epoch from now() - hour)) / 86400)::int as age
      from monitor_hours where monitor = any(${names}) and hour > now() - make_interval(days => ${days})
    ) aged
    group by monitor, age order by monitor, age desc`
  const found = new Map<string, DayRow[]>(names.map((name) => [name, []]))
  for (const { monitor, ...day } of rows) found.get(monitor)!.push(day)
  return found
}

/** Its last changes and pings, newest first. */
export function lastEvents(sql: Sql, name: string, limit: number): Promise<MonitorEvent[]> {
  return sql<MonitorEvent[]>`select * from monitor_events where monitor = ${name} order by id desc limit ${limit}`
}
