/**
 * Names the rows of a table whose rows become lines: where the label repeats, as `SP` in `UF | Município`, by the column that tells
 * every row from every other, else by two or three columns together.
 */
import type { Table, TextColumn } from '../table/table.ts'
import { asNames, namesCode, type Label } from './choose-label.ts'
import { countDistinct } from './group-rows.ts'

const MOST_JOINED = 3
/** Names stand on the left; every pair of many columns would take long. */
const MOST_TRIED = 6
/** Of more, most are drawn as one line anyway. */
const MOST_ROWS = 10_000

/** The label itself where no columns tell the rows apart. */
export function nameRows(table: Table, label: Label): Label {
  if (label.kind !== 'names' || table.rows > MOST_ROWS || countDistinct(label.column.values) === table.rows)
    return label
  const texts = table.columns.filter((column): column is TextColumn => column.kind === 'text')
  const names = texts.filter((column) => column === label.column || !namesCode(column)).slice(0, MOST_TRIED)
  const tells = (column: TextColumn) => countDistinct(column.values) === table.rows
  const found =
    names.find(tells) ??
    names.flatMap((one, at) => names.slice(at + 1).map((other) => joined([one, other]))).find(tells) ??
    [joined(names.slice(0, MOST_JOINED))].find(tells) ??
    texts.map((code) => joined([label.column, code])).find(tells)
  return found ? asNames(found) : label
}

function joined(columns: TextColumn[]): TextColumn {
  const [first] = columns
  const values = first!.values.map((_, row) => columns.flatMap(({ values: all }) => all[row] ?? []).join(' / '))
  return { kind: 'text', index: first!.index, header: columns.map(({ header }) => header).join(' / '), values }
}
