/** The shape in which a spreadsheet is read: sheets of rows of cells with a value and a format. */
export type FormatKind = 'text' | 'number' | 'percent' | 'money' | 'date' | 'time' | 'duration' | 'boolean' | 'error'

export interface CellFormat {
  kind: FormatKind
  /** R$, $, €… for money. */
  currency?: string
  /** Digits after the decimal separator, where the format says so. */
  decimals?: number
}

export interface Cell {
  /** A date is its time in ms, UTC; a duration and a time of day are in hours; a percent is a fraction. */
  value: string | number | boolean
  format: CellFormat
}

export interface Row {
  /** As the person sees it, from 1. */
  number: number
  /** By column from 0; holes where the sheet is empty. */
  cells: (Cell | undefined)[]
}

export interface MergedRange {
  top: number
  left: number
  bottom: number
  right: number
}

export interface Sheet {
  name: string
  hidden: boolean
  /** Rows with content, top-down. */
  rows: Row[]
  merges: MergedRange[]
  /** Of a CSV. */
  separator?: string
}

export const TEXT: CellFormat = { kind: 'text' }
export const NUMBER: CellFormat = { kind: 'number' }
export const DATE: CellFormat = { kind: 'date' }
export const TIME: CellFormat = { kind: 'time' }
export const BOOLEAN: CellFormat = { kind: 'boolean' }
export const ERROR: CellFormat = { kind: 'error' }

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

/** 27 → `AB`. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}
