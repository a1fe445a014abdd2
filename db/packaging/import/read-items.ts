/**
 * Reads the items in a file, or tells every mistake in it. The file is read twice: first for its header and decimal mark,
 * then row by row. A hostile file may keep its reader busy: this runs in a process of its own (read-in-child.ts).
 */
import type { DecimalMark } from '../../../lib/spreadsheet/decimal-mark.ts'
import { decimalMarks } from '../../../lib/spreadsheet/decimal-mark.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import type { CsvFile } from '../../../lib/spreadsheet/read-csv.ts'
import type { WorkbookLimits } from '../../../lib/spreadsheet/read-workbook.ts'
import type { PackagingField } from '../packaging.ts'
import { checkRow } from './check-row.ts'
import { readHeader } from './columns.ts'
import { openTable } from './open-table.ts'
import { fileError, MOST_LISTED, rejection, type FileError } from './rejection.ts'
import type { ImportRow } from './stage-rows.ts'

export interface ImportItems {
  /** The fields that the file has. */
  columns: PackagingField[]
  /** Batches of items, each a JSON list of ImportRow. */
  batches: string[]
}

/** Throws SpreadsheetFault, or AppError import_rejected that lists every bad row by line and column. */
export async function readItems(bytes: Uint8Array, limits: WorkbookLimits): Promise<ImportItems> {
  const file = await openTable(bytes, limits)
  const { columns, mark } = surveyFile(file, limits.rows)
  return { columns, batches: checkRows(file, columns, mark) }
}

const NUMERIC: ReadonlySet<PackagingField> = new Set([
  'length_mm',
  'width_mm',
  'height_mm',
  'weight_g',
  'capacity_ml',
  'unit_cost',
  'stock',
  'reorder_level',
])

function surveyFile(file: CsvFile, most_rows: number): { columns: PackagingField[]; mark: DecimalMark | undefined } {
  const marks = decimalMarks()
  let columns: PackagingField[] | undefined
  let numeric: number[] = []
  let rows = 0
  for (const batch of file.rows()) {
    if (batch.length === 0) continue
    if (!columns) {
      columns = readHeader(batch.shift()!)
      numeric = columns.flatMap((column, at) => (NUMERIC.has(column) ? [at] : []))
    }
    rows += batch.length
    if (rows > most_rows) throw new SpreadsheetFault('too_many_rows', { limit: most_rows })
    for (const { cells } of batch) for (const at of numeric) marks.add(cells[at] ?? '')
  }
  if (!columns) throw rejection({ en: 'The file is empty.', pt: 'O arquivo está vazio.' }, [])
  if (rows === 0)
    throw rejection({ en: 'The file has a header but no rows.', pt: 'O arquivo tem cabeçalho, mas nenhuma linha.' }, [])
  return { columns, mark: marks.decide(file.separator) }
}

/** Keeps good rows until the first mistake, then only looks for more. */
function checkRows(file: CsvFile, columns: PackagingField[], mark: DecimalMark | undefined): string[] {
  const batches: string[] = []
  const errors: FileError[] = []
  const lineOfSku = new Map<string, number>()
  let header = true
  let rows = 0
  let badRows = 0
  let mistakes = 0
  for (const batch of file.rows()) {
    if (header && batch.length > 0) {
      batch.shift()
      header = false
    }
    const good: ImportRow[] = []
    for (const row of batch) {
      rows++
      const checked = checkRow(columns, row, mark)
      const found = 'errors' in checked ? checked.errors : repeatedSku(lineOfSku, checked.values.sku, row.line)
      if (found.length > 0) badRows++
      else if (badRows === 0 && 'values' in checked) good.push({ id: Bun.randomUUIDv7(), ...checked.values })
      mistakes += found.length
      if (errors.length < MOST_LISTED) errors.push(...found)
    }
    if (good.length > 0) batches.push(JSON.stringify(good))
  }
  if (badRows > 0)
    throw rejection(
      { en: `${badRows} of ${rows} rows have mistakes.`, pt: `Linhas com erros: ${badRows} de ${rows}.` },
      errors,
      { mistakes },
    )
  return batches
}

function repeatedSku(lineOfSku: Map<string, number>, sku: string, line: number): FileError[] {
  const first = lineOfSku.get(sku)
  if (first !== undefined)
    return [
      fileError(line, 'sku', {
        en: `repeats the sku of line ${first}: “${sku}”`,
        pt: `repete o sku da linha ${first}: “${sku}”`,
      }),
    ]
  lineOfSku.set(sku, line)
  return []
}
