import type { Sql } from 'postgres'
import type { packaging } from './table.ts'

/** The part of an item that an event is enriched with. */
export type PackagingFacts = Pick<
  typeof packaging.$inferSelect,
  'id' | 'sku' | 'name' | 'material' | 'kind' | 'supplier' | 'unit_cost' | 'currency'
>

/** The items of these skus, in one query. */
export async function packagingBySku(sql: Sql, skus: string[]): Promise<Map<string, PackagingFacts>> {
  const rows = await sql<PackagingFacts[]>`
    select id, sku, name, material, kind, supplier, unit_cost, currency
    from packaging where sku = any(${skus}::text[])`
  return new Map(rows.map((row) => [row.sku, row]))
}
