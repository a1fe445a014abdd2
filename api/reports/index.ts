import { Elysia } from 'elysia'
import {
  listReports,
  readReport,
  REPORT_FORMATS,
  reportFile,
  type Report,
  type ReportFilters,
  type ReportFormat,
} from '../../db/reports/reports.ts'
import type { ApiContext } from '../context.ts'
import { splitSuffix, timestampOf } from '../http/schemas.ts'
import { fileAnswer } from '../http/etag.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { listAnswer, listQuery, reportAnswer, reportParams } from './model.ts'

const tags = ['reports']

const TYPES: Record<ReportFormat, string> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  png: 'image/png',
}

const file = { schema: { type: 'string', format: 'binary' } }
const REPORT_ANSWERS = { schema: reportAnswer, content: { 'text/csv': file, 'image/png': file } }

export function reports({ db: { sql, objects }, streams }: ApiContext) {
  return new Elysia({ name: 'reports', prefix: '/api/relatorios' })
    .get('', ({ query }) => list(query), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Reports, newest first',
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .get(
      '/:id',
      async ({ params, request }) => {
        const { id, suffix } = splitSuffix<ReportFormat>(params.id)
        if (!suffix) return withFiles(await readReport(sql, id))
        const { info, body, file_name } = await reportFile(sql, objects, id, suffix)
        const file = { version: info.version, body }
        return fileAnswer(streams, request, file, {
          'content-type': TYPES[suffix],
          'content-length': String(info.size_bytes),
          'content-disposition': `${suffix === 'png' ? 'inline' : 'attachment'}; filename="${file_name}"`,
          // A report never changes.
          'cache-control': 'private, max-age=86400, immutable',
        })
      },
      {
        params: reportParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'One report; with .json, .csv or .png after the id, its file',
          responses: responses({ 200: REPORT_ANSWERS }, [404, 422]),
        },
      },
    )

  function list({ from, to, ...page }: typeof listQuery.static) {
    const filters = { from: from && timestampOf('from', from), to: to && timestampOf('to', to) }
    return answerPage(page, ['id'], (asked) => listReports(sql, filters as ReportFilters, asked), withFiles)
  }
}

const withFiles = (report: Report) => ({
  ...report,
  files: Object.fromEntries(REPORT_FORMATS.map((format) => [format, `/api/relatorios/${report.id}.${format}`])),
})
