/** The reports table. A report's files are objects that are written first; its row makes all of them visible at once. */
import type { JSONValue, Sql } from 'postgres'
import type { HeldAttempt } from '../jobs/run-claims.ts'

export const REPORT_FORMATS = ['json', 'csv', 'png'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** Where a report's file is among the objects. */
export const reportKey = (id: string, format: ReportFormat) => `relatorios/${id}/relatorio.${format}`

export interface ReportRow {
  id: string
  name: string
  run_id: string | null
  summary: Record<string, unknown>
  created_at: Date
}

export interface NewReport {
  id: string
  name: string
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
    returning id`
  return rows.length > 0
}

/** The report that the run made, if it has come so far. */
export async function reportOfRun(sql: Sql, run_id: string): Promise<ReportRow | null> {
  const [row] = await sql<ReportRow[]>`select * from reports where run_id = ${run_id}`
  return row ?? null
}

/** Newest first, after the report `before`; ids are UUIDv7, so their order is that of making. */
export function listReports(sql: Sql, limit: number, before: string | undefined): Promise<ReportRow[]> {
  return sql<ReportRow[]>`
    select id, name, run_id, summary, created_at from reports
    ${before === undefined ? sql`` : sql`where id < ${before}`}
    order by id desc limit ${limit}`
}

export async function readReport(sql: Sql, id: string): Promise<ReportRow | null> {
  const [row] = await sql<ReportRow[]>`select id, name, run_id, summary, created_at from reports where id = ${id}`
  return row ?? null
}
