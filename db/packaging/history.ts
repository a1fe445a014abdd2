/** What the audit tells of one item: each change with its author, and the item as it was when somebody deleted it. */
import type { Sql } from 'postgres'
import { auditing, type Actor, type AuditRow } from '../audit/audit.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { notFound, skuTaken } from './catalogue.ts'
import { itemJson, PACKAGING_FIELDS, readPackaging, type PackagingItem } from './packaging.ts'

/** The sort values of a change; the time is text with all its digits. */
export type ChangeKeyset = Record<'at' | 'id', string>
export type ItemChange = Pick<AuditRow, 'id' | 'at' | 'actor_name' | 'api_key_id' | 'action' | 'details'>

/** Newest first; also of a deleted item. An import is one entry for its file, and has none here. */
export async function listChanges(
  sql: Sql,
  item_id: string,
  { limit, after }: PageRequest<ChangeKeyset>,
): Promise<Page<ItemChange, ChangeKeyset>> {
  const rows = await sql<Array<ItemChange & { exact_at: string }>>`
    select id, at, actor_name, api_key_id, action, details, at::text as exact_at
    from audit where ${ofItem(sql, item_id)}
      ${after ? sql`and (at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by at desc, id desc limit ${limit + 1}`
  const { rows: page, last } = pageOf(rows, limit, ({ exact_at: at, id }) => ({ at, id }))
  return { rows: page.map(({ exact_at: _, ...row }) => row), last }
}

/**
 * Brings a deleted item back as it was, with its id, under the version after its last; one that is there stays as it is. Throws AppError
 * packaging_not_found, or sku_taken where another item has its sku by now.
 */
export async function restoreItem(sql: Sql, id: string, actor: Actor): Promise<PackagingItem> {
  const fields = sql.unsafe(PACKAGING_FIELDS.join(', '))
  const [item] = await sql<PackagingItem[]>`
    with gone as (
      select details -> 'before' as item from audit
      where ${ofItem(sql, id)} and action = 'packaging.deleted' order by at desc, id desc limit 1
    ), restored as (
      insert into packaging (id, ${fields}, version, created_at, updated_at)
      select was.id, ${sql.unsafe(PACKAGING_FIELDS.map((field) => `was.${field}`).join(', '))}, was.version + 1, was.created_at,
        clock_timestamp()
      from gone, jsonb_populate_record(null::packaging, gone.item) was
      on conflict do nothing returning id, sku, version, ${itemJson(sql)} as json
    ), audited as (${auditing(sql, 'packaging.restored', [{ row_id: id, actor }], {
      changed: sql`restored`,
      target: sql`changed.sku`,
      details: sql`jsonb_build_object('id', changed.id, 'after', changed.json::jsonb)`,
    })})
    select id, version, json from restored`
  return item ?? (await readPackaging(sql, id)) ?? (await refuseRestore(sql, id))
}

async function refuseRestore(sql: Sql, id: string): Promise<never> {
  const [gone] = await sql<{ sku: string }[]>`
    select target as sku from audit where ${ofItem(sql, id)} and action = 'packaging.deleted' order by at desc, id desc limit 1`
  throw gone ? skuTaken(gone.sku) : notFound(id)
}

/** As the index audit_of_item has it. */
const ofItem = (sql: Sql, id: string) => sql`action like 'packaging.%' and details ->> 'id' = ${id}`
