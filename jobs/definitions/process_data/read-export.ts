/** Reads the API's export of the catalogue in batches of rows, in constant memory. */
import { withoutFormulaGuard } from '../../../lib/csv.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
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
    if (uneven)
      throw unexpected({
        en: `line ${uneven.line} has ${uneven.cells.length} cells, the header ${header.length}`,
        pt: `a linha ${uneven.line} tem ${uneven.cells.length} células, o cabeçalho ${header.length}`,
      })
    yield rows.map(({ cells }) => readRow(cells, positions))
  }
  if (!header) throw unexpected({ en: 'it is empty', pt: 'está vazia' })
}

async function* rowsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<CsvRow[]> {
  const splitter = new CsvSplitter(',')
  const decoder = new TextDecoder()
  try {
    for await (const bytes of body) yield splitter.push(decoder.decode(bytes, { stream: true }))
    yield splitter.end()
  } catch (thrown) {
    if (!(thrown instanceof SpreadsheetFault)) throw thrown
    const { line } = thrown.facts
    throw unexpected({ en: `line ${line} is broken`, pt: `a linha ${line} está quebrada` }, thrown)
  }
}

function positionsOf(header: string[]): Record<Column, number> {
  const missing = COLUMNS.filter((column) => !header.includes(column))
  const list = missing.join(', ')
  if (missing.length > 0) throw unexpected({ en: `the columns ${list} are missing`, pt: `faltam as colunas ${list}` })
  return Object.fromEntries(COLUMNS.map((column) => [column, header.indexOf(column)])) as Record<Column, number>
}

function readRow(row: string[], positions: Record<Column, number>): CatalogueItem {
  const text = (column: Column) => withoutFormulaGuard(row[positions[column]]!)
  const sku = text('sku')
  const unit_cost = parseMoney(text('unit_cost'))
  if (unit_cost === null) throw oddCell('unit_cost', sku, text('unit_cost'))
  const count = (column: 'stock' | 'reorder_level') => {
    if (/^\d{1,15}$/.test(text(column))) return Number(text(column))
    throw oddCell(column, sku, text(column))
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

const oddCell = (column: Column, sku: string, text: string) =>
  unexpected({ en: `the ${column} of ${sku} is "${text}"`, pt: `${column} de ${sku} é “${text}”` })

function unexpected(what: Translated, cause?: unknown): AppError {
  const detail = {
    en: `The API's export cannot be read: ${what.en}.`,
    pt: `A exportação da API não pode ser lida: ${what.pt}.`,
  }
  return new AppError('upstream', 'export_unexpected', detail, { cause })
}
