/** Every error leaves as RFC 9457 problem+json, in its reader's language, without stack, query or secret. */
import { AppError, type ErrorItem } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { textIn, type Locale, type Text } from '../../lib/texts.ts'
import { schemaText, type SchemaError } from '../../lib/validation-texts.ts'
import { titleOf, unexplained } from './problem-texts.ts'

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
  // Busy is no fault: in a flood the access log says it often enough.
  if (error.status >= 500 && error.code !== 'busy') log.error({ err: thrown, request_id }, 'request failed')
  const detail = readable(error)
  // What is said in English alone is not called Portuguese.
  const language = typeof detail === 'string' ? 'en' : locale
  const problem: Problem = {
    type: 'about:blank',
    title: titleOf(error.status, language),
    status: error.status,
    detail: textIn(detail, language),
    code: error.code,
    request_id,
    ...(error.errors && {
      errors: error.errors.map((item) => ({ ...item, message: textIn(item.message, language) })),
    }),
  }
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      // RFC 9110, 11.6.1: every 401 says how to do better.
      ...(error.status === 401 && { 'www-authenticate': 'Bearer realm="doca"' }),
      'content-language': language,
      vary: vary ? `${vary}, Accept-Language` : 'Accept-Language',
      ...error.headers,
    },
  })
}

/**
 * An engine's own words, with its address or a path of this machine, are for whoever runs it and reads the log; a client,
 * who may be anybody, reads what such a failure means to it.
 */
function readable({ detail, status }: AppError): Text {
  return typeof detail === 'string' && status >= 500 ? unexplained(status) : detail
}

/** A request whose fields do not fit, with every one of them. */
export function validationFailed(errors: ErrorItem[]): AppError {
  return new AppError(
    'validation_failed',
    422,
    {
      en: 'The request does not fit; see errors.',
      pt: 'A requisição não é válida; veja os detalhes em errors.',
    },
    { errors },
  )
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
    return new AppError(
      'database_unavailable',
      503,
      {
        en: 'The database cannot be reached now; try again in a moment.',
        pt: 'O banco de dados não responde agora; tente de novo daqui a pouco.',
      },
      {
        headers: { 'retry-after': '5' },
      },
    )
  return new AppError('internal_error', 500, unexplained(500))
}

export function routeNotFound(): AppError {
  return new AppError('route_not_found', 404, {
    en: 'There is no such route; GET /docs lists them.',
    pt: 'Esta rota não existe; GET /docs mostra todas.',
  })
}

export function bodyUnreadable(cause?: unknown): AppError {
  const detail = {
    en: 'The body cannot be read as its Content-Type says.',
    pt: 'O corpo não pode ser lido como o Content-Type diz.',
  }
  return new AppError('body_unreadable', 400, detail, { cause })
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
