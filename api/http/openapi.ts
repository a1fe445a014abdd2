/**
 * The OpenAPI document (3.1, whose schemas are JSON Schema as ours are), made from the routes: their schemas, what each says
 * of itself in `detail`, and what they share (openapi-parts.ts).
 */
import { OptionalKind, type TObject, type TSchema } from '@sinclair/typebox'
import {
  ANSWER_HEADERS,
  headerRefs,
  INFO,
  REQUEST_HEADERS,
  RESPONSES,
  SECURITY_SCHEMES,
  TAGS,
  type AnswerHeader,
} from './openapi-parts.ts'
import { collectSchemas } from './openapi-schemas.ts'
import { problemAnswers } from './responses.ts'
import { JSON_TYPES, type Access, type RouteRules } from './route-table.ts'

type Json = Record<string, unknown>

interface Declared {
  method: string
  path: string
  hooks: { detail?: Detail; params?: TSchema; query?: TSchema; body?: TSchema }
}

interface Detail extends Partial<RouteRules> {
  hide?: boolean
  tags?: string[]
  summary?: string
  description?: string
  requestBody?: unknown
  responses?: unknown
}

/** Throws AppError for two schemas of one title. */
export function createDocument(routes: readonly Declared[]): Json {
  const schemas = collectSchemas()
  const paths: Record<string, Json> = {}
  for (const { method, path, hooks } of routes) {
    if (hooks.detail?.hide) continue
    const at = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[at] = { ...paths[at], [method.toLowerCase()]: schemas.take(operation(method, at, hooks)) }
  }
  const shared = shareParameters(Object.values(paths).flatMap((methods) => Object.values(methods) as Operation[]))
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    tags: TAGS,
    security: SECURITY.viewer,
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      parameters: { ...REQUEST_HEADERS, ...shared },
      headers: ANSWER_HEADERS,
      responses: schemas.take(RESPONSES),
      schemas: schemas.named,
    },
  }
}

interface Operation {
  parameters?: Json[] | undefined
}

/** Puts what several operations take alike, `limit` or the name of a job, in one place, to which they refer. */
function shareParameters(operations: Operation[]): Record<string, Json> {
  const times = new Map<string, number>()
  for (const { parameters = [] } of operations)
    for (const one of parameters) times.set(JSON.stringify(one), (times.get(JSON.stringify(one)) ?? 0) + 1)
  const names = new Map<string, string>()
  const shared: Record<string, Json> = {}
  for (const operation of operations)
    operation.parameters = operation.parameters?.map((one) => {
      const text = JSON.stringify(one)
      if ('$ref' in one || times.get(text) === 1) return one
      const name = names.get(text) ?? unusedName(String(one.name), shared)
      names.set(text, name)
      shared[name] = one
      return { $ref: `#/components/parameters/${name}` }
    })
  return shared
}

/** `name`, `name2`, `name3` … */
function unusedName(name: string, used: Record<string, Json>, number = 1): string {
  const tried = number === 1 ? name : `${name}${number}`
  return tried in used ? unusedName(name, used, number + 1) : tried
}

function operation(method: string, path: string, { detail = {}, params, query, body }: Declared['hooks']): Json {
  const { tags, summary, description, access = 'viewer', unlimited, request_headers = [], requestBody } = detail
  const session_only = detail.session_only || detail.fresh_proof
  const size = detail.max_body_bytes && `The body has at most ${detail.max_body_bytes / 1024} KiB.`
  // One resource, and each page of what belongs to it, has an ETag (etag.ts).
  const tagged = method === 'GET' && path.includes('{')
  const headers = [...request_headers, ...(tagged ? (['If-None-Match'] as const) : [])]
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
  return {
    operationId: idOf(method, path),
    tags,
    summary,
    description: [description, size, session_only && SESSION_ONLY, CALLERS[access]].filter(Boolean).join('\n\n'),
    ...((session_only || access !== 'viewer') && { security: securityOf(access, session_only) }),
    ...(parameters.length > 0 && { parameters }),
    ...((requestBody ?? body) && { requestBody: requestBody ?? bodyOf(body!, detail.body) }),
    responses: {
      ...mapValues(detail.responses as Json, (answer) => withHeaders(answer as Answer, { unlimited, tagged })),
      ...(tagged && { 304: { $ref: '#/components/responses/NotModified' } }),
      ...problemAnswers(unlimited ? [400, 422, 431] : [400, 422, 429, 431]),
    },
  }
}

/** An identifier, e.g. getEmbalagensById. */
function idOf(method: string, path: string): string {
  const words = path.replaceAll('{', 'by-').split(/[^A-Za-z0-9]+/)
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function parametersOf(schema: TSchema | undefined, where: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as Partial<TObject>
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    ...(required.includes(name) && { required: true }),
    ...(description && { description }),
    schema: rest,
  }))
}

const bodyOf = (schema: TSchema, kind: RouteRules['body']) => ({
  ...(!(OptionalKind in schema) && { required: true }),
  content: Object.fromEntries(JSON_TYPES[kind === 'merge_patch' ? kind : 'json'].map((type) => [type, { schema }])),
})

interface Answer {
  $ref?: string
  headers?: Json
}

/** With the headers that every answer has; an answer by reference has them there. */
function withHeaders(
  answer: Answer,
  { unlimited, tagged }: { unlimited?: boolean | undefined; tagged: boolean },
): Json {
  if (answer.$ref) return { ...answer }
  const names: AnswerHeader[] = ['X-Request-Id']
  if (!unlimited) names.push('RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset')
  if (tagged) names.push('ETag')
  return { ...answer, headers: { ...answer.headers, ...headerRefs(names) } }
}

const mapValues = <V>(object: Record<string, V> = {}, change: (value: V) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

const CALLERS: Record<Access, string> = {
  viewer: 'For every user.',
  operator: 'For operators and admins.',
  admin: 'For admins.',
  public: 'For anybody.',
  metrics: 'With METRICS_TOKEN; where that is not set for anybody, in production for this machine only.',
  either: 'For anybody; a session counts where there is one.',
  signed: 'For operators and admins, or with a signature.',
}

const SESSION_ONLY = 'Takes a session: an API key is refused.'

const KEY = { api_key: [] }
const ALLOWED = [{ bearer: [] }, KEY, { cookie: [] }]

/** What a route needs. */
const SECURITY: Record<Access, object[]> = {
  viewer: ALLOWED,
  operator: ALLOWED,
  admin: ALLOWED,
  public: [],
  metrics: [{}, { metrics: [] }],
  either: [{}, ...ALLOWED],
  signed: [...ALLOWED, { webhook: [] }],
}

const securityOf = (access: Access, session_only?: boolean) =>
  session_only ? SECURITY[access].filter((scheme) => scheme !== KEY) : SECURITY[access]
