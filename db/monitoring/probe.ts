/**
 * The tables probe_samples and probe_disks. A tick is the database's clock rounded down to the interval; the replica
 * that inserts its row first takes it, so that any number of them make one sample, and a sample that stays unfinished says so.
 */
import type { ISql, Sql } from 'postgres'
import type { probe_samples } from './table.ts'

type Row = typeof probe_samples.$inferSelect

export const PROBE_EVERY_S = 15
/** NOTIFY when a sample is whole. */
export const PROBE_SAMPLED = 'doca_probe'

export interface Tick {
  tick: Date
  /** Whether this replica is the one to look. */
  mine: boolean
  /** Until the next tick, by the database's clock. */
  next_in_ms: number
}

/** Takes the tick that it is now, unless another replica has. */
export async function takeTick(sql: Sql, replica: string): Promise<Tick> {
  const [row] = await sql<Tick[]>`
    with now as (
      select to_timestamp(floor(extract(epoch from clock_timestamp()) / ${PROBE_EVERY_S}) * ${PROBE_EVERY_S}) as tick
    ), taken as (
      insert into probe_samples (tick, replica) select tick, ${replica} from now on conflict do nothing returning tick
    )
    select tick, exists (select from taken) as mine,
      ceil(extract(epoch from tick + make_interval(secs => ${PROBE_EVERY_S}) - clock_timestamp()) * 1000)::int as next_in_ms
    from now`
  return row!
}

/** The findings of one look at the system, null where an engine did not tell. See table.ts. */
export interface Sample extends Omit<Row, 'tick' | 'replica' | 'finished_at' | 'api_up' | 'oldest_input'> {
  api_up: boolean
  oldest_input: InputKind | null
}

export type InputKind = 'events' | 'people' | 'workbooks' | 'messages'

/** Fills the tick's row in; false when it is not this replica's, or filled in already. */
export async function saveSample(sql: ISql, tick: Date, replica: string, sample: Sample): Promise<boolean> {
  const { count } = await sql`
    update probe_samples set finished_at = clock_timestamp(), api_up = ${sample.api_up}, api_status = ${sample.api_status},
      api_latency_ms = ${sample.api_latency_ms}, roles = ${sample.roles && sql.json(sample.roles)},
      sql_latency_ms = ${sample.sql_latency_ms}, cache_latency_ms = ${sample.cache_latency_ms},
      disk_free_share = ${sample.disk_free_share}, queue_dead = ${sample.queue_dead}, stream_lag = ${sample.stream_lag},
      stream_ends = ${sample.stream_ends && sql.json(sample.stream_ends)},
      stream_committed = ${sample.stream_committed && sql.json(sample.stream_committed)},
      stream_waited_s = ${sample.stream_waited_s && sql.json(sample.stream_waited_s)},
      oldest_input_age_s = ${sample.oldest_input_age_s}, oldest_input = ${sample.oldest_input}
    where tick = ${tick} and replica = ${replica} and finished_at is null`
  if (count === 1) await sql`select pg_notify(${PROBE_SAMPLED}, '')`
  return count === 1
}

/** The probe's findings in a stretch of time, null where there are none. */
export interface ProbeSummary extends Pick<
  Row,
  'disk_free_share' | 'queue_dead' | 'stream_lag' | 'oldest_input_age_s'
> {
  samples: number
  api_up: number
  api_latency_ms: { mean: number; max: number } | null
  cache_answered: number
}

/** The finished samples of the last `seconds`: how many, how they were, and the worst of each figure. */
export async function summariseSamples(sql: Sql, seconds: number): Promise<ProbeSummary> {
  const [row] = await sql<Array<ProbeSummary & { mean: number | null; max: number | null }>>`
    select count(*)::int as samples, count(*) filter (where api_up)::int as api_up,
      avg(api_latency_ms) as mean, max(api_latency_ms) as max,
      count(cache_latency_ms)::int as cache_answered, min(disk_free_share) as disk_free_share,
      max(queue_dead) as queue_dead, max(stream_lag) as stream_lag, max(oldest_input_age_s) as oldest_input_age_s
    from probe_samples where finished_at is not null and tick > now() - make_interval(secs => ${seconds})`
  const { mean, max, ...summary } = row!
  return { ...summary, api_latency_ms: mean === null || max === null ? null : { mean, max } }
}

/** Notes the disk of a machine, at most once a tick; true when this call did. */
export async function noteDisk(sql: ISql, host: string, free_bytes: number, size_bytes: number): Promise<boolean> {
  const { count } = await sql`
    insert into probe_disks as d (host, free_bytes, size_bytes) values (${host}, ${free_bytes}, ${size_bytes})
    on conflict (host) do update set free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes, measured_at = now()
      where d.measured_at < now() - make_interval(secs => ${PROBE_EVERY_S - 2})`
  return count === 1
}

/** Forgets machines on which no replica has run for `seconds`, and names them. */
export async function forgetDisks(sql: ISql, seconds: number): Promise<string[]> {
  const gone = await sql<{ host: string }[]>`
    delete from probe_disks where measured_at < now() - make_interval(secs => ${seconds}) returning host`
  return gone.map(({ host }) => host)
}

/** Deletes at most `limit` samples older than `days`; how many. */
export async function deleteOldSamples(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from probe_samples where tick in (
      select tick from probe_samples where tick < now() - make_interval(days => ${days}) order by tick limit ${limit}
    )`
  return count
}

/** After the database's clock has gone back: nothing is measured ahead of it, and nothing waits for it. */
export async function withdrawMeasured(sql: ISql): Promise<void> {
  await sql`delete from probe_samples where tick > now()`
  await sql`update probe_disks set measured_at = 'epoch' where measured_at > now()`
}
