/** The tables of one sheet beside the one that is drawn: blocks of one shape under titles of their own join it, others are named. */
import type { ChartTexts } from '../texts.ts'
import { areCompared, haveOneShape } from './sheet-series.ts'
import type { FoundTable } from './table.ts'
import { rangeOf } from './type-columns.ts'

const MOST_BLOCKS = 12
const SMALLEST_ROWS = 2

const titleOf = ({ titles }: FoundTable) => titles.at(-1)

/** With the blocks that go with it, in reading order. `tables`: of the workbook. */
export function withBlocks(table: FoundTable, tables: FoundTable[]): FoundTable {
  if (table.alike || titleOf(table) === undefined) return table
  const alike = tables.filter((other) => other !== table && other.sheet === table.sheet && haveOneShape(other, table))
  if (alike.length === 0 || alike.length >= MOST_BLOCKS) return table
  const blocks = alike.filter((other) => areCompared(other, table))
  const names = [table, ...blocks].map(titleOf)
  if (blocks.length === 0 || names.includes(undefined)) return table
  if (new Set(names).size < names.length) return table
  const asBlock = (one: FoundTable): FoundTable => ({ ...one, titles: one.titles.slice(0, -1), block: titleOf(one)! })
  const inOrder = blocks.toSorted((a, b) => a.top - b.top || a.columns[0]! - b.columns[0]!)
  return { ...asBlock(table), alike: inOrder.map(asBlock) }
}

/** By their titles, or by where they are. */
export function otherTables(table: FoundTable, tables: FoundTable[], texts: ChartTexts, most: number): string[] {
  const placeOf = ({ sheet, top, columns }: FoundTable) => `${top} ${columns[0]} ${sheet.name}`
  const drawn = [table, ...(table.alike ?? [])].map(placeOf)
  const isOther = (one: FoundTable) =>
    one.sheet === table.sheet && one.body.length >= SMALLEST_ROWS && !drawn.includes(placeOf(one))
  return [...tables.values().filter(isOther).take(most)]
    .toSorted((a, b) => a.top - b.top || a.columns[0]! - b.columns[0]!)
    .map((one) =>
      one.titles.length > 0 && titleOf(one) !== titleOf(table) ? titleOf(one)! : texts.table_at(rangeOf(one)),
    )
}
