/** Reads an .xlsx with exceljs. It may take much time and memory: run it in a child process with limits. */
import type { Cell as ExcelCell, CellValue, Row as ExcelRow, Worksheet } from 'exceljs'
import {
  BOOLEAN,
  DATE,
  ERROR,
  NUMBER,
  parseReference,
  TEXT,
  TIME,
  type Cell,
  type CellFormat,
  type MergedRange,
  type Row,
  type Sheet,
} from './cells.ts'
import { checkPackage, type PackageLimits } from './check-package.ts'
import { SpreadsheetFault } from './fault.ts'
import { readNumberFormat } from './number-format.ts'

/** Beyond `rows` with content in a sheet, or `cells` in the workbook, a workbook is refused. */
export interface WorkbookLimits extends PackageLimits {
  /** Cells beyond are not read. */
  columns: number
}

export interface WorkbookOptions {
  limits: WorkbookLimits
  /** Maps the text of a cell; an empty result leaves the cell out. */
  text?(written: string): string
  /**
   * True: as on the screen, without hidden rows and columns and without cells under a merged range. False: every cell that
   * the file holds; merged ranges, which cost exceljs much time, are not read.
   */
  as_shown: boolean
}

/** Visible sheets first, then hidden ones, each in the order of their tabs. Throws SpreadsheetFault. */
export async function* readWorkbook(bytes: Uint8Array, options: WorkbookOptions): AsyncGenerator<Sheet> {
  const { merges, merged_cells } = await checkPackage(bytes, options.limits)
  // Loading the library takes longer than refusing most files.
  const { Workbook } = (await import('exceljs')).default
  const workbook = new Workbook()
  // exceljs makes each name a list of all its cells.
  Object.defineProperty(workbook.definedNames, 'model', { get: () => [], set() {} })
  const without_merges = !options.as_shown || merges > MOST_MERGES || merged_cells > MOST_MERGED_CELLS
  try {
    await workbook.xlsx.load(bytes as never, {
      ignoreNodes: without_merges ? [...IGNORED_NODES, 'mergeCells'] : IGNORED_NODES,
    })
  } catch (cause) {
    throw new SpreadsheetFault('damaged', {}, { cause })
  }
  if (workbook.worksheets.length === 0) throw new SpreadsheetFault('no_sheets')
  const reading: Reading = { ...options, cells: 0, formats: new Map() }
  const by_visibility = workbook.worksheets.toSorted((a, b) => Number(isHidden(a)) - Number(isHidden(b)))
  for (const worksheet of by_visibility) yield readSheet(worksheet, reading)
}

/** exceljs compares each merged range with every other: 5,000 take 2 s, 20,000 over a minute. So many help no reader either. */
const MOST_MERGES = 3_000
/** It makes every cell of a range, too. */
const MOST_MERGED_CELLS = 500_000

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

/** Of one workbook. */
interface Reading extends WorkbookOptions {
  /** Read so far. */
  cells: number
  /** By code: a workbook has few, and each is read once. */
  formats: Map<string | undefined, CellFormat>
}

const isHidden = (worksheet: Worksheet) => worksheet.state !== 'visible'

function readSheet(worksheet: Worksheet, reading: Reading): Sheet {
  const { limits, as_shown } = reading
  const rows: Row[] = []
  const isLeftOut = (cell: ExcelCell, column: number) =>
    column > limits.columns || (as_shown && (worksheet.getColumn(column).hidden || isCovered(cell)))
  for (const source of rowsOf(worksheet)) {
    if (as_shown && source.hidden) continue
    const row: Row = { number: source.number, cells: [] }
    for (const cell of cellsOf(source)) {
      const column = Number(cell.col)
      if (isLeftOut(cell, column)) continue
      const read = readCell(cell.value, cell, reading)
      if (!read) continue
      if (++reading.cells > limits.cells) throw new SpreadsheetFault('too_many_cells', { limit: limits.cells })
      row.cells[column - 1] = read
    }
    if (row.cells.length === 0) continue
    rows.push(row)
    if (rows.length > limits.rows)
      throw new SpreadsheetFault('too_many_rows', { sheet: worksheet.name, limit: limits.rows })
  }
  return { name: worksheet.name, hidden: isHidden(worksheet), rows, merges: mergesOf(worksheet) }
}

/**
 * Those that the file has. eachRow and eachCell ask for every place up to the last, of which a small file may have
 * seventeen billion.
 */
const rowsOf = (worksheet: Worksheet) => Object.values((worksheet as unknown as { _rows: ExcelRow[] })._rows)
const cellsOf = (row: ExcelRow) => Object.values((row as unknown as { _cells: ExcelCell[] })._cells)

/** A cell under a merged range repeats the range's first one in exceljs; on the screen it is not there. */
function isCovered(cell: ExcelCell): boolean {
  return cell.isMerged && cell.master.address !== cell.address
}

function mergesOf(worksheet: Worksheet): MergedRange[] {
  // What says so publicly first makes a model of every cell.
  const merges = Object.values((worksheet as unknown as { _merges: Record<string, { range: string }> })._merges)
  return merges.flatMap(({ range }) => {
    const [from, to] = range.split(':').map(parseReference)
    return from && to ? [{ left: from[0], top: from[1], right: to[0], bottom: to[1] }] : []
  })
}

function readCell(value: CellValue, cell: ExcelCell, reading: Reading): Cell | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return textCell(value, reading)
  if (typeof value === 'boolean') return { value, format: BOOLEAN }
  if (typeof value === 'number') return numberCell(value, formatOf(cell, reading))
  if (value instanceof Date) return dateCell(value, formatOf(cell, reading))
  if ('error' in value) return { value: String(value.error), format: ERROR }
  if ('richText' in value) return textCell(value.richText.map(({ text }) => text).join(''), reading)
  if ('text' in value) return readCell(value.text as CellValue, cell, reading)
  // A formula: what it came to when the workbook was saved.
  return readCell((value as { result?: CellValue }).result, cell, reading)
}

function formatOf({ numFmt }: ExcelCell, { formats }: Reading): CellFormat {
  const known = formats.get(numFmt)
  if (known) return known
  const format = readNumberFormat(numFmt)
  formats.set(numFmt, format)
  return format
}

function textCell(written: string, { text }: Reading): Cell | undefined {
  const value = text ? text(written) : written
  return value.trim() === '' ? undefined : { value, format: TEXT }
}

function numberCell(value: number, format: CellFormat): Cell {
  // exceljs makes NaN of some errors in formulas.
  if (!Number.isFinite(value)) return { value: '#N/A', format: ERROR }
  if (format.kind === 'duration') return { value: value * 24, format }
  // A number in a cell formatted as text is still a number to whoever reads the sheet.
  return { value, format: format.kind === 'text' ? NUMBER : format }
}

function dateCell(value: Date, format: CellFormat): Cell | undefined {
  const time = value.getTime()
  if (Number.isNaN(time)) return undefined
  const days = (time - DAY_ZERO) / DAY_MS
  if (format.kind === 'duration') return { value: days * 24, format }
  // Below 1 a time of day without a day, and what Excel itself could not show as a date.
  if (days < 1 || format.kind === 'time') return { value: (days - Math.floor(days)) * 24, format: TIME }
  return { value: time, format: DATE }
}

const DAY_MS = 86_400_000
const DAY_ZERO = Date.UTC(1899, 11, 30)
