/**
 * What a workbook itself says about its tables, which counts before any guess: Excel tables with their totals row, names that
 * people gave to whole tables, and the row of headers that a filter, printed pages or frozen panes tell.
 */
import {
  indexFrom,
  indexOfRow,
  type CellRange,
  type ExcelTable,
  type Row,
  type Sheet,
} from '../../lib/spreadsheet/cells.ts'
import { cellKind, filledColumns, isValue } from './cell-kind.ts'
import type { FoundTable } from './table.ts'
import { countsIn, headerOf, isHeaderRow, upperHeaderRows } from './header.ts'
import { titlesAbove } from './titles.ts'

const SMALLEST_ROWS = 2

export function declaredTables(sheet: Sheet): FoundTable[] {
  const excel = (sheet.says?.tables ?? []).flatMap((table) => excelTable(sheet, table) ?? [])
  const named = (sheet.says?.named_ranges ?? []).flatMap(({ range }) => namedTable(sheet, range) ?? [])
  // Two names for one table, or a name for an Excel table.
  const first = (table: FoundTable, at: number, all: FoundTable[]) =>
    !all.slice(0, at).some((other) => meet(table, other))
  return [...excel, ...named].filter(first)
}

function excelTable(sheet: Sheet, { range, header_rows, totals_rows, columns }: ExcelTable): FoundTable | undefined {
  const inside = { ...range, top: range.top + header_rows, bottom: range.bottom - totals_rows }
  const names = (column: number) => {
    const name = columns[column - range.left] ?? ''
    return /^(column|coluna|columna|spalte|colonne)\s?\d+$/i.test(name) || name === '' ? [] : [name]
  }
  return tableIn(sheet, inside, header_rows > 0 ? range.top + header_rows - 1 : undefined, names)
}

/** A name counts where it covers a header and all columns beside one another: names for parts serve formulas. */
function namedTable(sheet: Sheet, range: CellRange): FoundTable | undefined {
  const at = indexOfRow(sheet.rows, range.top)
  const columns = columnsOf(range, [sheet.rows[at]])
  if (at === -1 || columns.length < 2 || !isHeaderRow(sheet.rows, at, columns)) return undefined
  const { cells } = sheet.rows[at]!
  if (cells[range.left - 1] || cells[range.right + 1]) return undefined
  return tableIn(sheet, { ...range, top: range.top + 1 }, range.top, () => [])
}

/** `inside`: the rows of data. */
function tableIn(
  sheet: Sheet,
  inside: CellRange,
  header: number | undefined,
  nameOf: (column: number) => string[],
): FoundTable | undefined {
  const within = sheet.rows.slice(indexFrom(sheet.rows, inside.top), indexFrom(sheet.rows, inside.bottom + 1))
  const at = header === undefined ? -1 : indexOfRow(sheet.rows, header)
  const columns = columnsOf(inside, [...within, sheet.rows[at]])
  const body = within.filter((row) => columns.some((column) => row.cells[column]))
  if (body.length < SMALLEST_ROWS || columns.length < 2) return undefined
  const upper = at === -1 ? [] : upperHeaderRows(sheet, at, columns, 0)
  const headerRows = at === -1 ? [] : [...upper, at].map((index) => sheet.rows[index]!)
  const top = headerRows[0] ?? body[0]!
  return {
    sheet,
    titles: titlesAbove(sheet, indexOfRow(sheet.rows, top.number), 0, columns),
    columns,
    headers: columns.map((column) => (at === -1 ? nameOf(column) : headerOf(sheet, headerRows, column))),
    top: top.number,
    body,
    sections: new Map(),
    declared: true,
  }
}

/** Those of a range that hold anything; hidden ones do not. */
function columnsOf({ left, right }: CellRange, rows: (Row | undefined)[]): number[] {
  const filled = new Set(rows.flatMap((row) => (row ? filledColumns(row) : [])))
  return [...filled].filter((column) => column >= left && column <= right).toSorted((a, b) => a - b)
}

function meet(a: FoundTable, b: FoundTable): boolean {
  const rows = a.top <= b.body.at(-1)!.number && b.top <= a.body.at(-1)!.number
  return rows && a.columns[0]! <= b.columns.at(-1)! && b.columns[0]! <= a.columns.at(-1)!
}

/** The (last) header row, by its number: rows above it are titles. */
export function declaredHeader({ rows, says }: Sheet): number | undefined {
  if (!says) return undefined
  const told = [says.auto_filter?.top, says.print_title_rows?.last, says.frozen?.rows]
  return told.find((number) => number !== undefined && number > 0 && canBeHeader(rows, number))
}

function canBeHeader(rows: Row[], number: number): boolean {
  const at = indexOfRow(rows, number)
  const next = rows[at + 1]
  if (at === -1 || !next || next.number > number + 2) return false
  const columns = filledColumns(rows[at]!)
  const counts = countsIn(rows[at]!, columns)
  const kinds = columns.map((column) => (counts.includes(column) ? 'text' : cellKind(rows[at]!.cells[column])))
  const hasValues = rows.slice(at + 1, at + 6).some((row) => row.cells.some((cell) => isValue(cellKind(cell))))
  return hasValues && kinds.length >= 2 && kinds.every((kind) => kind === 'text' || kind === 'year' || kind === 'date')
}
