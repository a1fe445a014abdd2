/** The chart that its owner asked for: the labels and measures that the sheet `chart` names, in the kind that it names. */
import { Refusal } from '../refusal.ts'
import type { Column, NumberColumn, Table } from '../table/table.ts'
import { isNamed, type ChartSettings, type Wish } from '../workbook/chart-sheet.ts'
import { asNames, type Label } from './choose-label.ts'
import type { ColumnKinds, Measure } from './column-kinds.ts'
import type { Draft } from './draft.ts'
import { isLevel } from './words.ts'

export function wishedLabel(table: Table, { x, name }: ChartSettings): Label | undefined {
  if (!x) return undefined
  const column = columnOf(table, x, name)
  if (column.kind === 'date') return { kind: 'times', column }
  return column.kind === 'number' ? { kind: 'numbers', column } : asNames(column)
}

export function wishedKinds(table: Table, kinds: ColumnKinds, { y, name }: ChartSettings): ColumnKinds {
  if (y.length === 0) return kinds
  const measures = y.map((wish): Measure => {
    const column = columnOf(table, wish, name)
    if (column.kind !== 'number')
      throw new Refusal('chart_column_without_numbers', { sheet: name, cell: wish.cell, column: wish.text })
    const known = kinds.measures.find((measure) => measure.column === column)
    return known ?? { column, score: 0, method: isMean(column) ? 'mean' : 'sum' }
  })
  return { ...kinds, measures, unmeasured: [], chosen: true }
}

const isMean = (column: NumberColumn) => column.unit.kind === 'percent' || isLevel(column.header)

function columnOf(table: Table, wish: Wish, sheet: string): Column {
  const column = table.columns.find(({ header }) => isNamed(header, wish))
  return (
    column ??
    unknownColumn(
      wish,
      sheet,
      table.columns.map(({ header }) => header),
    )
  )
}

const MOST_NAMED = 12

export function unknownColumn({ text, cell }: Wish, sheet: string, headers: string[]): never {
  const columns = headers.filter(Boolean).slice(0, MOST_NAMED).join(', ')
  throw new Refusal('chart_column_unknown', { sheet, cell, column: text, columns })
}

/** Names along a line keep the sheet's order. */
export function inKind(draft: Draft, settings: ChartSettings | undefined): Draft {
  const kind = settings?.kind
  if (!kind || kind === draft.shape) return draft
  if (kind === 'bars' || draft.ordered) return { ...draft, shape: kind }
  return { ...draft, shape: kind, ordered: true, ranks: new Map(draft.points.map(({ label }, at) => [label, at])) }
}
