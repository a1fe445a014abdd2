import { t } from 'elysia'
import { DOCUMENTED } from '../http/openapi-schemas.ts'
import { idWithSuffix, NO_CONTROLS, oneOf } from '../http/schemas.ts'
import { CHART_STATES } from '../../db/charts/table.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

export const uploadQuery = t.Object(
  {
    name: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 200,
        [DOCUMENTED]: { pattern: /\.([xX][lL][sS][xX]|[cC][sS][vV])$/.source },
        description: 'File name for a raw body, e.g. vendas.xlsx.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const uploaded = t.Object(
  {
    id: t.String({ format: 'uuid', description: 'Of the chart: GET /charts/{id}.' }),
    key: t.String({ description: 'Object key; items of GET /charts carry it as source_key.' }),
    name: t.String(),
    size_bytes: t.Integer(),
    version: t.String(),
  },
  {
    title: 'UploadedWorkbook',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        key: 'uploads/vendas.xlsx',
        name: 'vendas.xlsx',
        size_bytes: 9216,
        version: 'f3b1c2',
      },
    ],
  },
)

const key = (description: string) => t.String({ minLength: 1, maxLength: 3072, ...NO_CONTROLS, description })

/** Only what is used of it; buckets say more. */
export const notificationBody = t.Object(
  {
    Records: t.Optional(
      t.Array(t.Object({ s3: t.Object({ object: t.Object({ key: key('Of the object, URL-encoded.') }) }) }), {
        maxItems: 1000,
        description: 'Of S3 and MinIO; missing in the message with which S3 tries whether anybody listens.',
      }),
    ),
    detail: t.Optional(
      t.Object({ object: t.Object({ key: key('Of the object, as it is.') }) }, { description: 'Of EventBridge.' }),
    ),
  },
  {
    title: 'BucketNotification',
    additionalProperties: true,
    examples: [
      { Records: [{ s3: { object: { key: 'uploads/Vendas+de+mar%C3%A7o.xlsx' } } }] },
      { detail: { object: { key: 'uploads/Vendas de março.xlsx' } } },
    ],
  },
)

/** The keys of the objects that it names. */
export function notifiedKeys({ Records = [], detail }: typeof notificationBody.static): string[] {
  return [...Records.map(({ s3 }) => decoded(s3.object.key)), ...(detail ? [detail.object.key] : [])]
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    // No bucket encodes so; nothing has this key.
    return key
  }
}

export const notificationAnswer = t.Object(
  { announced: t.Integer({ description: 'Workbooks below uploads/ that are there, and that a poller is told of.' }) },
  { title: 'BucketNoticed', examples: [{ announced: 1 }] },
)

export const chartParams = idWithSuffix(['png', 'svg', 'json'])

export const chartAnswer = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    source_key: t.String({ description: 'Object key of the workbook.' }),
    state: oneOf(CHART_STATES),
    output_key: t.Union([t.String(), t.Null()], { description: 'Object key of the pictures, without suffix.' }),
    error_code: t.Union([t.String(), t.Null()], { description: 'Why it was not drawn, for programs.' }),
    error: t.Union([t.String(), t.Null()], { description: 'What the owner of the workbook can change.' }),
    found_at: t.String({ format: 'date-time' }),
    finished_at: t.Union([t.String({ format: 'date-time' }), t.Null()]),
  },
  {
    title: 'Chart',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        source_key: 'uploads/vendas.xlsx',
        state: 'drawn',
        output_key: 'graficos/vendas',
        error_code: null,
        error: null,
        found_at: '2026-11-20T09:30:00.000Z',
        finished_at: '2026-11-20T09:30:02.000Z',
      },
    ],
  },
)

const text = (maxLength: number, description: string) =>
  t.Optional(t.String({ minLength: 1, maxLength, ...NO_CONTROLS, description }))
export const listQuery = t.Object(
  {
    name: text(240, 'The file with exactly this name.'),
    q: text(200, 'Words, or parts of them, all of which are in the file name; case and accents do not matter.'),
    state: t.Optional(oneOf(CHART_STATES, { description: 'How far it is.' })),
    current: t.Optional(
      t.Boolean({ description: 'true: without versions that a newer one of the same workbook has replaced.' }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export const listAnswer = pageAnswer(chartAnswer)
