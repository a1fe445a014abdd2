/** Answers in the OpenAPI document: a route's success, and every problem it may answer with. */
import { t, type TSchema } from 'elysia'
import { STATUS_CODES } from 'node:http'

const problem = t.Object({
  type: t.String(),
  title: t.String(),
  status: t.Integer(),
  detail: t.String(),
  code: t.String(),
  request_id: t.String(),
  errors: t.Optional(t.Array(t.Object({ path: t.String(), message: t.String() }, { additionalProperties: true }))),
})

/** Statuses that any protected route can answer. */
const ALWAYS = [401, 403, 500, 503]

/** For a route's `detail.responses`: `success` by status (null = no body), then the problems it can answer with. */
export function responses(success: Record<number, TSchema | null>, problems: number[] = [], always = ALWAYS) {
  const entries = Object.entries(success).map(([status, schema]) => [status, described(status, schema, 'json')])
  return { ...Object.fromEntries(entries), ...problemAnswers([...problems, ...always]) }
}

/** Problems by status. */
export function problemAnswers(statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, described(String(status), problem, 'problem+json')] as const),
  )
}

function described(status: string, schema: TSchema | null, type: string) {
  const description = STATUS_CODES[status] ?? 'Answer'
  return schema ? { description, content: { [`application/${type}`]: { schema } } } : { description }
}

/** A route's `detail.requestBody`, for bodies that the route checks itself. */
export function jsonBody(schema: TSchema) {
  return { required: true, content: { 'application/json': { schema: schema as object } } }
}
