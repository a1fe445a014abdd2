/** The parts of the OpenAPI document that routes share: headers, problems, security schemes, and what it says of itself. */
import { t } from 'elysia'
import { STATUS_CODES } from 'node:http'
import { version } from '../../package.json'
import { EVENT_ID } from './last-event-id.ts'

export const INFO = {
  title: 'Doca',
  version,
  description: [
    'The back office of a small company: a packaging catalogue, jobs, events, charts and reports.',
    'Sign in with `POST /login` and send the token as `Authorization: Bearer …`; a script sends an API key of `POST /me/api-keys` in its place. Lists take `limit` and `cursor`; the cursor of the ' +
      'next page is `next_cursor`. Unknown fields and query parameters are refused. What can be changed has an `ETag`, which ' +
      '`If-Match` takes; a POST that creates takes an `Idempotency-Key`.',
    'Every error is `application/problem+json` (RFC 9457), in Portuguese or English as `Accept-Language` asks; its `code` stays, and ' +
      'its `type` is a page that explains it. `GET /docs/problems` lists all of them.',
    'Answers of more than 1 KB are compressed, with zstd or gzip as `Accept-Encoding` asks; the ETag then names the encoding.',
  ].join('\n\n'),
  license: { name: 'MIT', identifier: 'MIT' },
}

export const TAGS = [
  { name: 'sign-in', description: 'Sessions, one’s own password, and two-factor sign-in.' },
  { name: 'users', description: 'Accounts, and the audit of security events; for admins.' },
  { name: 'packaging', description: 'The catalogue of packaging items, with import and export.' },
  { name: 'events', description: 'Stock events on their way into the history, and the history.' },
  { name: 'orders', description: 'Order systems, their messages, retries, and what became of each.' },
  { name: 'dead-letters', description: 'Messages that will not be tried again by themselves, by what they died of.' },
  { name: 'charts', description: 'Workbooks, and the charts that are drawn of them.' },
  { name: 'reports', description: 'Reports that jobs have made of the catalogue.' },
  { name: 'jobs', description: 'Scheduled jobs, their slots, and their runs.' },
  { name: 'monitors', description: 'What is watched beside Doca, and pings of other machines’ jobs.' },
  { name: 'alerts', description: 'Incidents, and silences for planned work.' },
  { name: 'dashboard', description: 'What the pages at / follow.' },
  { name: 'problems', description: 'What the code of a problem means, and what to do about it.' },
  { name: 'health', description: 'How the system does: probes, figures, and targets.' },
]

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of `POST /login`, `POST /2fa/verify` or `POST /token/refresh`.',
  },
  api_key: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'doca_…',
    description:
      'A key of `POST /me/api-keys`, for scripts: sent as an access token is, without signing in. Routes that take a session ' +
      'refuse it (403 session_needed).',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'doca_access',
    description:
      'From `POST /login` with `cookie: true`; named `__Host-doca_access` over HTTPS. Changes need an Origin of this site.',
  },
  webhook: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Signature-256',
    description:
      '`sha256=` and the HMAC-SHA256, in hexadecimal, of X-Timestamp, a dot and the body, with the key WEBHOOK_SECRET.',
  },
  metrics: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN, where that is set.' },
} as const

/** Request headers that a route may read; named in its `request_headers`. */
export const REQUEST_HEADERS = {
  'Idempotency-Key': header(
    'Idempotency-Key',
    'Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, ' +
      '422 with another request. A request that was refused leaves its key free.',
    { type: 'string', minLength: 1, maxLength: 255, pattern: /^[!-~]+$/.source, examples: ['5b1f0c9e-order-1042'] },
  ),
  'If-Match': header('If-Match', 'The ETag of what was read: 412 when somebody changed it since.', {
    type: 'string',
    examples: ['"3"'],
  }),
  'If-None-Match': header('If-None-Match', 'The ETag of what is known: 304 when that is still so.', {
    type: 'string',
    examples: ['"3"'],
  }),
  'Last-Event-ID': header(
    'Last-Event-ID',
    'The id of the last event that arrived; what came after it follows. Browsers send it themselves.',
    { type: 'string', pattern: EVENT_ID.source, examples: ['1718'] },
  ),
}
export type RequestHeader = keyof typeof REQUEST_HEADERS

function header(name: string, description: string, schema: object) {
  return { name, in: 'header', description, schema }
}

const integer = { type: 'integer', minimum: 0 }

