/**
 * The packaging catalogue's queries. Items leave as JSON text that PostgreSQL made: the API passes it on unparsed,
 * which is what makes reads fast.
 */
import type { Fragment, Sql } from 'postgres'
import { auditing, differences, type Act, type Actor } from '../audit/audit.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { holdsWords } from '../engines/postgres/search.ts'
import type { packaging } from './table.ts'

type Row = typeof packaging.$inferSelect

/** The fields that a person fills in, in the order of an exported file's columns. */
export const PACKAGING_FIELDS = [
  'sku',
  'name',
  'material',
  'kind',
  'length_mm',
  'width_mm',
  'height_mm',
  'weight_g',
  'capacity_ml',
  'unit_cost',
  'currency',
  'supplier',
  'stock',
  'reorder_level',
  'recyclable',
  'tags',
] as const
export type PackagingField = (typeof PACKAGING_FIELDS)[number]
export type PackagingValues = Pick<Row, PackagingField>

export type RequiredField = 'sku' | 'name' | 'material' | 'kind' | 'unit_cost' | 'currency'
/** The fields that may be left out. */
export const DEFAULTS: Omit<PackagingValues, RequiredField> = {
  length_mm: null,
  width_mm: null,
  height_mm: null,
  weight_g: null,
  capacity_ml: null,
  supplier: null,
  stock: 0,
  reorder_level: 0,
  recyclable: false,
  tags: [],
}

export interface PackagingItem extends Pick<Row, 'id' | 'version'> {
  /** The item as the API answers it. */
  json: string
}

export interface PackagingFilters {
  sku?: string | undefined
  material?: Row['material'] | undefined
  recyclable?: boolean | undefined
  /** true: stock at or below the reorder level. */
  low_stock?: boolean | undefined
  /** Items that changed after it. */
  updated_after?: Date | undefined
  /** Items that changed before it; see changes.ts. */
  updated_before?: string | undefined
  /** Words that the sku, name, supplier and tags contain; case and accents do not matter. */
  q?: string | undefined
}

/** The orders of a list: each a key's expression and the type that its text form is read as. */
const SORT_KEYS = {
  sku: ['sku', 'text'],
  name: ['fold_text(name)', 'text'],
  material: ['material', 'text'],
  kind: ['fold_text(kind)', 'text'],
  unit_cost: ['unit_cost', 'numeric'],
  stock: ['stock', 'integer'],
  created_at: ['created_at', 'timestamptz'],
  updated_at: ['updated_at', 'timestamptz'],
} as const
export type PackagingSort = keyof typeof SORT_KEYS
export const PACKAGING_SORTS = Object.keys(SORT_KEYS) as PackagingSort[]

export interface PackagingOrder {
  sort: PackagingSort
  descending: boolean
}

/** The sort key of an item as text, and its id. */
export type PackagingKeyset = Record<'value' | 'id', string>

/** Items in order. */
export async function listPackaging(
  sql: Sql,
  filters: PackagingFilters,
  { sort, descending }: PackagingOrder,
  { limit, after }: PageRequest<PackagingKeyset>,
): Promise<Page<string, PackagingKeyset>> {
  const [expression, type] = SORT_KEYS[sort]
  const key = sql.unsafe(expression)
  const direction = sql.unsafe(descending ? 'desc' : 'asc')
  // Through text: postgres.js would cut a time to milliseconds.
  const rest = after
    ? sql`and (${key}, id) ${sql.unsafe(descending ? '<' : '>')}
              (${after.value}::text::${sql.unsafe(type)}, ${after.id}::uuid)`
    : sql``
  const found = await sql<{ id: string; value: string; json: string }[]>`
    select id, (${key})::text as value, ${itemJson(sql)} as json
    from packaging where ${matching(sql, filters)} ${rest}
    order by ${key} ${direction}, id ${direction} limit ${limit + 1}`
  const { rows, last } = pageOf(found, limit, ({ value, id }) => ({ value, id }))
  return { rows: rows.map(({ json }) => json), last }
}

/** Moves with every committed write; equal epochs mean equal catalogues. */
export async function packagingEpoch(sql: Sql): Promise<number> {
  const [row] = await sql<{ epoch: number }[]>`select sum(writes)::bigint as epoch from packaging_epochs`
  return row!.epoch
}

