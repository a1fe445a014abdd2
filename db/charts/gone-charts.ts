/**
 * Charts whose workbook is gone. Their newest version is claimed as if it were drawn, so that a workbook of the same name that
 * comes meanwhile is drawn after the files of the old one are removed, and not before.
 */
import type { ISql, Sql } from 'postgres'
import { CHARTS_CHANGED, type ChartClaim, type ChartSource } from './claim-charts.ts'

/** Every workbook that has a chart, with its newest version. */
export async function* knownSources(sql: Sql, batch: number): AsyncGenerator<ChartSource> {
  let after = ''
  for (;;) {
    const sources = await sql<ChartSource[]>`
      select source_key as key, (array_agg(source_version order by id desc))[1] as version
      from charts where source_key > ${after} group by source_key order by source_key limit ${batch}`
    yield* sources
    if (sources.length < batch) return
    after = sources.at(-1)!.key
  }
}

/** The newest name of its files; whether any version was finished; the seconds since the newest was found. */
export async function goneChart(sql: Sql, key: string) {
  const [row] = await sql<[{ output_key: string | null; is_finished: boolean; age_s: number }]>`
    select (array_agg(output_key order by id desc) filter (where output_key is not null))[1] as output_key,
      coalesce(bool_or(state in ('drawn', 'failed')), false) as is_finished,
      coalesce(extract(epoch from now() - max(found_at))::float8, 0) as age_s
    from charts where source_key = ${key}`
  return row
}

/** `output_key`: null where the files of its chart are those of another workbook, or were never written. */
export type GoneClaim = Omit<ChartClaim, 'output_key'> & { output_key: string | null }

/** Claims the chart of a workbook that is gone; null where a version of it is being drawn or a newer one is known. */
export async function claimGoneChart(
  sql: Sql,
  { key, version }: ChartSource,
  { worker, lease_s }: { worker: string; lease_s: number },
): Promise<GoneClaim | null> {
  const [row] = await sql<GoneClaim[]>`
    update charts set state = 'drawing', attempt = attempt + 1, worker = ${worker},
      lease_until = now() + make_interval(secs => ${lease_s})
    where id = (select id from charts where source_key = ${key} order by id desc limit 1) and source_version = ${version}
      and not exists (select from charts where source_key = ${key} and state = 'drawing' and lease_until > now())
    returning id, attempt, (
      select name from (
        select output_key as name from charts where source_key = ${key} and output_key is not null order by id desc limit 1
      ) as own
      where not exists (select from charts where output_key = name and source_key <> ${key})
    ) as output_key`
  return row ?? null
}

/** Forgets every version of the workbook up to the one claimed; false when another has claimed it since. */
export async function forgetGoneChart(sql: ISql, key: string, { id, attempt }: GoneClaim): Promise<boolean> {
  const rows = await sql`
    delete from charts where source_key = ${key} and id <= ${id}
      and exists (select from charts where id = ${id} and attempt = ${attempt} and state = 'drawing')
    returning pg_notify(${CHARTS_CHANGED}, '')`
  return rows.length > 0
}
