/** Every error leaves as RFC 9457 problem+json, in its reader's language, without stack, query or secret. */
import { AppError, validationFailed, type ErrorItem, type ErrorKind } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { textIn, type Locale, type Text } from '../../lib/texts.ts'
import { schemaText, type SchemaError } from '../../lib/validation-texts.ts'
import { titleOf, unexplained } from './problem-texts.ts'
import { rateHeaders } from './rate-limit.ts'

export const STATUS: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  not_allowed: 405,
  stalled: 408,
  conflict: 409,
  stale: 412,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  rate_limited: 429,
  configuration: 500,
  internal: 500,
  upstream: 502,
  busy: 503,
  unavailable: 503,
  no_space: 507,
}

/** What a client is told to wait when nothing better is known, seconds. */
const RETRY_AFTER_S = 5

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  request_id: string
  errors?: Array<Omit<ErrorItem, 'message'> & { message: string }>
}

/**
 * The answer to `thrown`; what nobody foresaw is logged whole and told as a plain 500. `vary`: what else the answer
 * depends on besides its reader's language.
 */
export function problemResponse(
  thrown: unknown,
  request_id: string,
  log: Log,
  { locale, vary }: { locale: Locale; vary?: string | undefined },
): Response {
  const error = asAppError(thrown)
  const status = STATUS[error.kind]
  // Busy is no fault: in a flood the access log says it often enough.
  if (status >= 500 && error.kind !== 'busy') log.error({ err: thrown, request_id }, 'request failed')
  const detail = readable(error)
  // What is said in English alone is not called Portuguese.
  const language = typeof detail === 'string' ? 'en' : locale
  const problem: Problem = {
    type: 'about:blank',
    title: titleOf(status, language),
    status,
    detail: textIn(detail, language),
    code: error.code,
    request_id,
    ...(error.errors && {
      errors: error.errors.map((item) => ({ ...item, message: textIn(item.message, language) })),
    }),
  }
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'content-language': language,
      vary: vary ? `${vary}, Accept-Language` : 'Accept-Language',
      ...headersOf(error),
    },
  })
}

function headersOf({ kind, retry_after_s, allowed, limit_per_min }: AppError): Record<string, string> {
  const wait_s = retry_after_s ?? (STATUS[kind] === 503 ? RETRY_AFTER_S : undefined)
  return {
    // RFC 9110, 11.6.1: every 401 says how to do better.
    ...(kind === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="doca"' }),
    ...(wait_s !== undefined && { 'retry-after': String(wait_s) }),
    ...(allowed && { allow: allowed.join(', ') }),
    ...(limit_per_min !== undefined && rateHeaders({ limit: limit_per_min, remaining: 0, reset_s: wait_s ?? 0 })),
  }
}

/**
 * An engine's own words, with its address or a path of this machine, are for whoever runs it and reads the log; a client,
 * who may be anybody, reads what such a failure means to it.
 */
function readable({ detail, kind }: AppError): Text {
  const status = STATUS[kind]
  return typeof detail === 'string' && status >= 500 ? unexplained(status) : detail
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
      return routeNotFound()
    case 'PARSE':
    case 'INVALID_FILE_TYPE':
      return bodyUnreadable()
  }
  if (isDatabaseAway(thrown))
    return new AppError('unavailable', 'database_unavailable', {
      en: 'The database cannot be reached now; try again in a moment.',
      pt: 'O banco de dados não responde agora; tente de novo daqui a pouco.',
    })
  return new AppError('internal', 'internal_error', unexplained(500))
}

export function routeNotFound(): AppError {
  return new AppError('not_found', 'route_not_found', {
    en: 'There is no such route; GET /docs lists them.',
    pt: 'Esta rota não existe; GET /docs mostra todas.',
  })
}

export function bodyUnreadable(cause?: unknown): AppError {
  const detail = {
    en: 'The body cannot be read as its Content-Type says.',
    pt: 'O corpo não pode ser lido como o Content-Type diz.',
  }
  return new AppError('malformed', 'body_unreadable', detail, { cause })
}

type ValidationItem = SchemaError & { path?: string }

/** What a schema finds wrong, as problems list it. */
export function asErrorItem(item: ValidationItem): ErrorItem {
  return { path: item.path || '/', message: schemaText(item) }
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
