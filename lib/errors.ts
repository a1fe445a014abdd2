import { networkText } from './network-texts.ts'
import { readable } from './readable.ts'
import { joined, type Translated } from './texts.ts'

/**
 * Kinds of errors, by what their reader can do. api/http/problems.ts makes statuses and headers of them, lib/program.ts
 * exit codes.
 */
export type ErrorKind =
  /** Cannot be read at all. */
  | 'malformed'
  /** Can be read, and does not fit. */
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  /** It exists, but does not allow this. */
  | 'not_allowed'
  | 'unsupported'
  /** Existing data is in the way. */
  | 'conflict'
  /** Somebody changed it meanwhile. */
  | 'stale'
  | 'too_large'
  /** What goes with a request, not its contents. */
  | 'overlong'
  | 'rate_limited'
  /** The other side read nothing, or sent nothing, for too long. */
  | 'stalled'
  /** Too much of this is under way; try again soon. */
  | 'busy'
  /** An engine is away, late, or refuses us. */
  | 'unavailable'
  /** A foreign system gave an unexpected answer. */
  | 'upstream'
  | 'no_space'
  /** Environment variables are wrong. */
  | 'configuration'
  | 'internal'

export interface ErrorOptions {
  cause?: unknown
  /** One entry per bad field, row or item, for answers that list them. */
  errors?: ErrorItem[]
  /** When to try again, seconds. */
  retry_after_s?: number
  /** The alternatives of a thing that is not allowed. */
  allowed?: string[]
  /** How many a minute are allowed. */
  limit_per_min?: number
  /** Trying again would change nothing: a job that throws it is not retried. */
  final?: boolean
}

/**
 * An error that its reader can act on: `kind` says what to do about it, `code` is for programs, `detail` is a sentence for
 * people, in both languages; `message`, for logs and command lines, is the English one.
 */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly errors: ErrorItem[] | undefined
  readonly retry_after_s: number | undefined
  readonly allowed: string[] | undefined
  readonly limit_per_min: number | undefined
  readonly final: boolean
  /** Private, so that logs do not say it twice. */
  readonly #detail: Translated

  constructor(kind: ErrorKind, code: string, detail: Translated, options: ErrorOptions = {}) {
    super(detail.en, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.errors = options.errors
    this.retry_after_s = options.retry_after_s
    this.allowed = options.allowed
    this.limit_per_min = options.limit_per_min
    this.final = options.final ?? false
    this.#detail = detail
  }

  get detail(): Translated {
    return this.#detail
  }
}

export interface ErrorItem {
  path: string
  message: Translated
  [extra: string]: unknown
}

/** Errors that one answer lists; another one says how many more there are. */
export const MAX_ERRORS = 100
/** Of the path of an error, in characters: an unknown field may have any name. */
const MAX_PATH = 200

/** Lists the fields of a request that do not fit. */
export function validationFailed(errors: ErrorItem[]): AppError {
  return new AppError(
    'invalid',
    'validation_failed',
    {
      en: 'The request does not fit; see errors.',
      pt: 'A requisição não é válida; veja os detalhes em errors.',
    },
    { errors: listed(errors) },
  )
}

function listed(errors: ErrorItem[]): ErrorItem[] {
  const more = errors.length - MAX_ERRORS
  const items = errors.slice(0, MAX_ERRORS).map(withShortPath)
  return more > 0 ? [...items, { path: '/', message: { en: `and ${more} more`, pt: `e mais ${more}` } }] : items
}

const withShortPath = (item: ErrorItem): ErrorItem =>
  item.path.length > MAX_PATH ? { ...item, path: `${item.path.slice(0, MAX_PATH)}…` } : item

/** A change to a version that is no longer the newest. */
export function lostUpdate(): AppError {
  return new AppError('stale', 'version_mismatch', {
    en: 'Somebody changed it in the meantime; read it again, then repeat.',
    pt: 'Alguém mudou isto nesse meio-tempo; leia de novo e repita.',
  })
}

/** The sentence in anything that was thrown, in both languages: ours, or another's as a quotation. Never throws. */
export function sentenceOf(thrown: unknown): Translated {
  if (thrown instanceof AppError) return thrown.detail
  try {
    if (thrown instanceof AggregateError && !thrown.message) return joined(thrown.errors.map(sentenceOf), '; ')
    const en = wordsOf(thrown)
    const { code } = Object(thrown) as { code?: unknown }
    return { en, pt: (typeof code === 'string' && networkText(code)?.pt) || `“${en}”` }
  } catch {
    return UNREADABLE
  }
}

/** The same in English alone, for logs. */
export function messageOf(thrown: unknown): string {
  return sentenceOf(thrown).en
}

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return readable(String(thrown))
  return readable(String(thrown.message || (thrown as NodeJS.ErrnoException).code || thrown.name))
}

const UNREADABLE: Translated = {
  en: 'something was thrown that cannot be read',
  pt: 'foi lançado algo que não pode ser lido',
}
