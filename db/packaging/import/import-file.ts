/**
 * Imports a catalogue file, all or nothing. The file is read twice: first for its header and decimal mark, then row by
 * row into a transaction that ends without a trace when any row is wrong.
 */
import type { Sql } from 'postgres'
import { mergeImport, openImport, stageImport, type ImportCounts, type ImportRow } from './stage-rows.ts'
import type { PackagingField } from '../packaging.ts'
import { decimalMarks, type DecimalMark } from '../../../lib/spreadsheet/decimal-mark.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import type { CsvFile } from '../../../lib/spreadsheet/read-csv.ts'
import { checkRow } from './check-row.ts'
import { readHeader } from './columns.ts'
import { faultyFile } from './file-faults.ts'
import { openTable } from './open-table.ts'
import { fileError, MOST_LISTED, rejection, type FileError } from './rejection.ts'

/**
 * A function that imports a file: creates or updates an item per row, by sku. It throws AppError that lists every
 * bad row by line and column. Files wait for each other, so that imports never hold all database connections.
 */
export function createImporter(sql: Sql): (bytes: Uint8Array) => Promise<ImportCounts> {
  let last: Promise<unknown> = Promise.resolve()
  return (bytes) => {
    const next = last.then(() => importFile(sql, bytes))
    last = next.catch(() => {})
    return next
  }
}

async function importFile(sql: Sql, bytes: Uint8Array): Promise<ImportCounts> {
  try {
    const file = await openTable(bytes)
    const survey = await surveyFile(file)
    return (await sql.begin(async (transaction) => {
      await openImport(transaction)
      await checkAndStage(file, survey, (rows) => stageImport(transaction, rows))
      return mergeImport(transaction, survey.columns)
    })) as ImportCounts
  } catch (thrown) {
    throw thrown instanceof SpreadsheetFault ? faultyFile(thrown.code, thrown.facts, thrown) : thrown
  }
}

interface Survey {
  columns: PackagingField[]
  mark: DecimalMark | undefined
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

async function surveyFile(file: CsvFile): Promise<Survey> {
  const marks = decimalMarks()
  let columns: PackagingField[] | undefined
  let numeric: number[] = []
  let rows = 0
  for await (const batch of file.rows()) {
    if (!columns) {
      columns = readHeader(batch.shift()!)
      numeric = columns.flatMap((column, at) => (NUMERIC.has(column) ? [at] : []))
    }
    rows += batch.length
    for (const { cells } of batch) for (const at of numeric) marks.add(cells[at] ?? '')
  }
  if (!columns) throw rejection({ en: 'The file is empty.', pt: 'O arquivo está vazio.' }, [])
  if (rows === 0)
    throw rejection({ en: 'The file has a header but no rows.', pt: 'O arquivo tem cabeçalho, mas nenhuma linha.' }, [])
  return { columns, mark: marks.decide(file.separator) }
}

/** Hands good rows to `stage` until the first mistake, then only looks for more; throws when there was any. */
async function checkAndStage(
  file: CsvFile,
  { columns, mark }: Survey,
  stage: (rows: ImportRow[]) => Promise<void>,
): Promise<void> {
  const errors: FileError[] = []
  const lineOfSku = new Map<string, number>()
  let rows = 0
  let badRows = 0
  let header = true
  for await (const batch of file.rows()) {
    if (header) batch.shift()
    header = false
    const good: ImportRow[] = []
    for (const row of batch) {
      rows++
      const checked = checkRow(columns, row, mark)
      const found = 'errors' in checked ? checked.errors : repeatedSku(lineOfSku, checked.values.sku, row.line)
      if (found.length > 0) badRows++
      else if ('values' in checked) good.push({ id: Bun.randomUUIDv7(), ...checked.values })
      if (errors.length <= MOST_LISTED) errors.push(...found)
    }
    if (errors.length === 0) await stage(good)
  }
  if (badRows > 0)
    throw rejection(
      { en: `${badRows} of ${rows} rows have mistakes.`, pt: `Linhas com erros: ${badRows} de ${rows}.` },
      errors,
    )
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
