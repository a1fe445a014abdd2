/**
 * An import goes into a temporary table first and from there into the catalogue in one statement, ordered by sku:
 * row locks are held only for that statement, and two imports at once cannot deadlock.
 */
import type { TransactionSql } from 'postgres'
import { DECIMALS } from '../limits.ts'
import { PACKAGING_FIELDS, type PackagingField, type PackagingValues } from '../packaging.ts'

/** A row to import; `id` becomes the item's if its sku is new. */
export type ImportRow = PackagingValues & { id: string }

export interface ImportCounts {
  created: number
  updated: number
  unchanged: number
}

/** An item that an import would create (`before` null) or change: the fields of the file, or those that differ. */
export interface ImportChange {
  sku: string
  name: string
  before: Partial<PackagingValues> | null
  after: Partial<PackagingValues>
}
/** New items, and as many changed ones, that a dry run shows. */
export const MOST_SHOWN = 100

const FIELDS = PACKAGING_FIELDS.join(', ')

/** Call first; the table vanishes with the transaction. */
export async function openImport(sql: TransactionSql): Promise<void> {
  // Longer than other statements may take, and another import that merges is waited for.
  await sql`select set_config('statement_timeout', '60s', true), set_config('lock_timeout', '60s', true)`
  await sql`create temporary table packaging_import on commit drop as
    select id, ${sql.unsafe(FIELDS)} from packaging where false`
}

/** `rows`: a JSON list of ImportRow. */
export async function stageImport(sql: TransactionSql, rows: string): Promise<void> {
  await sql`insert into packaging_import
    select * from json_populate_recordset(null::packaging_import, ${rows}::text::json)`
}

/** What mergeImport would do; takes no locks that a writer would wait for. */
export async function countImport(sql: TransactionSql, fields: PackagingField[]): Promise<ImportCounts> {
  const of = (table: string) => sql.unsafe(fields.map((field) => `${table}.${field}`).join(', '))
  const [counts] = await sql<ImportCounts[]>`
    select count(*) filter (where p.id is null) as created,
      count(*) filter (where p.id is not null and is_changed) as updated,
      count(*) filter (where p.id is not null and not is_changed) as unchanged
    from packaging_import i left join packaging p on p.sku = i.sku,
      lateral (select (${of('p')}) is distinct from (${of('i')}) as is_changed) compared`
  return counts!
}

/** The first items that mergeImport would create or change, by sku. */
export async function showImport(sql: TransactionSql, fields: PackagingField[]): Promise<ImportChange[]> {
  const of = (table: string) => sql.unsafe(fields.map((field) => `${table}.${field}`).join(', '))
  const object = (table: string) =>
    sql.unsafe(`jsonb_build_object(${fields.map((field) => `'${field}', ${table}.${field}`).join(', ')})`)
  const rows = await sql<Array<{ sku: string; name: string; before: Json | null; after: Json }>>`
    (select i.sku, i.name, null::jsonb as before, ${object('i')} as after
     from packaging_import i left join packaging p on p.sku = i.sku where p.id is null order by i.sku limit ${MOST_SHOWN})
    union all
    (select i.sku, p.name, ${object('p')}, ${object('i')}
     from packaging_import i join packaging p on p.sku = i.sku
     where (${of('p')}) is distinct from (${of('i')}) order by i.sku limit ${MOST_SHOWN})`
  return rows.map(({ sku, name, before, after }) => {
    const differing = fields.filter((field) => !before || !Bun.deepEquals(before[field], after[field]))
    return { sku, name, before: before && partOf(before, differing), after: partOf(after, differing) }
  })
}

type Json = Record<string, unknown>

/** Decimals as texts, as an item has them: 14 digits are exact as a number. */
const partOf = (values: Json, fields: PackagingField[]): Partial<PackagingValues> =>
  Object.fromEntries(
    fields.map((field) => {
      const value = values[field]
      return [field, field in DECIMALS && typeof value === 'number' ? String(value) : value]
    }),
  )

/**
 * Creates what is new by sku, and sets `fields` (those that the file has) of what is there, unless they are equal. Each row
 * has a time of its own: a client that asks for what changed after its newest item must not get a whole import again.
 */
export async function mergeImport(sql: TransactionSql, fields: PackagingField[]): Promise<ImportCounts> {
  const each = (text: (field: string) => string) => sql.unsafe(fields.map(text).join(', '))
  const [counts] = await sql<ImportCounts[]>`
    with written as (
      insert into packaging as p (id, ${sql.unsafe(FIELDS)}, created_at, updated_at)
      select id, ${sql.unsafe(FIELDS)}, now.at, now.at
      from packaging_import i, lateral (select clock_timestamp() as at where i.id is not null) now order by sku
      on conflict (sku) do update
        set ${each((field) => `${field} = excluded.${field}`)}, version = p.version + 1, updated_at = excluded.updated_at
        where (${each((field) => `p.${field}`)}) is distinct from (${each((field) => `excluded.${field}`)})
      -- A row that this statement made has no xmax yet; one that it changed was locked and has.
      returning xmax = 0 as created
    )
    select count(*) filter (where created) as created, count(*) filter (where not created) as updated,
      (select count(*) from packaging_import) - count(*) as unchanged
    from written`
  return counts!
}
