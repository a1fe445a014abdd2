/**
 * Reads an .xlsx with exceljs into sheets as the table finder wants them: visible sheets first, in the order of their
 * tabs, without the rows and columns that a person does not see.
 */
import ExcelJS, { type Cell as ExcelCell, type CellValue, type Worksheet } from 'exceljs'
import type { Limits } from '../../charts/limits.ts'
import { Refusal } from '../../charts/refusal.ts'
import {
  BOOLEAN,
  ERROR,
  MAX_COLUMNS,
  NUMBER,
  parseReference,
  TEXT,
  type Cell,
  type MergedRange,
  type Row,
  type Sheet,
} from './cells.ts'
import { checkPackage } from './check-package.ts'
import { readNumberFormat } from './number-format.ts'

export async function* readWorkbook(path: string, limits: Limits): AsyncGenerator<Sheet> {
  const { merges } = await checkPackage(path, limits)
  const workbook = new ExcelJS.Workbook()
  try {
    await workbook.xlsx.readFile(path, {
      ignoreNodes: merges > MOST_MERGES ? [...IGNORED_NODES, 'mergeCells'] : IGNORED_NODES,
    })
  } catch (cause) {
    throw new Refusal('damaged', { part: 'xlsx' }, { cause })
  }
  if (workbook.worksheets.length === 0) throw new Refusal('no_sheets')
  const count = { cells: 0 }
  // A hidden sheet feeds what a person sees; it is looked at only when there is nothing else.
  const byVisibility = workbook.worksheets.toSorted(
    (a, b) => Number(a.state !== 'visible') - Number(b.state !== 'visible'),
  )
  for (const worksheet of byVisibility) yield readSheet(worksheet, limits, count)
}

/** exceljs compares each merged range with every other: 5,000 take 2 s, 20,000 over a minute. So many help no reader either. */
const MOST_MERGES = 3_000

/** Parts of a sheet that say nothing about its table and cost time or fail in the library. */
const IGNORED_NODES = [
  'dataValidations',
  'conditionalFormatting',
  'hyperlinks',
  'drawing',
  'picture',
  'tableParts',
  'extLst',
]

function readSheet(worksheet: Worksheet, limits: Limits, count: { cells: number }): Sheet {
  const rows: Row[] = []
  worksheet.eachRow((source, number) => {
    if (source.hidden) return
    const row: Row = { number, cells: [] }
    source.eachCell((cell, column) => {
      if (column > MAX_COLUMNS || worksheet.getColumn(column).hidden || isCovered(cell)) return
      const read = readCell(cell.value, cell.numFmt)
      if (!read) return
      if (++count.cells > limits.cells) throw new Refusal('too_many_cells', { limit: limits.cells })
      row.cells[column - 1] = read
    })
    if (row.cells.length === 0) return
    rows.push(row)
    if (rows.length > limits.rows) throw new Refusal('too_many_rows', { sheet: worksheet.name, limit: limits.rows })
  })
  return { name: worksheet.name, rows, merges: mergesOf(worksheet) }
}

/** A cell under a merged range repeats the range's first one in exceljs; on the screen it is not there. */
function isCovered(cell: ExcelCell): boolean {
  return cell.isMerged && cell.master.address !== cell.address
}

function mergesOf(worksheet: Worksheet): MergedRange[] {
  return (worksheet.model.merges ?? []).flatMap((reference) => {
    const [from, to] = reference.split(':').map(parseReference)
    return from && to ? [{ left: from[0], top: from[1], right: to[0], bottom: to[1] }] : []
  })
}

function readCell(value: CellValue, numFmt: string | undefined): Cell | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return textCell(value)
  if (typeof value === 'boolean') return { value, format: BOOLEAN }
  if (typeof value === 'number') return numberCell(value, numFmt)
  if (value instanceof Date) return dateCell(value, numFmt)
  if ('error' in value) return { value: String(value.error), format: ERROR }
  if ('richText' in value) return textCell(value.richText.map(({ text }) => text).join(''))
  if ('text' in value) return readCell(value.text as CellValue, numFmt)
  // A formula: what it came to when the workbook was saved.
  return readCell((value as { result?: CellValue }).result, numFmt)
}

function numberCell(value: number, numFmt: string | undefined): Cell | undefined {
  // exceljs makes NaN of some errors in formulas.
  if (!Number.isFinite(value)) return { value: '#N/A', format: ERROR }
  const format = readNumberFormat(0, numFmt)
  if (format.kind === 'duration') return { value: value * 24, format }
  // A number in a cell formatted as text is still a number to whoever reads the sheet.
  return { value, format: format.kind === 'text' ? NUMBER : format }
}

function dateCell(value: Date, numFmt: string | undefined): Cell | undefined {
  const time = value.getTime()
  if (Number.isNaN(time)) return undefined
  const format = readNumberFormat(0, numFmt)
  const days = (time - DAY_ZERO) / DAY_MS
  if (format.kind === 'duration') return { value: days * 24, format }
  // A time of day without a day, and what Excel itself could not show as a date.
  if (days < 1) return { value: days, format: { kind: 'time' } }
  return { value: time, format: format.kind === 'time' ? format : { kind: 'date' } }
}

const DAY_MS = 86_400_000
const DAY_ZERO = Date.UTC(1899, 11, 30)

function textCell(text: string): Cell | undefined {
  const trimmed = text.replace(/[\s\u00a0\u200b\ufeff]+/g, ' ').trim()
  return trimmed === '' ? undefined : { value: trimmed, format: TEXT }
}
