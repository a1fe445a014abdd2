/** Deletes old history of monitors: each function at most `limit` rows, and returns how many. */
import type { Sql } from 'postgres'

export async function deleteOldMonitorHours(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from monitor_hours where (monitor, hour) in (
      select monitor, hour from monitor_hours where hour < now() - make_interval(days => ${days}) order by hour limit ${limit}
    )`
  return count
}

export async function deleteOldMonitorEvents(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from monitor_events where id in (
      select id from monitor_events where at < now() - make_interval(days => ${days}) order by at limit ${limit}
    )`
  return count
}

/** Monitors that have been gone for so long, once their history is gone, too. */
export async function deleteGoneMonitors(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from monitors where name in (
      select name from monitors m where gone_at < now() - make_interval(days => ${days})
        and not exists (select from monitor_hours where monitor = m.name)
        and not exists (select from monitor_events where monitor = m.name)
      limit ${limit} for update skip locked
    )`
  return count
}
