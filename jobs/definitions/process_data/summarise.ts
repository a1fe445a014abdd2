/** Sums up the catalogue: items, stock and its value, in all and by material, kind and supplier, and the items to reorder. */
import { formatMoney, type Money } from './money.ts'
import type { CatalogueItem } from './read-export.ts'

export interface Totals {
  items: number
  stock: number
  /** Decimal strings by currency; currencies are never added up. */
  stock_value: Record<string, string>
  /** Items at or below their reorder level. */
  low_stock: number
}

export interface Group extends Totals {
  /** null: items that name no supplier. */
  name: string | null
}

export interface LowItem {
  sku: string
  name: string
  supplier: string | null
  stock: number
  reorder_level: number
}

export interface Summary extends Totals {
  by_material: Group[]
  by_kind: Group[]
  by_supplier: Group[]
  /** At most MOST_LOW, the furthest below its reorder level first. */
  low_stock_items: LowItem[]
}

/** Nobody reads a longer list; `low_stock` counts them all. */
const MOST_LOW = 1000

interface Sums {
  items: number
  stock: number
  value: Map<string, Money>
  low: number
}

export async function summarise(batches: AsyncIterable<CatalogueItem[]>): Promise<Summary> {
  const total = newSums()
  const groups = { material: new Map(), kind: new Map(), supplier: new Map() } as Groups
  const low: LowItem[] = []
  for await (const batch of batches)
    for (const item of batch) {
      const value = item.unit_cost * BigInt(item.stock)
      add(total, item, value)
      for (const by of ['material', 'kind', 'supplier'] as const) add(sumsOf(groups[by], item[by]), item, value)
      if (isLow(item)) keepLowest(low, item)
    }
  return {
    ...totals(total),
    by_material: sorted(groups.material),
    by_kind: sorted(groups.kind),
    by_supplier: sorted(groups.supplier),
    low_stock_items: low.toSorted(byShortage).slice(0, MOST_LOW),
  }
}

type Groups = Record<'material' | 'kind' | 'supplier', Map<string | null, Sums>>

const newSums = (): Sums => ({ items: 0, stock: 0, value: new Map(), low: 0 })

function sumsOf(groups: Map<string | null, Sums>, name: string | null): Sums {
  const known = groups.get(name)
  if (known) return known
  const fresh = newSums()
  groups.set(name, fresh)
  return fresh
}

function add(sums: Sums, item: CatalogueItem, value: Money): void {
  sums.items++
  sums.stock += item.stock
  sums.value.set(item.currency, (sums.value.get(item.currency) ?? 0n) + value)
  if (isLow(item)) sums.low++
}

const isLow = (item: CatalogueItem) => item.stock <= item.reorder_level

/** By the share of the reorder level in stock, then by sku: the same list for the same catalogue. */
function byShortage(a: LowItem, b: LowItem): number {
  return share(a) - share(b) || b.reorder_level - a.reorder_level || (a.sku < b.sku ? -1 : 1)
}

const share = (item: LowItem) => (item.reorder_level === 0 ? 1 : item.stock / item.reorder_level)

/** Adds an item, and cuts the list now and then, so that it never holds a whole large catalogue. */
function keepLowest(low: LowItem[], { sku, name, supplier, stock, reorder_level }: CatalogueItem): void {
  low.push({ sku, name, supplier, stock, reorder_level })
  if (low.length >= 4 * MOST_LOW) low.sort(byShortage).splice(MOST_LOW)
}

function sorted(groups: Map<string | null, Sums>): Group[] {
  return [...groups]
    .map(([name, sums]) => ({ name, ...totals(sums) }))
    .toSorted((a, b) => b.items - a.items || String(a.name).localeCompare(String(b.name), 'pt-BR'))
}

function totals({ items, stock, value, low }: Sums): Totals {
  const currencies = [...value].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const stock_value = Object.fromEntries(currencies.map(([currency, money]) => [currency, formatMoney(money)]))
  return { items, stock, stock_value, low_stock: low }
}
