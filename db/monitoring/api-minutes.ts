/** The table api_minutes: how the API answered. Every API process adds what it counted; together they are the whole. */
import type { Sql } from 'postgres'
import type { api_minutes } from './table.ts'

/** Upper ends of the classes in `latencies`; one more holds what took longer. */
export const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000, 30_000]

export type MinuteCounts = typeof api_minutes.$inferSelect

/** Adds to what other processes have counted in these minutes. */
export async function addApiMinutes(sql: Sql, minutes: MinuteCounts[]): Promise<void> {
  const rows = minutes.toSorted((a, b) => a.minute.getTime() - b.minute.getTime())
  await sql`
    insert into api_minutes as kept (minute, answers, errors, latencies)
    select minute, answers, errors, latencies from jsonb_to_recordset(${sql.json(rows as never)})
      as m(minute timestamptz, answers bigint, errors bigint, latencies bigint[])
    on conflict (minute) do update set
      answers = kept.answers + excluded.answers, errors = kept.errors + excluded.errors,
      latencies = array(
        select coalesce(a, 0) + coalesce(b, 0)
        from unnest(kept.latencies, excluded.latencies) with ordinality as both_of(a, b, place) order by place)`
}

/** Deletes at most `limit` minutes older than `days`; how many. */
export async function deleteOldMinutes(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from api_minutes where minute in (
      select minute from api_minutes where minute < now() - make_interval(days => ${days}) order by minute limit ${limit}
    )`
  return count
}
