/**
 * The pollers' statements on the charts table.
 *
 * Terminology. A claim makes one version of a workbook this poller's, as its next attempt, for the length of a lease. A
 * heartbeat renews the lease. A version whose lease ran out is claimed as its next attempt, and every write names
 * its attempt (the fence), so that a poller that was only asleep changes nothing any more.
 */
import type { ISql, Sql } from 'postgres'
import type { Translated } from '../../lib/texts.ts'
import { outputKeys } from './keys.ts'
import type { charts } from './table.ts'

type Row = typeof charts.$inferSelect

/** Notified when a chart is found, begun, finished or forgotten. */
export const CHARTS_CHANGED = 'charts_changed'
/** What it carries where there is something for the pollers to find. */
export const UPLOADS_CHANGED = 'uploads'

/** A version of the object `key`, below uploads/. */
export interface ChartSource {
  key: Row['source_key']
  version: Row['source_version']
}

/** `attempt` counts from 1; `output_key` is no other workbook's. */
export type ChartClaim = Pick<Row, 'id' | 'attempt'> & { output_key: string }

/** Of these versions, those that have been drawn or have failed for good. */
export async function finishedCharts<T extends ChartSource>(sql: Sql, sources: T[]): Promise<T[]> {
  // Their places, since the texts are here already.
  const rows = await sql<{ at: number }[]>`
    select asked.at::int as at
    from charts
    join unnest(${sources.map(({ key }) => key)}::text[], ${sources.map(({ version }) => version)}::text[])
      with ordinality as asked(key, version, at) on source_key = asked.key and source_version = asked.version
    where state in ('drawn', 'failed')`
  return rows.map(({ at }) => sources[at - 1]!)
}

/** Versions that wait for any poller: announced and not begun, or begun by one that died. */
export async function unclaimedCharts(sql: Sql, limit: number): Promise<ChartSource[]> {
  return sql<ChartSource[]>`
    select source_key as key, source_version as version from charts
    where state = 'waiting' or (state = 'drawing' and lease_until <= now()) order by id limit ${limit}`
}

/** The chart of an uploaded version, which waits for a poller unless one has found it already. Returns its id. */
export async function announceChart(sql: ISql, { key, version }: ChartSource): Promise<string> {
  const [row] = await sql<[{ id: string }]>`
    insert into charts as c (id, source_key, source_version, state, attempt)
    values (${Bun.randomUUIDv7()}, ${key}, ${version}, 'waiting', 0)
    on conflict (source_key, source_version) do update set state = c.state
    returning id, pg_notify(${CHARTS_CHANGED}, ${UPLOADS_CHANGED})`
  return row.id
}

/** Forgets a version that was replaced before it was drawn, unless a poller has claimed it. */
export async function forgetReplaced(sql: Sql, { key, version }: ChartSource): Promise<void> {
  await sql`
    delete from charts where source_key = ${key} and source_version = ${version}
      and (state = 'waiting' or (state = 'drawing' and lease_until <= now()))
    returning pg_notify(${CHARTS_CHANGED}, '')`
}

/**
 * Claims a version that nobody has claimed, or whose lease ran out; null when it is finished or held. While another
 * version of the same workbook is being drawn it waits, so that the older picture cannot come last. The chart keeps the
 * name of the version before, else it gets the first of outputKeys that no other workbook's chart has.
 */
export async function claimChart(
  sql: Sql,
  { key, version }: ChartSource,
  { worker, lease_s }: { worker: string; lease_s: number },
): Promise<ChartClaim | null> {
  const names = outputKeys(key)
  const [row] = await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${NAMES_LOCK})`
    return tx<ChartClaim[]>`
    insert into charts as c (id, source_key, source_version, state, worker, lease_until, output_key)
    select ${Bun.randomUUIDv7()}, ${key}, ${version}, 'drawing', ${worker},
      now() + make_interval(secs => ${lease_s}),
      coalesce(
        (select output_key from charts where source_key = ${key} and output_key is not null order by id desc limit 1),
        (
          select name from unnest(${names}::text[]) with ordinality as names(name, at)
          where not exists (select from charts where output_key = name and source_key <> ${key}) order by at limit 1
        ),
        ${names.at(-1)!})
    where not exists (
      select from charts
      where source_key = ${key} and source_version <> ${version} and state = 'drawing' and lease_until > now()
    )
    on conflict (source_key, source_version) do update
      set state = 'drawing', attempt = c.attempt + 1, worker = excluded.worker, lease_until = excluded.lease_until,
        output_key = coalesce(c.output_key, excluded.output_key)
      where c.state = 'waiting' or (c.state = 'drawing' and c.lease_until <= now())
    returning id, attempt, output_key, pg_notify(${CHARTS_CHANGED}, '')`
  })
  return row ? { id: row.id, attempt: row.attempt, output_key: row.output_key } : null
}

/** Of all claims: two of them could take the same name for their charts. */
const NAMES_LOCK = 0x6368_6172

/** Renews the lease; false when another has taken the chart up. */
export async function renewChart(sql: Sql, { id, attempt }: ChartClaim, lease_s: number): Promise<boolean> {
  const rows = await sql`
    update charts set lease_until = now() + make_interval(secs => ${lease_s})
    where id = ${id} and attempt = ${attempt} and state = 'drawing' returning 1`
  return rows.length > 0
}

/** Drawn, or the sentence for the workbook's owner. */
export type ChartEnd = 'drawn' | { code: string; message: Translated }

/** Writes how it ended; false when another has taken the chart up, and nothing was written. */
export async function finishChart(sql: Sql, { id, attempt }: ChartClaim, end: ChartEnd): Promise<boolean> {
  const refusal = end === 'drawn' ? undefined : end
  const rows = await sql`
    update charts set state = ${refusal ? 'failed' : 'drawn'},
      error_code = ${refusal?.code ?? null}, error = ${refusal ? sql.json({ ...refusal.message }) : null},
      worker = null, lease_until = null, finished_at = now()
    where id = ${id} and attempt = ${attempt} and state = 'drawing' returning pg_notify(${CHARTS_CHANGED}, '')`
  return rows.length > 0
}

/** Forgets a claim that came to nothing: the workbook vanished, was overwritten, or is not whole yet. */
export async function forgetChart(sql: Sql, { id, attempt }: ChartClaim): Promise<void> {
  await sql`
    delete from charts where id = ${id} and attempt = ${attempt} and state = 'drawing'
    returning pg_notify(${CHARTS_CHANGED}, '')`
}

/** Ends the lease now, so that any poller may take the chart up; `counts`: whether this attempt was one. */
export async function releaseChart(sql: Sql, { id, attempt }: ChartClaim, counts: boolean): Promise<void> {
  await sql`
    update charts set lease_until = now(), worker = null, attempt = attempt - ${counts ? 0 : 1}
    where id = ${id} and attempt = ${attempt} and state = 'drawing'`
}

/** After the database's clock has gone back: the chart of a dead poller does not wait until it is that late again. */
export async function withdrawAheadLeases(sql: ISql, longest_s: number): Promise<void> {
  await sql`
    update charts set lease_until = now() + make_interval(secs => ${longest_s})
    where state = 'drawing' and lease_until > now() + make_interval(secs => ${longest_s})`
}
