/** The sheets of a file that a chart may be drawn of. Its bytes say what it is, but text counts only under a CSV's name. */
import { columnName, TEXT, type Cell, type Row, type Sheet } from '../../lib/spreadsheet/cells.ts'
import { onceEach } from '../../lib/spreadsheet/once-each.ts'
import { spreadsheetKind } from '../../lib/spreadsheet/spreadsheet-kind.ts'
import { SpreadsheetFault } from '../../lib/spreadsheet/fault.ts'
import { openCsv } from '../../lib/spreadsheet/read-csv.ts'
import { readWorkbook } from '../../lib/spreadsheet/read-workbook.ts'
import { MB, type Limits } from '../limits.ts'
import { isChartSheet } from './chart-sheet.ts'
import { Refusal } from '../refusal.ts'

/** Columns beyond are not read: a table that reaches them is refused. */
export const MAX_COLUMNS = 512

/** As a person sees them, a sheet named `chart` first; hidden ones come last and without rows. Throws Refusal. */
export async function* readSheets(path: string, name: string, limits: Limits): AsyncGenerator<Sheet> {
  const file = Bun.file(path)
  if (file.size === 0) throw new Refusal('empty_file')
  if (file.size > limits.file_bytes)
    throw new Refusal('file_too_large', { limit_mb: Math.round(limits.file_bytes / MB) })
  const bytes = await file.bytes()
  try {
    if (spreadsheetKind(bytes) === 'xlsx')
      yield* readWorkbook(bytes, {
        limits: { ...limits, columns: MAX_COLUMNS },
        text: onOneLine,
        as_shown: true,
        first: isChartSheet,
      })
    else if (/\.(csv|tsv)$/i.test(name)) yield readCsv(bytes, limits)
    else throw new Refusal('not_a_workbook')
  } catch (thrown) {
    throw thrown instanceof SpreadsheetFault ? refusalOf(thrown) : thrown
  }
}

function refusalOf(fault: SpreadsheetFault): Refusal {
  const { code, facts } = fault
  return new Refusal(code === 'not_text' ? 'not_a_workbook' : code, facts, { cause: fault })
}

function readCsv(bytes: Uint8Array, limits: Limits): Sheet {
  const csv = openCsv(bytes, { loose_quotes: true })
  const rows: Row[] = []
  const cellOf = onceEach((value: string): Cell => ({ value, format: TEXT }))
  let count = 0
  let beyond = 0
  for (const batch of csv.rows())
    for (const { number, cells } of batch) {
      const row: Row = { number, cells: [] }
      for (const [column, written] of cells.slice(0, MAX_COLUMNS).entries()) {
        const value = onOneLine(written)
        if (value === '') continue
        row.cells[column] = cellOf(value)
        if (++count > limits.cells)
          throw new Refusal('too_many_cells', { cell: `${columnName(column)}${number}`, limit: limits.cells })
      }
      for (let column = Math.max(beyond + 1, MAX_COLUMNS); column < cells.length; column++)
        if (onOneLine(cells[column]!) !== '') beyond = column
      if (row.cells.length > 0) rows.push(row)
      if (rows.length > limits.rows) throw new Refusal('too_many_rows', { cell: `A${number}`, limit: limits.rows })
    }
  return { name: '', hidden: false, rows, merges: [], separator: csv.separator, ...(beyond > 0 ? { beyond } : {}) }
}

/** Of a cell; nobody reads a longer label. */
const MAX_CHARACTERS = 1000

function onOneLine(text: string): string {
  return text
    .slice(0, MAX_CHARACTERS)
    .replace(/[\s\u00a0\u200b\ufeff]+/g, ' ')
    .trim()
}
