import type { Db } from '../../db/engines/connect.ts'
import {
  listReports,
  readReport,
  REPORT_FORMATS,
  reportKey,
  type ReportFormat,
  type ReportRow,
} from '../../db/reports/reports.ts'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../http/schemas.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/pagination.ts'

export async function readReports({ sql }: Db, { limit = 50, cursor }: { limit?: number; cursor?: string }) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['id']).id
  if (before !== undefined && !isId(before)) throw invalidCursor()
  const rows = await listReports(sql, limit + 1, before)
  const page = rows.slice(0, limit)
  return { items: page.map(withFiles), next_cursor: rows.length > limit ? encodeCursor({ id: page.at(-1)!.id }) : null }
}

export async function findReport({ sql }: Db, id: string) {
  const report = await readReport(sql, id)
  if (!report)
    throw new AppError('not_found', 'report_not_found', {
      en: `No report has the id ${id}.`,
      pt: `Nenhum relatório tem o id ${id}.`,
    })
  return withFiles(report)
}

/** One of its files. Throws AppError 404 for an unknown report, and for a file that somebody removed. */
export async function reportFile(db: Db, id: string, format: ReportFormat) {
  const { name, created_at } = await findReport(db, id)
  const file = await db.objects.get(reportKey(id, format))
  if (!file)
    throw new AppError('not_found', 'report_file_missing', {
      en: `The ${format} file of report ${id} is no longer there.`,
      pt: `O arquivo ${format} do relatório ${id} não está mais lá.`,
    })
  return { ...file, file_name: `${name}-${created_at.toISOString().slice(0, 10)}.${format}` }
}

const withFiles = (report: ReportRow) => ({
  ...report,
  files: Object.fromEntries(REPORT_FORMATS.map((format) => [format, `/api/relatorios/${report.id}.${format}`])),
})
