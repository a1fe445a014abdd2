/**
 * A process of its own that turns an .xlsx into CSV, so that what a workbook costs, and whatever it does to the reader,
 * ends with the process. One line per row of the sheet, so that lines are the row numbers a person sees.
 */
import { answerOrders } from '../../../lib/child/answer-orders.ts'
import type { Cell, Row, Sheet } from '../../../lib/spreadsheet/cells.ts'
import { decimalMarks } from '../../../lib/spreadsheet/decimal-mark.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import { readWorkbook, type WorkbookLimits } from '../../../lib/spreadsheet/read-workbook.ts'
import type { FileFault } from './file-faults.ts'

export interface WorkbookOrder {
  bytes: Uint8Array
  limits: WorkbookLimits & { output_bytes: number }
}

export type WorkbookAnswer = { csv: Uint8Array } | { fault: FileFault; facts: Record<string, string | number> }

answerOrders(async ({ bytes, limits }: WorkbookOrder): Promise<WorkbookAnswer> => {
  try {
    const sheet = await firstSheet(bytes, limits)
    if (!sheet) return { fault: 'nothing_visible', facts: {} }
    const csv = new TextEncoder().encode(toCsv(sheet))
    return csv.length > limits.output_bytes ? { fault: 'too_costly', facts: {} } : { csv }
  } catch (thrown) {
    if (thrown instanceof SpreadsheetFault) return { fault: thrown.code, facts: thrown.facts }
    throw thrown
  }
})

/** The first sheet that a person sees and that has something in it. */
async function firstSheet(bytes: Uint8Array, limits: WorkbookLimits): Promise<Sheet | undefined> {
  const onOneLine = (text: string) => text.replace(/[\r\n]+/g, ' ')
  for await (const sheet of readWorkbook(bytes, { limits, text: onOneLine, as_shown: false })) {
    if (sheet.hidden) return undefined
    if (sheet.rows.length > 0) return sheet
  }
  return undefined
}

/** Numbers are written with the mark that text cells use, so that a text "1,25" among them is not the odd one out. */
function toCsv({ rows }: Sheet): string {
  const texts = decimalMarks()
  let width = 0
  for (const { cells } of rows) {
    width = Math.max(width, cells.length)
    for (const cell of cells) if (typeof cell?.value === 'string') texts.add(cell.value)
  }
  const comma = texts.decide(',') === ','
  // A row may be shorter than the header only because its last cells are empty.
  const line = ({ cells }: Row) => Array.from({ length: width }, (_, at) => csvCell(cells[at], comma)).join(',')
  const lines: string[] = Array.from({ length: rows.at(-1)!.number }, () => '')
  for (const row of rows) lines[row.number - 1] = line(row)
  return lines.join('\n')
}

function csvCell(cell: Cell | undefined, comma: boolean): string {
  const content = cell === undefined ? '' : contentOf(cell)
  if (typeof content === 'string') return `"${content.replaceAll('"', '""')}"`
  // Fifteen digits are what Excel itself keeps; 0.1+0.2 is 0.3 there.
  const digits = String(Number(content.toPrecision(15)))
  return comma ? `"${digits.replace('.', ',')}"` : digits
}

function contentOf({ value, format }: Cell): string | number {
  if (typeof value !== 'number') return String(value)
  if (format.kind === 'date') return new Date(value).toISOString().slice(0, 10)
  // As it is shown: nobody means 36 who sees 36:00.
  if (format.kind === 'time' || format.kind === 'duration') return clockText(value)
  return value
}

function clockText(hours: number): string {
  const minutes = Math.round(hours * 60)
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}
