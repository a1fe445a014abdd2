/** Which of a workbook's tables is drawn: the first one that a person would call the table. */
import { columnName, type Sheet } from '../../lib/spreadsheet/cells.ts'
import { Refusal } from '../refusal.ts'
import { isNamed, readChartSheet, type ChartSettings, type Wish } from '../workbook/chart-sheet.ts'
import { findTables } from './find-table.ts'
import { isSideSheet, SheetsBehind } from './sheets-behind.ts'
import type { FoundTable } from './table.ts'
import { cellKind, type CellKind } from './cell-kind.ts'

/** With this many rows a table is taken, and later sheets are not read. */
const ENOUGH_ROWS = 3

export interface Picked {
  /** Best first. */
  tables: FoundTable[]
  /** The first sheet with any cells, of those read, and the first cell with a number. */
  cells: { sheet: string } | undefined
  number: { sheet: Sheet; cell: string } | undefined
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

/** Looks at one sheet after the other. Once a proper table is found, it looks at the sheets behind it only for what belongs to it. */
class Picking {
  /** A proper table, with those of the same shape on the sheets behind it. */
  leading: FoundTable | undefined
  readonly #found: Ranked[] = []
  readonly #seen: Omit<Picked, 'tables'> = {
    cells: undefined,
    number: undefined,
    hidden_sheet: undefined,
    without_values: [],
    settings: undefined,
  }
  #behind: SheetsBehind | undefined
  /** Those looked at before there was a proper table. */
  readonly #passed: Sheet[] = []

  /** Whether the next sheet is to be read. */
  goesOn(sheet: Sheet): boolean {
    if (this.#behind && !sheet.hidden) {
      if (this.#behind.take(sheet)) this.#look(sheet)
      return this.#behind.goesOn
    }
    if (this.leading) return false
    if (sheet.hidden) {
      this.#seen.hidden_sheet = sheet.name
      return false
    }
    const settings = (this.#seen.settings ??= readChartSheet(sheet))
    if (settings && (settings.name === sheet.name || (settings.sheet && !isNamed(sheet.name, settings.sheet))))
      return true
    this.#look(sheet)
    this.#passed.push(sheet)
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
    this.leading = best!
    if (!settings?.sheet) this.#behind = new SheetsBehind(best!, sheet)
    return this.#behind?.goesOn ?? false
  }

  #look(sheet: Sheet): void {
    if (sheet.says && sheet.says.formulas_without_value.count > 0) this.#seen.without_values.push(sheet)
    if (sheet.rows.length > 0) this.#seen.cells ??= { sheet: sheet.name }
    this.#seen.number ??= firstNumber(sheet)
  }

  result(): Picked {
    const tables = sorted(this.#found)
    const behind = this.#behind ?? this.#behindSmall(tables[0])
    behind?.end()
    // Should the leading one have nothing to draw.
    return { tables: this.#behind ? [...tables, ...this.#behind.tables] : tables, ...this.#seen }
  }

  /** Where no table is a proper one, the sheets behind the best of them have been read. */
  #behindSmall(best: FoundTable | undefined): SheetsBehind | undefined {
    if (!best || this.leading || this.#seen.settings?.sheet) return undefined
    const behind = new SheetsBehind(best, best.sheet)
    for (const sheet of this.#passed.slice(this.#passed.indexOf(best.sheet) + 1)) behind.take(sheet)
    return behind
  }
}

function firstNumber(sheet: Sheet): Picked['number'] {
  for (const { number, cells } of sheet.rows) {
    const column = cells.findIndex((cell) => isNumber(cellKind(cell)))
    if (column !== -1) return { sheet, cell: `${columnName(column)}${number}` }
  }
  return undefined
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
