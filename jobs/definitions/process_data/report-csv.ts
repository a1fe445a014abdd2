/** The summary as CSV: a row for each group and currency, then one for each item to reorder. */
import { csvRow } from '../../../lib/csv.ts'
import type { Group, Summary } from './summarise.ts'

const HEADER = ['group', 'name', 'items', 'stock', 'low_stock', 'currency', 'stock_value', 'reorder_level']

export function reportCsv(summary: Summary): string {
  const lines = [
    HEADER,
    ...rowsOf('total', [{ ...summary, name: null }]),
    ...rowsOf('material', summary.by_material),
    ...rowsOf('kind', summary.by_kind),
    ...rowsOf('supplier', summary.by_supplier),
    ...summary.low_stock_items.map(({ sku, stock, reorder_level }) => [
      'reorder',
      sku,
      1,
      stock,
      1,
      '',
      '',
      reorder_level,
    ]),
  ]
  return lines.map((line) => csvRow(line)).join('')
}

/** items, stock and low_stock are the whole group's, whatever the currency. */
function rowsOf(group: string, groups: Group[]): Array<Array<string | number>> {
  return groups.flatMap(({ name, items, stock, low_stock, stock_value }) => {
    const values = Object.entries(stock_value)
    return (values.length > 0 ? values : [['', '']]).map(([currency, value]) => [
      group,
      name ?? '',
      items,
      stock,
      low_stock,
      currency!,
      value!,
      '',
    ])
  })
}
