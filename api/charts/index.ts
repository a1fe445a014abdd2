import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { splitSuffix } from '../http/schemas.ts'
import { repeatable } from '../http/idempotency.ts'
import { headers } from '../http/openapi.ts'
import { fileAnswer } from '../http/known-answer.ts'
import { languageOf } from '../http/language.ts'
import { responses } from '../http/responses.ts'
import { readUpload } from '../http/upload.ts'
import { createUploads } from '../http/uploads.ts'
import { chartAnswer, chartParams, listAnswer, listQuery, uploaded, uploadQuery } from './model.ts'
import { chartPicture, describeChart, findChart, readCharts, uploadWorkbook } from './service.ts'

const tags = ['charts']

const TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const

/** What a multipart form and a raw body look like to a client. */
const UPLOAD_BODY = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] },
    },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  },
} as const

const picture = { schema: { type: 'string', format: 'binary' } }
const { 200: chart, ...problems } = responses({ 200: chartAnswer }, [404, 422])
const CHART_ANSWERS = {
  200: { ...chart, content: { ...chart.content, 'image/png': picture, 'image/svg+xml': picture } },
  ...problems,
}

export function charts({ db, config }: ApiContext) {
  const uploads = createUploads()
  const localeOf = (request: Request) => languageOf(request, config.locale)
  return new Elysia({ name: 'charts', prefix: '/charts' })
    .post(
      '',
      ({ request, query }) =>
        uploads(async () => {
          const upload = await readUpload(request, config.max_upload_bytes)
          return repeatable(db.sql, request, async () =>
            Response.json(await uploadWorkbook(db, upload, query.name), { status: 201 }),
          )
        }),
      {
        query: uploadQuery,
        detail: {
          tags,
          ...headers('Idempotency-Key'),
          summary: 'Upload a workbook to be drawn',
          requestBody: UPLOAD_BODY as never,
          responses: responses({ 201: uploaded }, [400, 409, 413, 415, 422]),
        },
      },
    )
    .get('', ({ query, request }) => readCharts(db, query, localeOf(request)), {
      query: listQuery,
      detail: { tags, summary: 'Charts, newest first', responses: responses({ 200: listAnswer }, [422]) },
    })
    .get(
      '/:id',
      async ({ params, request }) => {
        const { id, suffix } = splitSuffix<keyof typeof TYPES>(params.id)
        if (!suffix) return describeChart(await findChart(db, id), localeOf(request))
        const { info, body } = await chartPicture(db, id, suffix)
        const headers = { 'content-type': TYPES[suffix], 'content-length': String(info.size_bytes) }
        return fileAnswer(request, { version: info.version, body }, headers)
      },
      {
        params: chartParams,
        detail: { tags, summary: 'One chart; with .png or .svg after the id, its picture', responses: CHART_ANSWERS },
      },
    )
}
