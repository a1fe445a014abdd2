/** The reports table. A report's files are objects that are written first; its row makes all of them visible at once. */
import type { JSONValue, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { Objects } from '../engines/objects/objects.ts'
import type { HeldAttempt } from '../jobs/runs.ts'
import type { reports } from './table.ts'

export type Report = typeof reports.$inferSelect

/** Notified when there is a new report. */
export const REPORT_PUBLISHED = 'report_published'

export const REPORT_FORMATS = ['json', 'csv', 'png'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** Where a report's file is among the objects. */
export const reportKey = (id: string, format: ReportFormat) => `relatorios/${id}/relatorio.${format}`

export interface NewReport extends Pick<Report, 'id' | 'name'> {
  summary: JSONValue
}

/** Makes a report visible; false when the run is no longer this attempt's, or already has one. */
export async function publishReport(sql: Sql, { run_id, attempt }: HeldAttempt, report: NewReport): Promise<boolean> {
  const rows = await sql`
    with mine as (
      select id from runs where id = ${run_id} and attempt = ${attempt} and state = 'running' for share
    )
    insert into reports (id, name, run_id, summary)
    select ${report.id}::uuid, ${report.name}, mine.id, ${sql.json(report.summary)} from mine
    on conflict (run_id) do nothing
    returning pg_notify(${REPORT_PUBLISHED}, '')`
  return rows.length > 0
}

/** The report that the run made, if it has come so far. */
export async function reportOfRun(sql: Sql, run_id: string): Promise<Report | null> {
  const [row] = await sql<Report[]>`select * from reports where run_id = ${run_id}`
  return row ?? null
}

export interface ReportFilters {
  /** Made from this time on. */
  from?: Date | undefined
  /** Made up to, and without, this time. */
  to?: Date | undefined
}

/** Newest first: ids are UUIDv7, so their order is that of making. */
export async function listReports(
  sql: Sql,
  { from, to }: ReportFilters,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<Report, { id: string }>> {
  const rows = await sql<Report[]>`
    select * from reports where true
      ${from ? sql`and created_at >= ${from}` : sql``} ${to ? sql`and created_at < ${to}` : sql``}
      ${after ? sql`and id < ${after.id}` : sql``} order by id desc limit ${limit + 1}`
  return pageOf(rows, limit, ({ id }) => ({ id }))
}

/** Throws AppError report_not_found. */
export async function readReport(sql: Sql, id: string): Promise<Report> {
  const [report] = await sql<Report[]>`select * from reports where id = ${id}`
  if (report) return report
  throw new AppError('not_found', 'report_not_found', {
    en: `No report has the id ${id}.`,
    pt: `Nenhum relatório tem o id ${id}.`,
  })
}

/** One of its files, and what to call it. Throws AppError not_found for an unknown report, and for a file that somebody removed. */
export async function reportFile(sql: Sql, objects: Objects, id: string, format: ReportFormat) {
  const { name, created_at } = await readReport(sql, id)
  const file = await objects.get(reportKey(id, format))
  if (!file)
    throw new AppError('not_found', 'report_file_missing', {
      en: `The ${format} file of report ${id} is no longer there.`,
      pt: `O arquivo ${format} do relatório ${id} não está mais lá.`,
    })
  return { ...file, file_name: `${name}-${created_at.toISOString().slice(0, 10)}.${format}` }
}

/** Deletes at most `limit` rows older than `days`; the ids tell whose files may go. */
export async function deleteReportRows(sql: Sql, days: number, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    delete from reports where id in (
      select id from reports where created_at < now() - make_interval(days => ${days}) order by id limit ${limit}
    )
    returning id`
  return rows.map(({ id }) => id)
}

/** Of these ids, those of reports. */
export async function knownReports(sql: Sql, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from reports where id = any(${ids}::uuid[])`
  return new Set(rows.map(({ id }) => id))
}
