import { t } from 'elysia'
import { idWithSuffix, oneOf } from '../http/schemas.ts'
import { CHART_STATES } from '../../db/charts/table.ts'
import { pageQuery } from '../http/pagination.ts'

export const uploadQuery = t.Object(
  {
    name: t.Optional(
      t.String({ minLength: 1, maxLength: 200, description: 'File name for a raw body, e.g. vendas.xlsx.' }),
    ),
  },
  { additionalProperties: false },
)

export const uploaded = t.Object({
  id: t.String({ format: 'uuid', description: 'Of the chart: GET /charts/{id}.' }),
  key: t.String({ description: 'Object key; items of GET /charts carry it as source_key.' }),
  name: t.String(),
  size_bytes: t.Integer(),
  version: t.String(),
})

export const chartParams = idWithSuffix(['png', 'svg'])

export const chartAnswer = t.Object({
  id: t.String({ format: 'uuid' }),
  source_key: t.String(),
  state: oneOf(CHART_STATES),
  output_key: t.Union([t.String(), t.Null()]),
  error_code: t.Union([t.String(), t.Null()]),
  error: t.Union([t.String(), t.Null()], { description: 'What the owner of the workbook can change.' }),
  found_at: t.String({ format: 'date-time' }),
  finished_at: t.Union([t.String({ format: 'date-time' }), t.Null()]),
})

export const listQuery = t.Object(pageQuery, { additionalProperties: false })
export const listAnswer = t.Object({ items: t.Array(chartAnswer), next_cursor: t.Union([t.String(), t.Null()]) })
