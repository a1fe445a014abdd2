import { t } from 'elysia'
import { REPORT_FORMATS } from '../../db/reports/reports.ts'
import { idWithSuffix } from '../http/schemas.ts'
import { pageQuery } from '../http/pagination.ts'

export const reportParams = idWithSuffix(REPORT_FORMATS)

export const reportAnswer = t.Object({
  id: t.String({ format: 'uuid' }),
  name: t.String(),
  run_id: t.Union([t.String({ format: 'uuid' }), t.Null()], {
    description: 'The run that made it, while that is kept.',
  }),
  summary: t.Record(t.String(), t.Unknown(), { description: 'Its main figures; which ones depends on the report.' }),
  created_at: t.String({ format: 'date-time' }),
  files: t.Object(Object.fromEntries(REPORT_FORMATS.map((format) => [format, t.String()])), {
    description: 'Path of each file.',
  }),
})

export const listQuery = t.Object(pageQuery, { additionalProperties: false })
export const listAnswer = t.Object({ items: t.Array(reportAnswer), next_cursor: t.Union([t.String(), t.Null()]) })
