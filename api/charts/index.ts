import { Elysia } from 'elysia'
import { chartFile, listCharts, readChart, type Chart } from '../../db/charts/charts.ts'
import { announceObjects, deleteChart, uploadWorkbook } from '../../db/charts/uploads.ts'
import { AppError } from '../../lib/errors.ts'
import type { PageRequest } from '../../lib/page.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { idParams, splitSuffix } from '../http/schemas.ts'
import { repeatable } from '../http/idempotency.ts'
import { fileAnswer } from '../http/etag.ts'
import { languageOf } from '../http/language.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { createUploads, readUpload } from '../http/upload.ts'
import {
  chartAnswer,
  chartParams,
  listAnswer,
  listQuery,
  notificationAnswer,
  notificationBody,
  notifiedKeys,
  uploaded,
  uploadQuery,
} from './model.ts'

const tags = ['charts']

const TYPES = { png: 'image/png', svg: 'image/svg+xml', json: 'application/json' } as const

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
const CHART_ANSWERS = { schema: chartAnswer, content: { 'image/png': picture, 'image/svg+xml': picture } }

export function charts({ db: { sql, objects }, config, streams }: ApiContext) {
  const uploads = createUploads()
  const localeOf = (request: Request) => languageOf(request, config.locale)
  return new Elysia({ name: 'charts', prefix: '/charts' })
    .use(withSession)
    .post(
      '',
      ({ request, query, session }) =>
        uploads(async () => {
          const upload = await readUpload(request)
          return repeatable(sql, request, async () => {
            const name = query.name ?? upload.name ?? missingName()
            const uploaded = await uploadWorkbook(
              sql,
              objects,
              { name, bytes: upload.bytes },
              actorOf(request, session),
            )
            return jsonAnswer(uploaded, 201, { location: `/charts/${uploaded.id}` })
          })
        }),
      {
        query: uploadQuery,
        detail: {
          tags,
          access: 'operator',
          body: 'upload',
          request_headers: ['Idempotency-Key'],
          summary: 'Upload a workbook to be drawn',
          requestBody: UPLOAD_BODY as never,
          responses: responses(
            { 201: { schema: uploaded, headers: ['Location', 'Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .post(
      '/notifications',
      async ({ body }) => jsonAnswer({ announced: await announceObjects(sql, objects, notifiedKeys(body)) }, 202),
      {
        body: notificationBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Say that workbooks were put into the bucket, as the bucket itself does',
          description:
            'The body is an event notification of S3, which MinIO and others send, too, best with an API key. A shortcut: what it names is drawn ' +
            'at once instead of when a poll comes to it. A notification that is lost or comes twice does no harm.',
          responses: responses({ 202: notificationAnswer }, [400, 413, 415, 422]),
        },
      },
    )
    .get('', ({ query, request }) => list(query, localeOf(request)), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Charts, newest first',
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .get(
      '/:id',
      async ({ params, request }) => {
        const { id, suffix } = splitSuffix<keyof typeof TYPES>(params.id)
        if (!suffix) return describe(await readChart(sql, id), localeOf(request))
        const { info, body } = await chartFile(sql, objects, id, suffix)
        const headers = { 'content-type': TYPES[suffix], 'content-length': String(info.size_bytes) }
        return fileAnswer(streams, request, { version: info.version, body }, headers)
      },
      {
        params: chartParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'One chart; with .png or .svg after the id its picture, with .json what is drawn in it',
          responses: responses({ 200: CHART_ANSWERS }, [404, 422]),
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, request, session }) => {
        await deleteChart(sql, objects, params.id.toLowerCase(), actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'operator',
          summary: 'Delete a workbook with its charts',
          responses: responses({ 204: null }, [404, 409, 422]),
        },
      },
    )

  function list({ limit, cursor, ...filters }: typeof listQuery.static, locale: Locale) {
    const read = (page: PageRequest<{ id: string }>) => listCharts(sql, filters, page)
    return answerPage({ limit, cursor }, ['id'], read, (chart) => describe(chart, locale))
  }
}

const describe = ({ error, ...chart }: Chart, locale: Locale) => ({ ...chart, error: error && textIn(error, locale) })

function missingName(): never {
  throw new AppError('invalid', 'chart_name_missing', {
    en: 'Send the workbook as form field "file", or name it with ?name=….',
    pt: 'Envie a planilha no campo "file" do formulário, ou dê o nome com ?name=….',
  })
}
