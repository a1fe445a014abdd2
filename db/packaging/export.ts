/** The catalogue as CSV (tags joined by semicolons). */
import type { Sql } from 'postgres'
import {
  exportPackaging,
  PACKAGING_FIELDS,
  type PackagingField,
  type PackagingFilters,
  type PackagingValues,
} from './packaging.ts'
import { DECIMALS } from './limits.ts'
import { createExports, linesOf } from '../engines/postgres/file-export.ts'
import type { Log } from '../../lib/log.ts'
import { csvDecimal, csvHead, csvRow, PLAIN_CSV } from '../../lib/csv.ts'

const BATCH_ROWS = 1000

/** A function that exports to at most a few readers at once; throws AppError busy for more. */
export function createExporter(sql: Sql, log: Log, stall_ms?: number) {
  const open = createExports(sql, log, stall_ms)
  return (filters: PackagingFilters, form = PLAIN_CSV): ReadableStream<Uint8Array> =>
    open((reader) =>
      linesOf(exportPackaging(reader, filters, BATCH_ROWS), csvHead(PACKAGING_FIELDS, form), (row) =>
        csvLine(row, form),
      ),
    )
}

export function csvLine(row: PackagingValues, form = PLAIN_CSV): string {
  const cell = (field: PackagingField) => {
    const value = row[field]
    if (Array.isArray(value)) return value.join(';')
    return typeof value === 'string' && field in DECIMALS ? csvDecimal(value, form) : value
  }
  return csvRow(PACKAGING_FIELDS.map(cell), form)
}
