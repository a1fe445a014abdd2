/** Reads the API's export of the catalogue in batches of rows, in constant memory. */
import { parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { withoutFormulaGuard } from '../../../lib/csv.ts'
import { AppError } from '../../../lib/errors.ts'
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

/** One row at a time, awaiting would cost as much as reading. */
const BATCH_ROWS = 1000

/** Throws AppError export_unexpected for an answer that is not the export; an answer cut short rejects as well. */
export async function* readExport(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<CatalogueItem[]> {
  const bytes = Readable.fromWeb(body as never, { signal })
  const rows = parse({ bom: true })
  // Unlike pipe(), it passes an error of the answer on to the parser, and so to the loop below.
  pipeline(bytes, rows).catch(() => {})
  let positions: Record<Column, number> | undefined
  let batch: CatalogueItem[] = []
  for await (const row of rows as AsyncIterable<string[]>) {
    if (positions) batch.push(readRow(row, positions))
    else positions = positionsOf(row)
    if (batch.length < BATCH_ROWS) continue
    yield batch
    batch = []
  }
  if (!positions) throw unexpected('it is empty')
  yield batch
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

function unexpected(what: string): AppError {
  return new AppError('upstream', 'export_unexpected', `The API's export cannot be read: ${what}.`)
}
