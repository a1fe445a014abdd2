/**
 * The figures that KPIs are computed from, for a stretch of time that ends now, cut into `points` of equal length; what is counted
 * just after the end belongs to the last. Each function is one statement, and answers in order of time.
 */
import type { PendingQuery, Row, Sql } from 'postgres'
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

/** Which of the points a time of the stretch belongs to, from 0. */
const pointOf = (sql: Sql, { from, to }: Stretch, points: number, at: PendingQuery<Row[]>) => sql`
  -- Multiplied first: a quotient is rounded, and a time at an edge would fall into the part before.
  least(${points - 1}, floor(extract(epoch from ${at} - ${from}::timestamptz) * ${points}
    / extract(epoch from ${to}::timestamptz - ${from}::timestamptz)))::int`

/** A point for each number from 0; `nothing` where no row has it. */
const spread = <T extends object>(rows: ReadonlyArray<T & { point: number }>, points: number, nothing: T): T[] => {
  const found = new Map(rows.map(({ point, ...facts }) => [point, facts as unknown as T]))
  return Array.from({ length: points }, (_, point) => found.get(point) ?? nothing)
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

export async function probeFacts(sql: Sql, stretch: Stretch, points: number): Promise<ProbeFacts[]> {
  const rows = await sql<(ProbeFacts & { point: number | null })[]>`
    select point, first, count(*) filter (where api_up)::int as up, count(*) filter (where not api_up)::int as down,
      max(oldest_input_age_s) as oldest_input_age_s, count(oldest_input_age_s)::int as fresh_samples
    from (select min(tick) as first from probe_samples) known
    left join lateral (
      select ${pointOf(sql, stretch, points, sql`tick`)} as point, * from probe_samples
      where tick >= ${stretch.from} and tick < ${stretch.to}
    ) sampled on true
    group by point, first`
  const { first } = rows[0]!
  const known = rows.filter((row): row is ProbeFacts & { point: number } => row.point !== null)
  return spread(known, points, { first, up: 0, down: 0, oldest_input_age_s: null, fresh_samples: 0 })
}

/** `latencies`: see LATENCY_BOUNDS_MS. */
export type AnswerFacts = Omit<MinuteCounts, 'minute'>

/** Of the minutes that began in the stretch, or just after it: what was counted now is to be seen now. */
export async function answerFacts(sql: Sql, stretch: Stretch, points: number): Promise<AnswerFacts[]> {
  const rows = await sql<(AnswerFacts & { point: number })[]>`
    with kept as materialized (
      select ${pointOf(sql, stretch, points, sql`minute`)} as point, * from api_minutes
      where minute >= ${stretch.from} and minute < ${stretch.to} + interval '1 minute'
    ), classes as (
      select point, array_agg(count order by place) as latencies from (
        select point, place, sum(coalesce(c.count, 0))::float8 as count
        from kept, unnest(latencies) with ordinality as c(count, place)
        -- A minute of a version with other classes tells nothing of latency.
        where cardinality(latencies) = ${LATENCY_BOUNDS_MS.length + 1}
        group by point, place
      ) sums group by point
    )
    select point, total.answers, total.errors, coalesce(latencies, '{}') as latencies
    from (
      select point, sum(answers)::float8 as answers, sum(errors)::float8 as errors from kept group by point
    ) total
    left join classes using (point)`
  return spread(rows, points, { answers: 0, errors: 0, latencies: [] })
}

export interface RunFacts {
  succeeded: number
  failed: number
}

/** Runs that ended in the stretch; one that was cancelled is neither. */
export async function runFacts(sql: Sql, stretch: Stretch, points: number): Promise<RunFacts[]> {
  const rows = await sql<(RunFacts & { point: number })[]>`
    select ${pointOf(sql, stretch, points, sql`finished_at`)} as point,
      count(*) filter (where state = 'succeeded')::int as succeeded,
      count(*) filter (where state = 'failed')::int as failed
    from runs where finished_at >= ${stretch.from} and finished_at < ${stretch.to} + make_interval(secs => ${PROBE_EVERY_S})
    group by point`
  return spread(rows, points, { succeeded: 0, failed: 0 })
}

export interface AlertFacts {
  fired: number
  /** Those that nobody has acknowledged yet and that are not over. */
  open: number
  /** From firing to the acknowledgement or the end, whichever came first; for those still open, until now. */
  mean_response_s: number | null
}

/** Of the alerts that fired in the stretch. */
export async function alertFacts(sql: Sql, stretch: Stretch, points: number): Promise<AlertFacts[]> {
  const { from, to } = stretch
  const rows = await sql<(AlertFacts & { point: number })[]>`
    with answered as (
      select ${pointOf(sql, stretch, points, sql`fired_at`)} as point, fired_at,
        least(acknowledged_at, resolved_at) as at
      from alerts where fired_at >= ${from} and fired_at < ${to} and opened_at < ${to}
    )
    select point, count(*)::int as fired, count(*) filter (where at is null)::int as open,
      avg(extract(epoch from coalesce(at, greatest(${to}, fired_at)) - fired_at))::float8 as mean_response_s
    from answered group by point`
  return spread(rows, points, { fired: 0, open: 0, mean_response_s: null })
}
