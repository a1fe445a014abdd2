/** Reads the API's export of the catalogue in batches of rows, in constant memory. */
import { withoutFormulaGuard } from '../../../lib/csv.ts'
import { AppError } from '../../../lib/errors.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import { CsvSplitter, type CsvRow } from '../../../lib/spreadsheet/split-csv.ts'
import { parseMoney, type Money } from './money.ts'

export interface CatalogueItem {
  sku: string
  name: string
  material: string
  kind: string
  unit_cost: Money
  currency: string
  supplier: string | null
  stock: number
  reorder_level: number
}

const COLUMNS = [
  'sku',
  'name',
  'material',
  'kind',
  'unit_cost',
  'currency',
  'supplier',
  'stock',
  'reorder_level',
] as const
type Column = (typeof COLUMNS)[number]

/** Throws AppError export_unexpected for an answer that is not the export; an answer cut short rejects as well. */
export async function* readExport(body: ReadableStream<Uint8Array>): AsyncGenerator<CatalogueItem[]> {
  let header: string[] | undefined
  let positions: Record<Column, number>
  for await (const rows of rowsOf(body)) {
    if (rows.length === 0) continue
    if (!header) {
      header = rows.shift()!.cells
      positions = positionsOf(header)
    }
    const uneven = rows.find(({ cells }) => cells.length !== header!.length)
    if (uneven) throw unexpected(`line ${uneven.line} has ${uneven.cells.length} cells, the header ${header.length}`)
    yield rows.map(({ cells }) => readRow(cells, positions))
  }
  if (!header) throw unexpected('it is empty')
}

async function* rowsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<CsvRow[]> {
  const splitter = new CsvSplitter(',')
  const decoder = new TextDecoder()
  try {
    for await (const bytes of body) yield splitter.push(decoder.decode(bytes, { stream: true }))
    yield splitter.end()
  } catch (thrown) {
    throw thrown instanceof SpreadsheetFault ? unexpected(`line ${thrown.facts.line} is broken`, thrown) : thrown
  }
}

function positionsOf(header: string[]): Record<Column, number> {
  const missing = COLUMNS.filter((column) => !header.includes(column))
  if (missing.length > 0) throw unexpected(`the columns ${missing.join(', ')} are missing`)
  return Object.fromEntries(COLUMNS.map((column) => [column, header.indexOf(column)])) as Record<Column, number>
}

function readRow(row: string[], positions: Record<Column, number>): CatalogueItem {
  const text = (column: Column) => withoutFormulaGuard(row[positions[column]]!)
  const sku = text('sku')
  const unit_cost = parseMoney(text('unit_cost'))
  if (unit_cost === null) throw unexpected(`the unit_cost of ${sku} is "${text('unit_cost')}"`)
  const count = (column: 'stock' | 'reorder_level') => {
    if (/^\d{1,15}$/.test(text(column))) return Number(text(column))
    throw unexpected(`the ${column} of ${sku} is "${text(column)}"`)
  }
  return {
    sku,
    name: text('name'),
    material: text('material'),
    kind: text('kind'),
    unit_cost,
    currency: text('currency'),
    supplier: text('supplier') || null,
    stock: count('stock'),
    reorder_level: count('reorder_level'),
  }
}

function unexpected(what: string, cause?: unknown): AppError {
  return new AppError('upstream', 'export_unexpected', `The API's export cannot be read: ${what}.`, { cause })
}