export async function readPackaging(sql: Sql, id: string): Promise<PackagingItem | undefined> {
  const [item] = await sql<PackagingItem[]>`
    select id, version, ${itemJson(sql)} as json from packaging where id = ${id}`
  return item
}

/** By id, in small letters. */
export async function readSeveral(sql: Sql, ids: string[]): Promise<Map<string, PackagingItem>> {
  const items = await sql<PackagingItem[]>`
    select id, version, ${itemJson(sql)} as json from packaging where id = any(${ids}::uuid[])`
  return new Map(items.map((item) => [item.id, item]))
}

/** The part of an item that an event is enriched with. */
export type PackagingFacts = Pick<
  Row,
  'id' | 'sku' | 'name' | 'material' | 'kind' | 'supplier' | 'unit_cost' | 'currency'
>

/** The items of these skus, and the epoch of the catalogue that has them, in one statement. */
export async function packagingBySku(
  sql: Sql,
  skus: string[],
): Promise<{ epoch: number; items: Map<string, PackagingFacts> }> {
  type Found = { epoch: number } & ({ [K in keyof PackagingFacts]: PackagingFacts[K] } | { id: null })
  const rows = await sql<Found[]>`
    select epoch, p.id, sku, name, material, kind, supplier, unit_cost, currency
    from (select coalesce(sum(writes), 0)::bigint as epoch from packaging_epochs) now
      left join packaging p on sku = any(${skus}::text[])`
  const items = rows.flatMap((row) => {
    if (row.id === null) return []
    const { epoch: _, ...facts } = row
    return [[facts.sku, facts] as const]
  })
  return { epoch: rows[0]!.epoch, items: new Map(items) }
}

export interface NewPackaging {
  id: string
  values: PackagingValues
  actor: Actor
}

/** undefined when another item has the sku. */
export const insertPackaging = async (sql: Sql, item: NewPackaging): Promise<PackagingItem | undefined> =>
  (await insertSeveral(sql, [item])).get(item.id)

/** By id; one whose sku another item has, or an earlier one of these, is not there. */
export async function insertSeveral(sql: Sql, items: NewPackaging[]): Promise<Map<string, PackagingItem>> {
  const rows = JSON.stringify(items.map(({ id, values }) => ({ id, ...values })))
  // In the order of an import's, so that none waits in a circle for another's skus.
  const fields = sql.unsafe(PACKAGING_FIELDS.join(', '))
  const acts = items.map(({ id: row_id, actor }) => ({ row_id, actor }))
  const made = await sql<PackagingItem[]>`
    with created as (
      insert into packaging (id, ${fields}, created_at, updated_at)
      select id, ${fields}, now.at, now.at
      from json_populate_recordset(null::packaging, ${rows}::text::json), (select clock_timestamp() as at) now order by sku
      on conflict (sku) do nothing returning id, sku, version, ${itemJson(sql)} as json
    ), audited as (${auditing(sql, 'packaging.created', acts, {
      changed: sql`created`,
      target: sql`changed.sku`,
      // As text: jsonb_build_object takes twice as long.
      details: sql`('{"id":"' || changed.id || '","after":' || changed.json || '}')::jsonb`,
    })})
    select id, version, json from created`
  return new Map(made.map((item) => [item.id, item]))
}

/** Replaces the item if it still has one of `versions` (undefined: any); undefined when there is no such item. */
export async function updatePackaging(
  sql: Sql,
  id: string,
  values: PackagingValues,
  actor: Actor,
  versions?: number[],
): Promise<PackagingItem | undefined> {
  const update = sql`
    update packaging set ${sql(values, [...PACKAGING_FIELDS])}, version = version + 1, updated_at = clock_timestamp()
    where id = (select id from old) ${versionIn(sql, versions)}`
  return change(sql, update, { row_id: id, actor })
}

/**
 * Changes the fields that `values` has, as updatePackaging. undefined, too, when they are as the item has them: that makes
 * no version. One text for all sets of fields, so that a connection prepares one statement.
 */
