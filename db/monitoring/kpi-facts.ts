/** The figures that KPIs are computed from, for a stretch of time that ends now; each function is one statement. */
import type { Sql } from 'postgres'
import { LATENCY_BOUNDS_MS, type MinuteCounts } from './api-minutes.ts'
import { PROBE_EVERY_S } from './probe.ts'

export interface Stretch {
  from: Date
  to: Date
}

/** The last `hours`, by the database's clock, and cut to whole ticks of the probe; the running tick is not in it. */
export async function stretchOf(sql: Sql, hours: number): Promise<Stretch> {
  const [row] = await sql<Stretch[]>`
    select tick - make_interval(hours => ${hours}) as from, tick as to
    from (select to_timestamp(floor(extract(epoch from now()) / ${PROBE_EVERY_S}) * ${PROBE_EVERY_S}) as tick) t`
  return row!
}

export interface ProbeFacts {
  /** The first tick that the probe has on record; null: it has never run. */
  first: Date | null
  up: number
  down: number
  oldest_input_age_s: number | null
  /** Samples that told of waiting inputs. */
  fresh_samples: number
}

export async function probeFacts(sql: Sql, { from, to }: Stretch): Promise<ProbeFacts> {
  const [row] = await sql<ProbeFacts[]>`
    select (select min(tick) from probe_samples) as first,
      count(*) filter (where api_up)::int as up, count(*) filter (where not api_up)::int as down,
      max(oldest_input_age_s) as oldest_input_age_s, count(oldest_input_age_s)::int as fresh_samples
    from probe_samples where tick >= ${from} and tick < ${to}`
  return row!
}

/** `latencies`: see LATENCY_BOUNDS_MS. */
export type AnswerFacts = Omit<MinuteCounts, 'minute'>

/** Of the minutes that began in the stretch, or just after it: what was counted now is to be seen now. */
export async function answerFacts(sql: Sql, { from, to }: Stretch): Promise<AnswerFacts> {
  const rows = await sql<{ place: number; answers: number; errors: number; count: number }[]>`
    with kept as (select * from api_minutes where minute >= ${from} and minute < ${to} + interval '1 minute'),
      total as (select coalesce(sum(answers), 0)::float8 as answers, coalesce(sum(errors), 0)::float8 as errors from kept)
    select total.*, place::int, sum(coalesce(count, 0))::float8 as count
    from total cross join generate_series(1, ${LATENCY_BOUNDS_MS.length + 1}) as place
    left join (
      select c.count, c.place from kept, unnest(latencies) with ordinality as c(count, place)
      -- A minute of a version with other classes tells nothing of latency.
      where cardinality(latencies) = ${LATENCY_BOUNDS_MS.length + 1}
    ) c using (place)
    group by total.answers, total.errors, place order by place`
  return { answers: rows[0]!.answers, errors: rows[0]!.errors, latencies: rows.map(({ count }) => count) }
}

/** Runs that ended in the stretch; one that was cancelled is neither. */
export async function runFacts(sql: Sql, { from, to }: Stretch): Promise<{ succeeded: number; failed: number }> {
  const [row] = await sql<{ succeeded: number; failed: number }[]>`
    select count(*) filter (where state = 'succeeded')::int as succeeded,
      count(*) filter (where state = 'failed')::int as failed
    from runs where finished_at >= ${from} and finished_at < ${to} + make_interval(secs => ${PROBE_EVERY_S})`
  return row!
}

export interface AlertFacts {
  fired: number
  /** Those that nobody has acknowledged yet and that are not over. */
  open: number
  /** From firing to the acknowledgement or the end, whichever came first; for those still open, until now. */
  mean_response_s: number | null
}

/** Of the alerts that fired in the stretch. */
export async function alertFacts(sql: Sql, { from, to }: Stretch): Promise<AlertFacts> {
  const [row] = await sql<AlertFacts[]>`
    with answered as (
      select fired_at, least(acknowledged_at, resolved_at) as at from alerts
      where fired_at >= ${from} and fired_at < ${to} and opened_at < ${to}
    )
    select count(*)::int as fired, count(*) filter (where at is null)::int as open,
      avg(extract(epoch from coalesce(at, greatest(${to}, fired_at)) - fired_at))::float8 as mean_response_s
    from answered`
  return row!
}
