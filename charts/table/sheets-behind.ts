/**
 * The sheets behind the one whose table is drawn. Those that go on with its series, or few of its shape under names of their own
 * (Norte, Sul), join it; others with tables are named as left out.
 */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import { findTables } from './find-table.ts'
import { areCompared, haveOneShape, seriesAfter, tellsWhatItHolds } from './sheet-series.ts'
import type { FoundTable } from './table.ts'

/** More sheets than this one chart does not compare. */
const MOST_COMPARED = 12
/** Of XML: what is behind a table must not take longer than the table itself. */
const MOST_BYTES = 2_000_000
const SMALLEST_ROWS = 2

export class SheetsBehind {
  readonly #leading: FoundTable
  readonly #following: NonNullable<Sheet['following']>
  readonly #series: string[]
  readonly #joined: FoundTable[] = []
  readonly #alike: FoundTable[] = []
  /** All that were found, for the case that the leading one cannot be drawn. */
  readonly tables: FoundTable[] = []
  /** With tables of another shape. */
  readonly #others: string[] = []
  #read = 0
  #bytes = 0

  constructor(leading: FoundTable, sheet: Sheet) {
    this.#leading = leading
    this.#following = (sheet.following ?? []).filter(({ name }) => !isSideSheet(name))
    this.#series = leading.sheet === sheet ? seriesAfter(sheet) : []
  }

  /** Whether the next sheet is to be read. */
  get goesOn(): boolean {
    const next = this.#following[this.#read]
    if (!next) return false
    return this.#isOfSeries(next.name) || this.#bytes + next.size_bytes <= MOST_BYTES
  }

  /** Whether the sheet joins, as far as is known. */
  take(sheet: Sheet): boolean {
    const next = this.#following[this.#read]
    if (next?.name !== sheet.name) return false
    this.#read++
    this.#bytes += next.size_bytes
    const tables = findTables(sheet)
    for (const table of tables) this.tables.push(table)
    const same = tables.find((table) => haveOneShape(table, this.#leading))
    if (same && this.#isOfSeries(sheet.name)) this.#joined.push(same)
    else if (same && !this.#isPiece(sheet.name) && areCompared(same, this.#leading)) this.#alike.push(same)
    else if (this.#series.includes(sheet.name) || tables.some(({ body }) => body.length >= SMALLEST_ROWS))
      this.#others.push(sheet.name)
    return same !== undefined
  }

  /** Writes into the leading table what joins it and what does not. */
  end(): void {
    const { sheet } = this.#leading
    const few = this.#alike.length < MOST_COMPARED && tellsWhatItHolds(sheet.name)
    const joined = this.#joined.length > 0 || !few ? this.#joined : this.#alike
    if (joined.length > 0) this.#leading.alike = joined
    const unread = this.#following.slice(this.#read).map(({ name }) => name)
    const left = new Set([...this.#others, ...unread, ...this.#alike.map((one) => one.sheet.name)])
    for (const one of joined) left.delete(one.sheet.name)
    const names = this.#following.map(({ name }) => name).filter((name) => left.has(name))
    if (names.length > 0) this.#leading.other_sheets = names
  }

  /** Of a series that is broken, or one that its name does not tell from the others. */
  #isPiece(name: string): boolean {
    return this.#series.includes(name) || !tellsWhatItHolds(name)
  }

  /** Until one of them has another shape. */
  #isOfSeries(name: string): boolean {
    return this.#series[this.#joined.length] === name
  }
}

/** A cover, notes, parameters: not what the workbook is about. */
export function isSideSheet(name: string): boolean {
  return /^(capa|cover|leia-?\s?me|read\s?me|instru|instruções|ajuda|help|notas?$|notes?$|par[aâ]metros?|config|settings|lookup|listas?$|lists?$|aux|apoio|índice|indice|sum[aá]rio$|conte[uú]do$|contents)/i.test(
    name.trim(),
  )
}
