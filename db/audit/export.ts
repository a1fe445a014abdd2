/** The audit as CSV, newest first; what a change changed is JSON in its last column. */
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import { csvHead, csvRow, PLAIN_CSV } from '../../lib/csv.ts'
import { createExports, linesOf } from '../engines/postgres/file-export.ts'
import { exportAudit, type AuditFilters, type AuditRow } from './audit.ts'

const BATCH_ROWS = 1000

const FIELDS = [
  'at',
  'actor_name',
  'action',
  'target',
  'address',
  'actor_id',
  'api_key_id',
  'request_id',
  'id',
  'details',
] as const satisfies Array<keyof AuditRow>

/** A function that exports to at most a few readers at once; throws AppError busy for more. */
export function createAuditExporter(sql: Sql, log: Log) {
  const open = createExports(sql, log)
  return (filters: AuditFilters, form = PLAIN_CSV): ReadableStream<Uint8Array> => {
    const lineOf = (row: AuditRow) =>
      csvRow(
        FIELDS.map((field) => cellOf(row[field])),
        form,
      )
    return open((reader) => linesOf(exportAudit(reader, filters, BATCH_ROWS), csvHead(FIELDS, form), lineOf))
  }
}

function cellOf(value: AuditRow[(typeof FIELDS)[number]]): string | null {
  if (value instanceof Date) return value.toISOString()
  return value === null || typeof value === 'string' ? value : JSON.stringify(value)
}
