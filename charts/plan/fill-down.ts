/** A name written once above the rows that it stands for, as a pivot table does, counts for each of them. */
import type { Table, TextColumn } from '../table/table.ts'
import { countDistinct } from './group-rows.ts'

export function fillDown(table: Table): Table {
  const [first, second] = table.columns
  if (first?.kind !== 'text' || second?.kind !== 'text' || !leads(first, second)) return table
  let name = first.values[0]!
  const values = first.values.map((value) => (name = value ?? name))
  return { ...table, columns: table.columns.map((column) => (column === first ? { ...first, values } : column)) }
}

/** Each name once, over several rows that the second column tells apart. */
function leads({ values }: TextColumn, { values: names }: TextColumn): boolean {
  const known = values.filter((value) => value !== null)
  if (values[0] === null || known.length === values.length || known.length * 3 > values.length * 2) return false
  if (known.length < 2 || countDistinct(known) < known.length || names.includes(null)) return false
  let block = new Set<string>()
  return names.every((name, row) => {
    if (values[row] !== null) block = new Set()
    const isNew = !block.has(name!)
    block.add(name!)
    return isNew
  })
}
