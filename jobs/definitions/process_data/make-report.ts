/**
 * Makes the report of a run, once, whatever happens in between. The files get a fresh id; only the row, which the attempt
 * that still holds the run writes last, makes them a report.
 */
import {
  publishReport,
  REPORT_FORMATS,
  reportKey,
  reportOfRun,
  type ReportFormat,
} from '../../../db/reports/reports.ts'
import { AppError } from '../../../lib/errors.ts'
import type { JobContext } from '../../job.ts'
import { readExport } from './read-export.ts'
import { reportChart } from './report-chart.ts'
import { reportCsv } from './report-csv.ts'
import { summarise, type Summary } from './summarise.ts'

const NAME = 'packaging'

export interface MadeReport {
  report_id: string
  items: number
  low_stock: number
}

export async function makeReport(context: JobContext): Promise<MadeReport> {
  const { run_id, attempt, log, roles, signal } = context
  const { sql, objects } = roles
  const made = await reportOfRun(sql, run_id)
  if (made) {
    log.info('An earlier attempt made the report already.', { report_id: made.id })
    return { report_id: made.id, items: Number(made.summary.items), low_stock: Number(made.summary.low_stock) }
  }

  const summary = await readCatalogue(context)
  const id = Bun.randomUUIDv7()
  // Vega need not be in memory while the catalogue is read. Drawing blocks the loop for half a second: process_data is isolated.
  const { render } = await import('../../../lib/chart/render.ts')
  const { png } = await render(reportChart(summary, roles.locale), roles.locale)
  const head = { id, name: NAME, created_at: new Date().toISOString(), run_id }
  const files: Record<ReportFormat, string | Uint8Array> = {
    json: `${JSON.stringify({ ...head, ...summary }, null, 2)}\n`,
    csv: reportCsv(summary),
    png,
  }
  for (const format of REPORT_FORMATS) await objects.put(reportKey(id, format), files[format])
  signal.throwIfAborted()

  const { items, stock, stock_value, low_stock } = summary
  const published = await publishReport(
    sql,
    { run_id, attempt },
    { id, name: NAME, summary: { items, stock, stock_value, low_stock } },
  )
  if (!published) {
    for (const format of REPORT_FORMATS) await objects.delete(reportKey(id, format))
    throw new AppError('conflict', 'run_lost', {
      en: 'Another attempt of this run makes its report.',
      pt: 'Outra tentativa desta execução faz o relatório.',
    })
  }
  log.info(`Report of ${items} items written, ${low_stock} of them to reorder.`, { report_id: id })
  return { report_id: id, items, low_stock }
}

async function readCatalogue({ log, roles: { api }, signal }: JobContext): Promise<Summary> {
  const path = '/embalagens/export'
  const answer = await api.get(path, { signal, as: 'service' })
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel()
    throw new AppError('upstream', 'export_refused', {
      en: `GET ${api.url}${path} answered ${answer.status}.`,
      pt: `GET ${api.url}${path} respondeu ${answer.status}.`,
    })
  }
  const started = performance.now()
  const summary = await summarise(readExport(answer.body))
  log.info(`${summary.items} items read`, { duration_ms: Math.round(performance.now() - started) })
  return summary
}
