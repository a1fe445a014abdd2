/**
 * Splits a CSV into rows, piece by piece, in time that grows with its length and nothing else: empty and uneven rows,
 * long cells and quotation marks cost no more than other text.
 */
import { columnName } from './cells.ts'
import { SpreadsheetFault } from './fault.ts'

export interface CsvRow {
  /** The physical line that the row starts on, from 1, as an editor shows it. */
  line: number
  /** From 1, as a spreadsheet shows it: blank rows count, the `sep=` line and line breaks in cells do not. */
  number: number
  cells: string[]
}

export interface SplitOptions {
  /** A quotation mark inside a cell is taken as it is; otherwise it is a bad row. */
  loose_quotes?: boolean
  /** The first line is `sep=`, and no row. */
  declared?: boolean
}

export type CsvFault = 'quote_in_cell' | 'text_after_quote' | 'quote_not_closed' | 'row_too_long'

/** Far beyond any row of a table; a quote that is never closed ends at this. */
const MAX_ROW_CHARACTERS = 256 * 1024

const QUOTE = 34
const LF = 10
const CR = 13

/** Rows whose cells are all blank count but do not come. */
export class CsvSplitter {
  readonly #separator: number
  readonly #loose: boolean
  /** Of a row whose end has not come yet. */
  #rest = ''
  #line = 1
  #number: number

  constructor(separator: string, { loose_quotes = false, declared = false }: SplitOptions = {}) {
    this.#separator = separator.charCodeAt(0)
    this.#loose = loose_quotes
    this.#number = declared ? 0 : 1
  }

  /** The rows that end in `text`. Throws SpreadsheetFault bad_row. */
  push(text: string): CsvRow[] {
    return this.#split(this.#rest + text, false)
  }

  /** The last row, when no line end follows it. Throws SpreadsheetFault bad_row. */
  end(): CsvRow[] {
    return this.#split(this.#rest, true)
  }

  #split(text: string, is_last: boolean): CsvRow[] {
    const rows: CsvRow[] = []
    let at = 0
    while (at < text.length) {
      const empty = lineEnd(text, at, is_last)
      if (empty > 0) {
        this.#line++
        this.#number++
        at += empty
        continue
      }
      const row = this.#readRow(text, at, is_last)
      if (row === undefined) break
      if (row.end - at > MAX_ROW_CHARACTERS) throw this.#fault('row_too_long')
      if (this.#number > 0 && row.cells.some((cell) => cell.trim() !== ''))
        rows.push({ line: this.#line, number: this.#number, cells: row.cells })
      this.#line += 1 + row.breaks
      this.#number++
      at = row.end
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > MAX_ROW_CHARACTERS) throw this.#fault('row_too_long')
    return rows
  }

  /** The row that starts at `from`, where the next one starts, and the line breaks in its cells; undefined: not all there. */
  #readRow(text: string, from: number, is_last: boolean) {
    const cells: string[] = []
    let breaks = 0
    for (let at = from; ; at++) {
      let end: number
      if (text.charCodeAt(at) === QUOTE) {
        const close = closingQuote(text, at)
        // Another mark may follow.
        if (!is_last && (close === -1 || close + 1 === text.length)) return undefined
        if (close === -1) throw this.#fault('quote_not_closed', cells.length)
        end = this.#cellEnd(text, close + 1)
        if (end > close + 1 && !this.#loose) throw this.#fault('text_after_quote', cells.length)
        const cell = end > close + 1 ? text.slice(at, end) : text.slice(at + 1, close).replaceAll('""', '"')
        breaks += lineBreaks(cell)
        cells.push(cell)
      } else {
        end = this.#cellEnd(text, at)
        const cell = text.slice(at, end)
        if (!this.#loose && cell.includes('"')) throw this.#fault('quote_in_cell', cells.length)
        cells.push(cell)
      }
      if (text.charCodeAt(end) === this.#separator) {
        at = end
        continue
      }
      const line_end = lineEnd(text, end, is_last)
      return line_end === 0 && !is_last ? undefined : { cells, breaks, end: end + line_end }
    }
  }

  /** Where the separator, the line end or the end of the text is. */
  #cellEnd(text: string, from: number): number {
    let at = from
    for (; at < text.length; at++) {
      const char = text.charCodeAt(at)
      if (char === this.#separator || char === LF || char === CR) break
    }
    return at
  }

  #fault(why: CsvFault, column?: number): SpreadsheetFault {
    const cell = column === undefined ? undefined : `${columnName(column)}${this.#number}`
    return new SpreadsheetFault('bad_row', { line: this.#line, why, ...(cell && { cell }) })
  }
}

/** How many characters the line end at `at` has; 0: there is none, or not all of it. */
function lineEnd(text: string, at: number, is_last: boolean): number {
  const char = text.charCodeAt(at)
  if (char === LF) return 1
  if (char !== CR || (at + 1 === text.length && !is_last)) return 0
  return text.charCodeAt(at + 1) === LF ? 2 : 1
}

/** Of the cell that opens at `open`; -1 when it is not there. */
function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); ; at = text.indexOf('"', at + 2))
    if (at === -1 || text.charCodeAt(at + 1) !== QUOTE) return at
}

function lineBreaks(cell: string): number {
  let breaks = 0
  for (let at = 0; at < cell.length; at++) {
    const char = cell.charCodeAt(at)
    if (char === LF || (char === CR && cell.charCodeAt(at + 1) !== LF)) breaks++
  }
  return breaks
}