export const ANSWER_HEADERS = {
  'X-Request-Id': {
    description: 'The id of this request in the logs: the one that the request named, or a new one.',
    schema: { type: 'string', examples: ['01a1fc6d-ba26-771a-b067-b72d1b4570e8'] },
  },
  'RateLimit-Limit': { description: 'Requests a minute.', schema: { ...integer, examples: [600] } },
  'RateLimit-Remaining': { description: 'How many more are allowed now.', schema: { ...integer, examples: [599] } },
  'RateLimit-Reset': { description: 'Seconds until the count begins anew.', schema: { ...integer, examples: [42] } },
  'Retry-After': { description: 'Seconds to wait before the next try.', schema: { ...integer, examples: [5] } },
  'Content-Language': {
    description: 'The language of the sentences.',
    schema: { type: 'string', enum: ['pt-BR', 'en'], examples: ['en'] },
  },
  'WWW-Authenticate': {
    description: 'How to sign in.',
    schema: { type: 'string', examples: ['Bearer realm="doca"'] },
  },
  ETag: {
    description: 'The version of the answer, for If-None-Match; of what can be changed, for If-Match, too.',
    schema: { type: 'string', examples: ['"3"'] },
  },
  Location: {
    description: 'The path of what was made.',
    schema: { type: 'string', examples: ['/embalagens/01a1fc6d-ba26-771a-b067-b72d1b4570e8'] },
  },
  'Idempotency-Replayed': {
    description: 'true: the answer of the first request with this Idempotency-Key.',
    schema: { type: 'string', const: 'true' },
  },
  'Content-Disposition': {
    description: 'The name of the file.',
    schema: { type: 'string', examples: ['attachment; filename="embalagens.csv"'] },
  },
  'Set-Cookie': {
    description: 'With `cookie: true`: the session, HttpOnly and SameSite=Strict.',
    schema: { type: 'string' },
  },
} as const
export type AnswerHeader = keyof typeof ANSWER_HEADERS

export const headerRefs = (names: readonly AnswerHeader[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

const problem = t.Object(
  {
    type: t.String({ format: 'uri-reference', description: 'The page that explains the code.' }),
    title: t.String({ description: 'The name of the status.' }),
    status: t.Integer({ minimum: 400, maximum: 599 }),
    detail: t.String({ description: 'What happened, in the language of Content-Language.' }),
    code: t.String({ pattern: /^[a-z0-9_]+$/.source, description: 'For programs; the same in every language.' }),
    request_id: t.String({ description: 'The id of the request in the logs.' }),
    errors: t.Optional(
      t.Array(
        t.Object(
          {
            path: t.String({ description: 'JSON pointer of the field, or / and the name of the parameter.' }),
            message: t.String(),
          },
          { additionalProperties: true },
        ),
        { description: 'Each field, parameter or row that does not fit.' },
      ),
    ),
  },
  { title: 'Problem' },
)

/** One problem for each status: its code, and what that says. */
const EXAMPLES: Record<number, { code: string; detail: string; errors?: object[] }> = {
  400: { code: 'body_not_json', detail: 'The body is not valid JSON.' },
  401: { code: 'unauthorized', detail: 'Sign in at POST /login and send the token as `Authorization: Bearer …`.' },
  403: { code: 'forbidden', detail: 'This needs the role operator; you are signed in as viewer.' },
  404: { code: 'run_not_found', detail: 'No run has the id 01a1fc6d-ba26-771a-b067-b72d1b4570e8.' },
  409: {
    code: 'idempotency_key_running',
    detail: 'The request with this Idempotency-Key is still running; send it again in a moment for its answer.',
  },
  412: { code: 'version_mismatch', detail: 'Somebody changed it in the meantime; read it again, then repeat.' },
  413: { code: 'body_too_large', detail: 'The body is larger than 1024 KiB.' },
  415: { code: 'body_type_unsupported', detail: 'Send application/json, not text/plain.' },
  422: {
    code: 'validation_failed',
    detail: 'The request does not fit; see errors.',
    errors: [{ path: '/limit', message: 'must be an integer from 1 to 100' }],
  },
  429: { code: 'rate_limited', detail: 'More than 600 requests a minute; try again in 12 s.' },
  431: { code: 'headers_too_large', detail: 'The address and the headers are larger than 16 KiB.' },
  500: { code: 'internal_error', detail: 'Something went wrong here; the log has it under this request_id.' },
  503: { code: 'database_unavailable', detail: 'The database cannot be reached now; try again in a moment.' },
}

const MORE_HEADERS: Record<number, AnswerHeader[]> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
  503: ['Retry-After'],
}

/** By the name of their status, e.g. NotFound. */
export const RESPONSES: Record<string, object> = {
  ...Object.fromEntries(
    Object.entries(EXAMPLES).map(([status, { code, detail, errors }]) => [
      responseName(Number(status)),
      {
        description: STATUS_CODES[status]!,
        headers: headerRefs(['X-Request-Id', 'Content-Language', ...(MORE_HEADERS[Number(status)] ?? [])]),
        content: {
          'application/problem+json': {
            schema: problem,
            example: {
              type: `/docs/problems/${code}`,
              title: STATUS_CODES[status],
              status: Number(status),
              detail,
              code,
              request_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
              ...(errors && { errors }),
            },
          },
        },
      },
    ]),
  ),
  NotModified: { description: STATUS_CODES[304], headers: headerRefs(['ETag']) },
}

/** In components.responses. */
export function responseName(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z]/g, '')
}
