/** The shape in which a spreadsheet is read: sheets of rows of cells with a value and a format. */
import type { DigitMask } from './digit-mask.ts'

export type FormatKind = 'text' | 'number' | 'percent' | 'money' | 'date' | 'time' | 'duration' | 'boolean' | 'error'

export interface CellFormat {
  kind: FormatKind
  /** R$, $, €… for money. */
  currency?: string
  /** Digits after the decimal separator, where the format says so. */
  decimals?: number
  /** A time of day in two halves, AM and PM. */
  of_day?: true
  /** A time is shown with its seconds. */
  seconds?: true
  /** How the digits of a code are written; a number that they change is read as text. */
  masks?: DigitMask[]
}

export interface Cell {
  /** A date is its time in ms, UTC; a duration (which may be negative) and a time of day are in hours; a percent is a fraction. */
  value: string | number | boolean
  format: CellFormat
}

export interface Row {
  /** As the person sees it, from 1. */
  number: number
  /** By column from 0; holes where the sheet is empty. */
  cells: (Cell | undefined)[]
}

/** Rows from 1, columns from 0; all inclusive. */
export interface CellRange {
  top: number
  left: number
  bottom: number
  right: number
}

export interface Sheet {
  name: string
  /** Nobody sees it: its content is not read. */
  hidden: boolean
  /** Rows with content, top-down. */
  rows: Row[]
  merges: CellRange[]
  /** The last column with a value beyond those that are read. */
  beyond?: number
  /** The visible sheets after it, with the size of their XML. */
  following?: { name: string; size_bytes: number }[]
  /** Of a CSV. */
  separator?: string
  /** Of a workbook. */
  says?: SheetHints
}

/** What a workbook itself says about a sheet, which counts before any guess. */
export interface SheetHints {
  tables: ExcelTable[]
  /** Names that people gave to one area of the sheet. */
  named_ranges: { name: string; range: CellRange }[]
  /** Rows and columns that are printed on every page: a header, and labels. */
  print_title_rows?: { first: number; last: number }
  print_title_columns?: { first: number; last: number }
  auto_filter?: CellRange
  /** Columns that nobody sees, from 0; their cells are left out. */
  hidden_columns?: number[]
  /** How many rows and columns stay in view. */
  frozen?: { rows: number; columns: number }
  /** Cells, such as `B7`, whose formula has no stored value; at most 100 of them, and how many there are. */
  formulas_without_value: { count: number; cells: string[] }
}

export interface ExcelTable {
  name: string
  /** With header and totals. */
  range: CellRange
  header_rows: number
  totals_rows: number
  /** As the table names them, left to right. */
  columns: string[]
}

export const TEXT: CellFormat = { kind: 'text' }
export const NUMBER: CellFormat = { kind: 'number' }
export const DATE: CellFormat = { kind: 'date' }
export const TIME: CellFormat = { kind: 'time' }
export const BOOLEAN: CellFormat = { kind: 'boolean' }
export const ERROR: CellFormat = { kind: 'error' }

/** Index of the first row at or below row `number`; rows are top-down. */
export function indexFrom(rows: Row[], number: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.number < number) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of row `number`; -1 where it is empty. */
export function indexOfRow(rows: Row[], number: number): number {
  const at = indexFrom(rows, number)
  return rows[at]?.number === number ? at : -1
}

/** `AB12` → [27, 12]: column from 0, row from 1. */
export function parseReference(reference: string): [column: number, row: number] | undefined {
  let column = 0
  let at = 0
  for (; at < reference.length; at++) {
    const code = reference.charCodeAt(at) & ~32
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  const row = Number(reference.slice(at))
  if (at === 0 || !Number.isInteger(row) || row < 1) return undefined
  return [column - 1, row]
}

/** `A1:C3`, `$A$1:$C$3` or one cell; corners in any order. Undefined beyond the last row or column that Excel has. */
export function parseRange(range: string): CellRange | undefined {
  const [from, to = from, more] = range.replaceAll('$', '').split(':').map(parseReference)
  if (!from || !to || more) return undefined
  const [right, bottom] = [Math.max(from[0], to[0]), Math.max(from[1], to[1])]
  if (right >= EXCEL_COLUMNS || bottom > EXCEL_ROWS) return undefined
  return { left: Math.min(from[0], to[0]), top: Math.min(from[1], to[1]), right, bottom }
}

export const EXCEL_ROWS = 1_048_576
export const EXCEL_COLUMNS = 16_384

/** 27 → `AB`. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}
