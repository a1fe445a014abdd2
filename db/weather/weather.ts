/** The weather table: one row for each place and time of observation. */
import type { Sql } from 'postgres'
import type { weather } from './table.ts'

export type Observation = Omit<typeof weather.$inferSelect, 'read_at'>

/** Writes observations; the same one again replaces the first. */
export async function saveWeather(sql: Sql, observations: Observation[]): Promise<void> {
  const rows = observations.toSorted((a, b) => (a.place < b.place ? -1 : 1))
  await sql`
    insert into weather (place, observed_at, temperature_c, wind_kmh, condition, humidity_percent, visibility_km)
    select place, observed_at, temperature_c, wind_kmh, condition, humidity_percent, visibility_km
    from jsonb_to_recordset(${sql.json(rows as never)}) as o(place text, observed_at timestamptz, temperature_c float8,
      wind_kmh float8, condition text, humidity_percent float8, visibility_km float8)
    on conflict (place, observed_at) do update set
      temperature_c = excluded.temperature_c, wind_kmh = excluded.wind_kmh, condition = excluded.condition,
      humidity_percent = excluded.humidity_percent, visibility_km = excluded.visibility_km, read_at = now()`
}

/** Everything observed on a day in UTC, YYYY-MM-DD, in order of time. */
export async function weatherOf(sql: Sql, day: string): Promise<Observation[]> {
  const rows = await sql<Observation[]>`
    select place, observed_at, temperature_c, wind_kmh, condition, humidity_percent, visibility_km from weather
    where observed_at >= ${`${day}T00:00:00Z`}::timestamptz and observed_at < ${`${day}T00:00:00Z`}::timestamptz + interval '24 hours'
    order by observed_at, place`
  return [...rows]
}
