/** What the probe has on record of how far groups were. */
import type { Sql } from 'postgres'

/** A partition at a moment. */
export interface Reading {
  at_ms: number
  committed: number
  end: number
}

/** So far back rates are measured. */
const RATE_WINDOW_S = 300
const POINTS = 120

/** The last minutes of each partition (nameOf), oldest first, and the database's clock. */
export async function recentReadings(sql: Sql): Promise<{ now_ms: number; readings: Map<string, Reading[]> }> {
  const [row] = await sql<
    [
      {
        now_ms: number
        samples: Array<{ at_ms: number; ends: Record<string, number>; committed: Record<string, number> }>
      },
    ]
  >`
    select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms, coalesce((
      select json_agg(json_build_object('at_ms', extract(epoch from tick)::float8 * 1000, 'ends', stream_ends,
        'committed', stream_committed) order by tick)
      from probe_samples
      where stream_committed is not null and tick > now() - make_interval(secs => ${RATE_WINDOW_S})
    ), '[]') as samples`
  const readings = new Map<string, Reading[]>()
  for (const { at_ms, ends, committed } of row.samples)
    for (const name in committed) {
      const known = readings.get(name) ?? []
      readings.set(name, known)
      known.push({ at_ms, committed: committed[name]!, end: ends[name]! })
    }
  return { now_ms: row.now_ms, readings }
}

export interface LagPoint {
  at: Date
  lag: number
  waited_s: number | null
}

/**
 * The worst of each part of the last `hours`, oldest first, by `group topic`; parts that nobody observed are left out. A day of twelve
 * partitions takes 0.1 to 0.5 s, an hour some milliseconds.
 */
export async function lagSeries(sql: Sql, hours: number): Promise<Map<string, LagPoint[]>> {
  const step_s = (hours * 3600) / POINTS
  const rows = await sql<Array<LagPoint & { reader: string }>>`
    with partitions as (
      select s.tick, e.key as name, greatest(0, e.value::bigint - (s.stream_committed ->> e.key)::bigint) as lag,
        (s.stream_waited_s ->> e.key)::float8 as waited_s
      from probe_samples s cross join lateral jsonb_each_text(s.stream_ends) e
      where s.stream_committed ? e.key
        and s.tick >= to_timestamp((floor(extract(epoch from now()) / ${step_s}::float8) - ${POINTS - 1}) * ${step_s}::float8)
    ), readers as (
      select tick, regexp_replace(name, '/[0-9]+$', '') as reader, sum(lag)::float8 as lag, max(waited_s) as waited_s
      from partitions group by tick, reader
    )
    select reader, to_timestamp(floor(extract(epoch from tick) / ${step_s}::float8) * ${step_s}::float8) as at,
      max(lag) as lag, max(waited_s) as waited_s
    from readers group by reader, 2 order by reader, 2`
  const series = new Map<string, LagPoint[]>()
  for (const { reader, ...point } of rows) {
    const known = series.get(reader) ?? []
    series.set(reader, known)
    known.push(point)
  }
  return series
}
