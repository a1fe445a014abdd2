/**
 * Finishes the OpenAPI document: corrects the plugin's (types of bodies and query parameters; version 3.1, whose schemas are
 * JSON Schema as ours are), and adds what routes share: headers that a route only names (see `headers`), the security of
 * their access, and the answers that any route can give.
 */
import type { TSchema } from 'elysia'
import { EVENT_ID } from './event-stream.ts'
import { problemAnswers } from './responses.ts'
import type { Access, RouteRules } from './route-table.ts'

type Json = Record<string, unknown>
interface Operation extends RouteRules {
  parameters?: Array<{ name: string; in: string; schema?: Json }>
  requestBody?: RequestBody
  responses?: Record<string, unknown>
  'x-headers'?: SharedHeader[]
  security?: object[]
}
interface RequestBody {
  required?: boolean
  content: Record<string, { schema?: Json }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

const SHARED_HEADERS = {
  'Idempotency-Key': {
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: /^[!-~]+$/.source },
    description: 'Send the same key again to get the first answer again, for a day, instead of doing it twice.',
  },
  'If-Match': {
    schema: { type: 'string' },
    description: 'The ETag of what was read: 412 when somebody changed it since.',
  },
  'If-None-Match': {
    schema: { type: 'string' },
    description: 'The ETag of what is known: 304 when that is still so.',
  },
  'Last-Event-ID': {
    schema: { type: 'string', pattern: EVENT_ID.source },
    description:
      'With follow=1: the id of the last event that arrived; what came after it follows. Browsers send it themselves.',
  },
} as const
type SharedHeader = keyof typeof SHARED_HEADERS

/** For a route's `detail`: request headers that it reads. */
export const headers = (...names: SharedHeader[]) => ({ 'x-headers': names }) as object

/** Security by access. User roles are the document's general security. */
const SECURITY: Partial<Record<Access, object[]>> = {
  public: [],
  metrics: [],
  either: [{}, { bearer: [] }, { cookie: [] }],
  signed: [{ bearer: [] }, { webhook: [] }],
}

export function finishDocument(document: Document): Document {
  const paths = mapValues(document.paths, (operations, path) =>
    mapValues(operations, (operation, method) =>
      finishOperation(method === 'get' && path.includes('{') ? tagged(operation) : operation),
    ),
  )
  return { ...(plainSchemas({ ...document, paths }) as Document), openapi: '3.1.0' }
}

const mapValues = <V, R>(object: Record<string, V>, change: (value: V, key: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]))

/** One resource has an ETag, from its version or from etag.ts. Lists and streams have none. */
function tagged(operation: Operation): Operation {
  const { 'x-headers': names = [], responses = {} } = operation
  if (names.length > 0 || operation.parameters?.some(({ name }) => name === 'cursor')) return operation
  return {
    ...operation,
    'x-headers': ['If-None-Match'],
    responses: { ...responses, 304: { description: 'Not Modified' } },
  }
}

function finishOperation(operation: Operation): Operation {
  const { access, unlimited, 'x-headers': names = [], parameters = [], requestBody, responses = {} } = operation
  const shared = names.map((name) => ({ name, in: 'header', required: false, ...SHARED_HEADERS[name] }))
  return {
    ...(Object.fromEntries(Object.entries(operation).filter(([key]) => !(key in NOT_SHOWN))) as unknown as Operation),
    ...(parameters.length + shared.length > 0 && { parameters: [...parameters, ...shared] }),
    ...(requestBody && { requestBody: finishBody(requestBody) }),
    ...(SECURITY[access] && { security: SECURITY[access] }),
    responses: { ...problemAnswers(unlimited ? [400, 422] : [400, 422, 429]), ...HUGE_HEADERS, ...responses },
  }
}

const NOT_SHOWN: Record<keyof RouteRules | 'x-headers', true> = {
  access: true,
  body: true,
  tarpit: true,
  unlimited: true,
  budget: true,
  uncounted: true,
  before_enrolment: true,
  folder: true,
  'x-headers': true,
}

function finishBody({ content, ...rest }: RequestBody): RequestBody {
  const json = content['application/json']
  return {
    ...rest,
    // The plugin adds a form and plain text to every JSON body; bodies of files name their own types.
    content: json && content['text/plain'] ? { 'application/json': json } : content,
    // A POST that takes nothing may come without a body, too.
    ...(isEmpty(json?.schema) && { required: false }),
  }
}

/** Bun itself answers with these, without a body. */
const HUGE_HEADERS = { 431: { description: 'The headers, or the address, are larger than 16 KiB.' } }

/** An object that may have no property. */
function isEmpty(schema: Json | undefined): boolean {
  return (
    schema?.type === 'object' && schema.additionalProperties === false && !Object.keys(schema.properties ?? {}).length
  )
}

/** Drops `nullable`, which 3.1 writes as `type: null`, and the text that Elysia would also take for a number. */
function plainSchemas(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainSchemas)
  if (!value || typeof value !== 'object') return value
  const number = numberIn(value as Json)
  if (number) return number
  const entries = Object.entries(value).filter(([key, part]) => !(key === 'nullable' && part === true))
  return Object.fromEntries(entries.map(([key, part]) => [key, plainSchemas(part)]))
}

/** The number in Elysia's "a number, or a text in the format of one". */
function numberIn({ anyOf }: Json): Json | undefined {
  if (!Array.isArray(anyOf)) return undefined
  const options = anyOf as TSchema[]
  if (!options.some(({ type, format }) => type === 'string' && (format === 'integer' || format === 'numeric')))
    return undefined
  return options.find(({ type }) => type === 'integer' || type === 'number') as Json | undefined
}
