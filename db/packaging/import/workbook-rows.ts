/** The rows of a workbook's first sheet, as those of a CSV: texts, numbered as the sheet's rows are. */
import type { Cell, Sheet } from '../../../lib/spreadsheet/cells.ts'
import { clockText } from '../../../lib/spreadsheet/clock-text.ts'
import { decimalMarks } from '../../../lib/spreadsheet/decimal-mark.ts'
import { readWorkbook, type WorkbookLimits } from '../../../lib/spreadsheet/read-workbook.ts'
import type { CsvRow } from '../../../lib/spreadsheet/split-csv.ts'
import { faultyFile } from './file-faults.ts'

/** Of the first sheet that a person sees and that has something in it. Throws SpreadsheetFault or AppError. */
export async function readWorkbookRows(bytes: Uint8Array, limits: WorkbookLimits): Promise<CsvRow[]> {
  for await (const sheet of readWorkbook(bytes, { limits, as_shown: false })) {
    if (sheet.hidden) break
    const { count, cells } = sheet.says!.formulas_without_value
    if (count > 0) throw faultyFile('formulas_without_values', { sheet: sheet.name, cell: cells[0]! })
    if (sheet.rows.length > 0) return textRows(sheet)
  }
  throw faultyFile('nothing_visible')
}

/** Numbers are written with the mark that text cells use, so that a text "1,25" among them is not the odd one out. */
function textRows({ rows }: Sheet): CsvRow[] {
  const texts = decimalMarks()
  for (const { cells } of rows) for (const cell of cells) if (typeof cell?.value === 'string') texts.add(cell.value)
  const mark = texts.decide(',') ?? '.'
  // A row may be shorter than the header only because its last cells are empty.
  const width = rows[0]!.cells.length
  return rows.map(({ number, cells }) => ({
    line: number,
    number,
    cells: Array.from({ length: Math.max(width, cells.length) }, (_, at) => textOf(cells[at], mark)),
  }))
}

function textOf(cell: Cell | undefined, mark: string): string {
  if (cell === undefined) return ''
  const { value, format } = cell
  if (typeof value !== 'number') return String(value)
  if (format.kind === 'date') return new Date(value).toISOString().slice(0, 10)
  // As it is shown: nobody means 36 who sees 36:00.
  if (format.kind === 'time' || format.kind === 'duration') return clockText(value, format.seconds)
  // Fifteen digits are what Excel itself keeps; 0.1+0.2 is 0.3 there.
  return String(Number(value.toPrecision(15))).replace('.', mark)
}
