import { t } from 'elysia'
import { REPORT_FORMATS } from '../../db/reports/reports.ts'
import { idWithSuffix, timestamp } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

export const reportParams = idWithSuffix(REPORT_FORMATS)

const REPORT = '01a1fc6d-ba26-771a-b067-b72d1b4570e9'
export const reportAnswer = t.Object(
  {
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
  },
  {
    title: 'Report',
    examples: [
      {
        id: REPORT,
        name: 'catalogue',
        run_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        summary: { items: 1204, low_stock: 17 },
        created_at: '2026-11-20T05:00:03.000Z',
        files: Object.fromEntries(REPORT_FORMATS.map((format) => [format, `/api/relatorios/${REPORT}.${format}`])),
      },
    ],
  },
)

export const listQuery = t.Object(
  {
    from: t.Optional(timestamp('Made from this time on.')),
    to: t.Optional(timestamp('Made before this time.')),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export const listAnswer = pageAnswer(reportAnswer)