export async function patchPackaging(
  sql: Sql,
  id: string,
  values: Partial<PackagingValues>,
  actor: Actor,
  versions?: number[],
): Promise<PackagingItem | undefined> {
  const fields = sql.unsafe(PACKAGING_FIELDS.join(', '))
  const patched = sql`json_populate_record(p, ${JSON.stringify(values)}::text::json)`
  const update = sql`
    update packaging p set (${fields}) = (select ${fields} from ${patched}), version = version + 1, updated_at = clock_timestamp()
    where id = (select id from old) ${versionIn(sql, versions)} and ${patched} is distinct from p`
  return change(sql, update, { row_id: id, actor })
}

/** Makes `update`, of the item that `old` holds, with its audit row. */
async function change(sql: Sql, update: Fragment, act: Act): Promise<PackagingItem | undefined> {
  const [item] = await sql<PackagingItem[]>`
    with old as (
      select id, sku, ${itemJson(sql)} as json from packaging where id = ${act.row_id} for update
    ), written as (
      ${update} returning id, version, ${itemJson(sql)} as json
    ), changed as (
      select id, sku, ${differences(sql, sql`old.json::jsonb`, sql`written.json::jsonb`)} as fields from old join written using (id)
    ), audited as (${auditing(sql, 'packaging.changed', [act], {
      changed: sql`changed`,
      target: sql`changed.sku`,
      details: sql`jsonb_build_object('id', changed.id) || changed.fields`,
    })})
    select id, version, json from written`
  return item
}

/** Deletes the item if it still has one of `versions` (undefined: any); false when there is no such item. */
export async function deletePackaging(sql: Sql, id: string, actor: Actor, versions?: number[]): Promise<boolean> {
  const { count } = await sql`
    with deleted as (
      delete from packaging where id = ${id} ${versionIn(sql, versions)} returning id, sku, ${itemJson(sql)} as json
    ), audited as (${auditing(sql, 'packaging.deleted', [{ row_id: id, actor }], {
      changed: sql`deleted`,
      target: sql`changed.sku`,
      details: sql`jsonb_build_object('id', changed.id, 'before', changed.json::jsonb)`,
    })})
    select from deleted`
  return count === 1
}

/** Every matching item by sku, in batches: one statement, so one snapshot, and never more than a batch in memory. */
export function exportPackaging(sql: Sql, filters: PackagingFilters, batch: number): AsyncIterable<PackagingValues[]> {
  return sql<PackagingValues[]>`
    select ${sql(PACKAGING_FIELDS)} from packaging where ${matching(sql, filters)} order by sku`.cursor(batch)
}

export async function countPackaging(sql: Sql, filters: PackagingFilters = {}): Promise<number> {
  const [row] = await sql<
    { items: number }[]
  >`select count(*)::int as items from packaging where ${matching(sql, filters)}`
  return row!.items
}

/** Whether a write failed because another item has its sku. */
export function isSkuTaken(thrown: unknown): boolean {
  const { code, constraint_name } = thrown as { code?: string; constraint_name?: string }
  return code === '23505' && constraint_name === 'packaging_sku'
}

function matching(
  sql: Sql,
  { sku, material, recyclable, low_stock, updated_after, updated_before, q }: PackagingFilters,
): Fragment {
  return sql`true
    ${sku === undefined ? sql`` : sql`and sku = ${sku}`}
    ${material === undefined ? sql`` : sql`and material = ${material}`}
    ${recyclable === undefined ? sql`` : sql`and recyclable = ${recyclable}`}
    ${low_stock === undefined ? sql`` : sql`and (stock <= reorder_level) = ${low_stock}`}
    ${updated_after === undefined ? sql`` : sql`and updated_at > ${updated_after}`}
    ${updated_before === undefined ? sql`` : sql`and updated_at < ${updated_before}::text::timestamptz`}
    ${q === undefined ? sql`` : sql`and ${holdsWords(sql, 'search', q)}`}`
}

const versionIn = (sql: Sql, versions: number[] | undefined): Fragment =>
  versions ? sql`and version = any(${versions}::bigint[])` : sql``

/**
 * Decimals as text, because a JSON number would lose digits in many a reader. Made of a row: json_build_object takes
 * 1.4 times as long.
 */
export const itemJson = (sql: Sql): Fragment => sql`row_to_json((select item from (select
    id, sku, name, material, kind, length_mm::text, width_mm::text, height_mm::text, weight_g::text, capacity_ml::text,
    unit_cost::text, currency, supplier, stock, reorder_level, recyclable, tags, version,
    to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
    to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at) item))::text`
