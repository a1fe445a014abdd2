/** What a route's `detail` says of its answers: its successes, and every problem that it may answer with. */
import { Kind } from '@sinclair/typebox'
import type { TSchema } from 'elysia'
import { STATUS_CODES } from 'node:http'
import { headerRefs, responseName, type AnswerHeader } from './openapi-parts.ts'

/** An answer with more to say than the schema of its JSON: `headers` beside those of every answer, `content` of other types. */
interface Answer {
  schema?: TSchema
  headers?: AnswerHeader[]
  content?: Record<string, { schema: object; example?: unknown }>
}

/** Statuses that any protected route can answer. */
const ALWAYS = [401, 403, 500, 503]

/** For a route's `detail.responses`: `success` by status (null = no body), then the problems it can answer with. */
export function responses(
  success: Record<number, TSchema | Answer | null>,
  problems: number[] = [],
  always = ALWAYS,
): Record<string, { description: string } | { $ref: string }> {
  const successes = Object.entries(success).map(([status, answer]) => [status, described(status, answer)])
  return { ...Object.fromEntries(successes), ...problemAnswers([...problems, ...always]) }
}

function described(status: string, answer: TSchema | Answer | null) {
  const { schema, headers, content }: Answer = answer === null ? {} : isSchema(answer) ? { schema: answer } : answer
  return {
    description: STATUS_CODES[status] ?? 'Answer',
    ...(headers && { headers: headerRefs(headers) }),
    ...((schema || content) && { content: { ...(schema && { 'application/json': { schema } }), ...content } }),
  }
}

const isSchema = (answer: TSchema | Answer): answer is TSchema => Kind in answer

/** Answers that are problems, by status. */
export function problemAnswers(statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }] as const),
  )
}

/** A route's `detail.requestBody`, for bodies that the route checks itself. */
export function jsonBody(schema: TSchema) {
  return { required: true, content: { 'application/json': { schema: schema as object } } }
}
