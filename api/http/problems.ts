/**
 * Every error leaves as RFC 9457 problem+json, in its reader's language, without stack, query or secret. Statuses and
 * headers are made of an error's kind here, and only here.
 */
import { STATUS_CODES } from 'node:http'
import { AppError, validationFailed, type ErrorItem, type ErrorKind } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import { errorItems, type SchemaError } from '../../lib/validation-texts.ts'
import { wholeAnswer } from './answers.ts'
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
  overlong: 431,
  configuration: 500,
  internal: 500,
  upstream: 502,
  busy: 503,
  unavailable: 503,
  no_space: 507,
}

/** Retry-After of an unavailable engine, seconds. */
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
 * The answer to `thrown`. An unforeseen error is logged whole and answered with a plain 500. `vary`: request headers, besides
 * Accept-Language, that the answer depends on.
 */
export function problemResponse(
  thrown: unknown,
  request_id: string,
  log: Log,
  { locale, vary }: { locale: Locale; vary?: string | undefined },
): Response {
  const error = asAppError(thrown)
  const status = STATUS[error.kind]
  // Busy is no fault, and the access log has it.
  if (status >= 500 && error.kind !== 'busy') log.error({ err: thrown, request_id }, 'request failed')
  const problem: Problem = {
    type: problemType(error.code),
    title: titleOf(status, locale),
    status,
    detail: textIn(readable(error), locale),
    code: error.code,
    request_id,
    ...(error.errors && {
      errors: error.errors.map((item) => ({ ...item, message: textIn(item.message, locale) })),
    }),
  }
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'content-language': locale,
    vary: vary ? `${vary}, Accept-Language` : 'Accept-Language',
    ...headersOf(error),
  }
  return wholeAnswer(JSON.stringify(problem), headers, status)
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
 * The sentence for a client. An engine's own message, with its address or a path of this machine, is for the log only; the
 * client reads what the failure means to it.
 */
function readable({ detail, kind, code }: AppError): Translated {
  const status = STATUS[kind]
  return status < 500 || kind === 'busy' || FOR_CLIENTS.has(code) ? detail : unexplained(status)
}

/** Failures of the server whose sentence names nothing of this machine. */
const FOR_CLIENTS = new Set(['api_starting', 'database_timeout', 'database_unavailable', 'totp_key_wrong'])

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const { code, all, cause } = (thrown ?? {}) as { code?: string; all?: SchemaError[]; cause?: unknown }
  switch (code) {
    case 'VALIDATION':
      return validationFailed(errorItems(all ?? []))
    case 'NOT_FOUND':
      return routeNotFound()
    // Elysia wraps what a parser throws, and thereby what the checks before it throw.
    case 'PARSE':
      return cause === undefined ? bodyUnreadable() : asAppError(cause)
    case 'INVALID_FILE_TYPE':
      return bodyUnreadable()
  }
  if (DATABASE_AWAY.has(code!))
    return new AppError('unavailable', 'database_unavailable', {
      en: 'The database cannot be reached now; try again in a moment.',
      pt: 'O banco de dados não responde agora; tente de novo daqui a pouco.',
    })
  if (OUT_OF_TIME.has(code!))
    return new AppError('unavailable', 'database_timeout', {
      en: 'The database took too long; try again in a moment.',
      pt: 'O banco de dados demorou demais; tente de novo daqui a pouco.',
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

/** Codes of postgres.js and PostgreSQL while the server is gone, starting or stopping. */
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

/** A statement ended by statement_timeout or lock_timeout, a transaction by idle_in_transaction_session_timeout. */
const OUT_OF_TIME = new Set(['57014', '55P03', '25P03'])

/** The page that explains a code (api/problems). */
export const problemType = (code: string) => `/docs/problems/${code}`

/** The name of an HTTP status. */
export function titleOf(status: number, locale: Locale): string {
  const en = STATUS_CODES[status] ?? 'Error'
  return locale === 'en' ? en : (TITLES[status] ?? 'Erro')
}

/** Of every status in STATUS. */
const TITLES: Record<number, string> = {
  400: 'Requisição inválida',
  401: 'Não autenticado',
  403: 'Acesso negado',
  404: 'Não encontrado',
  405: 'Método não permitido',
  408: 'Tempo da requisição esgotado',
  409: 'Conflito',
  412: 'Condição não atendida',
  413: 'Conteúdo grande demais',
  415: 'Tipo de conteúdo não aceito',
  422: 'Conteúdo não processável',
  429: 'Requisições demais',
  431: 'Cabeçalhos grandes demais',
  500: 'Erro interno do servidor',
  502: 'Resposta inválida de outro sistema',
  503: 'Serviço indisponível',
  507: 'Espaço insuficiente',
}

/** A failure on the server's side, as far as a client needs to know, and what its reader can do. */
function unexplained(status: number): Translated {
  if (status === 503)
    return {
      en: 'A part of the system does not answer now; try again in a moment.',
      pt: 'Uma parte do sistema não responde agora; tente de novo daqui a pouco.',
    }
  if (status === 507)
    return {
      en: 'The server has no room left; tell whoever looks after the system.',
      pt: 'O servidor está sem espaço; avise quem cuida do sistema.',
    }
  return {
    en: 'Something went wrong here; the log has it under this request_id.',
    pt: 'Algo deu errado aqui; o log tem os detalhes sob este request_id.',
  }
}
