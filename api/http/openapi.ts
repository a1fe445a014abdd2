/**
 * Finishes the OpenAPI document. What the plugin writes is corrected (types of bodies and query parameters as they really
 * are, OpenAPI 3.1, whose schemas are JSON Schema as ours are), and what many routes share is added: headers that a route
 * only names (see `headers`), and the answers that any route can give.
 */
import type { TSchema } from 'elysia'
import { EVENT_ID } from './event-stream.ts'
import { problemAnswers } from './responses.ts'

type Json = Record<string, unknown>
interface Operation {
  parameters?: Array<{ name: string; in: string; schema?: Json }>
  requestBody?: { required?: boolean; content: Record<string, { schema?: Json }> }
  responses?: Record<string, unknown>
  'x-headers'?: SharedHeader[]
  security?: unknown[]
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

const SHARED_HEADERS = {
  'Idempotency-Key': {
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
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
    schema: { type: 'string', pattern: EVENT_ID },
    description:
      'With follow=1: the id of the last event that arrived; what came after it follows. Browsers send it themselves.',
  },
} as const
type SharedHeader = keyof typeof SHARED_HEADERS

/** For a route's `detail`: request headers that it understands. */
export const headers = (...names: SharedHeader[]) => ({ 'x-headers': names }) as object

/** Any route is limited, but the one that orchestrators ask all the time. */
const UNLIMITED = '/health/live'

export function finishDocument(document: Document): Document {
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      if (method === 'get' && path.includes('{')) tagged(operation)
      finishOperation(path, operation)
    }
  return { ...(plainSchemas(document) as Document), openapi: '3.1.0' }
}

/** One resource has an ETag, whether its route says so or etag.ts sees to it. Lists and streams have none. */
function tagged(operation: Operation): void {
  const { 'x-headers': names = [], responses = {} } = operation
  if (names.length > 0 || operation.parameters?.some(({ name }) => name === 'cursor')) return
  operation['x-headers'] = ['If-None-Match']
  operation.responses = { ...responses, 304: { description: 'Not Modified' } }
}

function finishOperation(path: string, operation: Operation): void {
  const { 'x-headers': names = [], parameters = [], requestBody, responses = {} } = operation
  delete operation['x-headers']
  const shared = names.map((name) => ({ name, in: 'header', required: false, ...SHARED_HEADERS[name] }))
  if (parameters.length + shared.length > 0) operation.parameters = [...parameters, ...shared]
  // The plugin takes it that a JSON body may come as a form or as plain text, too; bodies of files name their own types.
  if (requestBody?.content['application/json'] && requestBody.content['text/plain'])
    requestBody.content = { 'application/json': requestBody.content['application/json'] }
  // A POST that takes nothing may come without a body, too.
  if (requestBody && isEmpty(requestBody.content['application/json']?.schema)) requestBody.required = false
  const any = { ...problemAnswers(path === UNLIMITED ? [400] : [400, 429]), ...HUGE_HEADERS }
  operation.responses = { ...any, ...responses }
}

/** Bun answers these itself, without a body. */
const HUGE_HEADERS = { 431: { description: 'The headers, or the address, are larger than 16 KiB.' } }

/** An object that may have no property. */
function isEmpty(schema: Json | undefined): boolean {
  return (
    schema?.type === 'object' && schema.additionalProperties === false && !Object.keys(schema.properties ?? {}).length
  )
}

/** Without 3.0's word for what 3.1 says by `type: null`, and with numbers where Elysia would also read a text as one. */
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
