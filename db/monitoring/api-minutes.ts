/** The table api_minutes: how the API answered. Every API process adds what it counted; together they are the whole. */
import type { Sql } from 'postgres'
import type { api_minutes } from './table.ts'

/** Each class of latencies ends a fifth above the one before: its middle is within 10 % of all that is in it. */
const GROWTH = 1.2
const FIRST_MS = 0.1
/** Upper ends of the classes in `latencies`, from 0.1 ms to 35 s; one more holds what took longer. */
export const LATENCY_BOUNDS_MS = Array.from({ length: 71 }, (_, place) => FIRST_MS * GROWTH ** place)

/** The place in `latencies` of an answer that took so long. */
export function latencyClass(ms: number): number {
  const place = Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH))
  return Math.min(Math.max(place, 0), LATENCY_BOUNDS_MS.length)
}

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
