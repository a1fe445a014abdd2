/** Every error leaves as RFC 9457 problem+json, without stack, query or secret. */
import { STATUS_CODES } from 'node:http'
import { AppError, type ErrorItem } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  request_id: string
  errors?: ErrorItem[]
}

/** The answer to `thrown`; what nobody foresaw is logged whole and told as a plain 500. */
export function problemResponse(thrown: unknown, request_id: string, log: Log): Response {
  const error = asAppError(thrown)
  // Busy is no fault: in a flood the access log says it often enough.
  if (error.status >= 500 && error.code !== 'busy') log.error({ err: thrown, request_id }, 'request failed')
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id,
    ...(error.errors && { errors: error.errors }),
  }
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      // RFC 9110, 11.6.1: every 401 says how to do better.
      ...(error.status === 401 && { 'www-authenticate': 'Bearer realm="doca"' }),
      ...error.headers,
    },
  })
}

/** A request whose fields do not fit, with every one of them. */
export function validationFailed(errors: ErrorItem[]): AppError {
  return new AppError('validation_failed', 422, 'The request does not fit; see errors.', { errors })
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const { code, all, cause } = (thrown ?? {}) as { code?: string; all?: ValidationItem[]; cause?: unknown }
  // The framework wraps what our body reader throws.
  if (code === 'PARSE' && cause instanceof AppError) return cause
  switch (code) {
    case 'VALIDATION':
      return validationFailed((all ?? []).map(asErrorItem))
    case 'NOT_FOUND':
      return new AppError('route_not_found', 404, 'There is no such route; GET /docs lists them.')
    case 'PARSE':
    case 'INVALID_FILE_TYPE':
      return new AppError('body_unreadable', 400, 'The body cannot be read as its Content-Type says.')
  }
  if (isDatabaseAway(thrown))
    return new AppError('database_unavailable', 503, 'The database cannot be reached now; try again in a moment.', {
      headers: { 'retry-after': '5' },
    })
  return new AppError('internal_error', 500, 'Something went wrong here; the log has it under this request_id.')
}

interface ValidationItem {
  path?: string
  message?: string
  summary?: string
}

function asErrorItem(item: ValidationItem): ErrorItem {
  return { path: item.path || '/', message: item.summary ?? item.message ?? 'is not valid' }
}

/** What postgres.js and PostgreSQL say while the server is gone, starting or stopping. */
const DATABASE_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])
function isDatabaseAway(thrown: unknown): boolean {
  return DATABASE_AWAY.has((thrown as { code?: string } | null)?.code ?? '')
}
