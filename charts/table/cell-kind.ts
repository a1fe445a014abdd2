/** The kind of one cell, before its column is known: enough to tell headers, data and notes apart. */
import type { Cell, Row } from '../../lib/spreadsheet/cells.ts'
import { readClock } from './clock.ts'
import { isGapWord } from './gap-words.ts'
import { readDate } from './read-date.ts'
import { isPlaceholder, looksNumeric } from './read-number.ts'

export type CellKind = 'empty' | 'text' | 'number' | 'year' | 'date' | 'other'

export function cellKind(cell: Cell | undefined): CellKind {
  if (!cell) return 'empty'
  switch (cell.format.kind) {
    case 'date':
      return 'date'
    case 'boolean':
    case 'error':
      return 'other'
    case 'time':
      return 'number'
  }
  if (typeof cell.value === 'number') return cell.format.kind === 'number' && isYear(cell.value) ? 'year' : 'number'
  const text = String(cell.value)
  if (isPlaceholder(text) || isGapWord(text)) return 'other'
  if (/^(19|20)\d\d$/.test(text)) return 'year'
  if (readDate(text, 'dmy') ?? readDate(text, 'mdy')) return 'date'
  return looksNumeric(text) || readClock(text) ? 'number' : 'text'
}

export const isYear = (value: number) => Number.isInteger(value) && value >= 1900 && value <= 2100

/** Something to measure or to order by. */
export const isValue = (kind: CellKind) => kind === 'number' || kind === 'year' || kind === 'date'

export function isWebAddress(cell: Cell): boolean {
  return typeof cell.value === 'string' && /^(https?:\/\/|www\.)\S+$/i.test(cell.value)
}

/** Columns of a row that hold something, left to right. */
export function filledColumns(row: Row): number[] {
  const columns: number[] = []
  row.cells.forEach((cell, column) => {
    if (cell) columns.push(column)
  })
  return columns
}
