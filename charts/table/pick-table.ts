/** Which of a workbook's tables is drawn: the first one that a person would call the table. */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import { findTables } from './find-table.ts'
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
}

/**
 * Goes through the sheets in order and stops at the first with a proper table. Small tables, and those on side sheets
 * (cover, parameters), come after it.
 */
export async function pickTables(sheets: AsyncIterable<Sheet>): Promise<Picked> {
  const found: { table: FoundTable; rank: number }[] = []
  let cells = false
  let numbers = false
  let hidden_sheet: string | undefined
  const without_values: Sheet[] = []
  for await (const sheet of sheets) {
    if (sheet.hidden) {
      hidden_sheet = sheet.name
      break
    }
    if (sheet.says && sheet.says.formulas_without_value.count > 0) without_values.push(sheet)
    cells ||= sheet.rows.length > 0
    numbers ||= sheet.rows.some((row) => row.cells.some((cell) => isNumber(cellKind(cell))))
    const demoted = isSideSheet(sheet.name) ? 2 : 0
    const tables = findTables(sheet).map((table) => ({ table, rank: rankOf(table) - demoted }))
    found.push(...tables)
    if (tables.some(({ rank }) => rank >= 2)) break
  }
  const tables = found
    .toSorted((a, b) => b.rank - a.rank || weight(b.table, found) - weight(a.table, found))
    .map(({ table }) => table)
  return { tables, cells, numbers, hidden_sheet, without_values }
}

const isNumber = (kind: CellKind) => kind === 'number' || kind === 'year'

/** 2: a table; 1: two rows of one; 0: a single row. */
function rankOf(table: FoundTable): number {
  const rows = table.body.length
  return rows >= ENOUGH_ROWS ? 2 : rows - 1
}

/** Of tables on one sheet the first counts, unless a later one is far larger, or the workbook itself names it. */
function weight(table: FoundTable, found: { table: FoundTable }[]): number {
  const position = found.findIndex((one) => one.table === table)
  const size = Math.round(Math.log2(table.body.length * table.columns.length) / 2)
  return size + (table.declared ? 2 : 0) - position / 1000
}

/** A cover, notes, parameters: not what the workbook is about. */
function isSideSheet(name: string): boolean {
  return /^(capa|cover|leia-?\s?me|read\s?me|instru|instruções|ajuda|help|notas?$|notes?$|par[aâ]metros?|config|settings|lookup|listas?$|lists?$|aux|apoio|índice|indice|sum[aá]rio$|conte[uú]do$|contents)/i.test(
    name.trim(),
  )
}
