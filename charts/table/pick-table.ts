/** Which of a workbook's tables is drawn: the first one that a person would call the table. */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import { Refusal } from '../refusal.ts'
import { isNamed, readChartSheet, type ChartSettings, type Wish } from '../workbook/chart-sheet.ts'
import { findTables } from './find-table.ts'
import { haveOneShape, seriesAfter } from './sheet-series.ts'
import type { FoundTable } from './table.ts'
import { cellKind, type CellKind } from './cell-kind.ts'

/** With this many rows a table is taken, and later sheets are not read. */
const ENOUGH_ROWS = 3

export interface Picked {
  /** Best first. */
  tables: FoundTable[]
  /** Whether the sheets read have any cells, and any numbers. */
  cells: boolean
  numbers: boolean
  /** The first sheet that nobody sees, of those reached. */
  hidden_sheet: string | undefined
  /** Sheets read in which formulas have no stored value. */
  without_values: Sheet[]
  /** Of a sheet named `chart`. */
  settings: ChartSettings | undefined
}

/**
 * Goes through the sheets in order and stops at the first with a proper table. Small tables, and those on side sheets
 * (cover, parameters), come after it.
 */
export async function pickTables(sheets: AsyncIterable<Sheet>): Promise<Picked> {
  const picking = new Picking()
  try {
    for await (const sheet of sheets) if (!picking.goesOn(sheet)) break
  } catch (thrown) {
    // What is wrong with the sheets behind it does not keep a table from being drawn.
    if (!(thrown instanceof Refusal) || !picking.leading) throw thrown
  }
  return picking.result()
}

/** Looks at one sheet after the other. Once a proper table is found, it looks at sheets of the same series only. */
class Picking {
  /** A proper table, with those of the same shape on the sheets behind it. */
  leading: FoundTable | undefined
  readonly #found: Ranked[] = []
  readonly #seen: Omit<Picked, 'tables'> = {
    cells: false,
    numbers: false,
    hidden_sheet: undefined,
    without_values: [],
    settings: undefined,
  }
  #series: string[] = []

  /** Whether the next sheet is to be read. */
  goesOn(sheet: Sheet): boolean {
    if (this.leading) return this.#joins(sheet, this.leading)
    if (sheet.hidden) {
      this.#seen.hidden_sheet = sheet.name
      return false
    }
    const settings = (this.#seen.settings ??= readChartSheet(sheet))
    if (settings && (settings.name === sheet.name || (settings.sheet && !isNamed(sheet.name, settings.sheet))))
      return true
    this.#look(sheet)
    const wishes = wishesOf(settings)
    const demoted = isSideSheet(sheet.name) ? 2 : 0
    const before = this.#found.length
    const tables = findTables(sheet).map((table, at): Ranked => {
      const wished = wishes.length > 0 && hasColumns(table, wishes) ? WISHED : 0
      return { table, rank: rankOf(table) - demoted + wished, position: before + at }
    })
    for (const table of tables) this.#found.push(table)
    if (!tables.some(({ rank }) => rank >= (wishes.length > 0 ? WISHED : 2))) return true
    const [best] = sorted(this.#found)
    this.#series = settings?.sheet ? [] : seriesAfter(sheet)
    this.leading = best!
    return this.#series.length > 0
  }

  #look(sheet: Sheet): void {
    if (sheet.says && sheet.says.formulas_without_value.count > 0) this.#seen.without_values.push(sheet)
    this.#seen.cells ||= sheet.rows.length > 0
    this.#seen.numbers ||= sheet.rows.some((row) => row.cells.some((cell) => isNumber(cellKind(cell))))
  }

  #joins(sheet: Sheet, leading: FoundTable): boolean {
    const same = this.#series[0] === sheet.name && findTables(sheet).find((table) => haveOneShape(table, leading))
    if (!same) return false
    this.#look(sheet)
    leading.alike = [...(leading.alike ?? []), same]
    this.#series.shift()
    return this.#series.length > 0
  }

  result(): Picked {
    if (this.leading && this.#series.length > 0) this.leading.other_sheets = this.#series
    return { tables: sorted(this.#found), ...this.#seen }
  }
}

interface Ranked {
  table: FoundTable
  rank: number
  /** In reading order, over all sheets. */
  position: number
}

const sorted = (found: Ranked[]) =>
  found.toSorted((a, b) => b.rank - a.rank || weight(b) - weight(a)).map(({ table }) => table)

/** A table with all columns that are asked for comes before any other. */
const WISHED = 10

const wishesOf = (settings: ChartSettings | undefined): Wish[] =>
  settings ? [...settings.y, ...(settings.x ? [settings.x] : [])] : []

const hasColumns = ({ headers }: FoundTable, wishes: Wish[]) =>
  wishes.every((wish) => headers.some((parts) => isNamed(parts.join(' '), wish)))

const isNumber = (kind: CellKind) => kind === 'number' || kind === 'year'

/** 2: a table; 1: two rows of one; 0: a single row. */
function rankOf(table: FoundTable): number {
  const rows = table.body.length
  return rows >= ENOUGH_ROWS ? 2 : rows - 1
}

/** Of tables on one sheet the first counts, unless a later one is far larger, or the workbook itself names it. */
function weight({ table, position }: Ranked): number {
  const size = Math.round(Math.log2(table.body.length * table.columns.length) / 2)
  return size + (table.declared ? 2 : 0) - position / 1000
}

/** A cover, notes, parameters: not what the workbook is about. */
function isSideSheet(name: string): boolean {
  return /^(capa|cover|leia-?\s?me|read\s?me|instru|instruções|ajuda|help|notas?$|notes?$|par[aâ]metros?|config|settings|lookup|listas?$|lists?$|aux|apoio|índice|indice|sum[aá]rio$|conte[uú]do$|contents)/i.test(
    name.trim(),
  )
}
