import { textIn, type Text } from './texts.ts'

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
  /** What is there does not take this. */
  | 'not_allowed'
  | 'unsupported'
  /** What is there stands in the way. */
  | 'conflict'
  /** Somebody changed it meanwhile. */
  | 'stale'
  | 'too_large'
  | 'rate_limited'
  /** The other side took nothing, or sent nothing, for too long. */
  | 'stalled'
  /** Enough of this is under way; again in a moment. */
  | 'busy'
  /** An engine is away, late, or refuses us. */
  | 'unavailable'
  /** A system that is not ours answered what it should not. */
  | 'upstream'
  | 'no_space'
  /** The environment's variables do not fit. */
  | 'configuration'
  | 'internal'

export interface ErrorOptions {
  cause?: unknown
  /** One entry per bad field, row or item, for answers that list them. */
  errors?: ErrorItem[]
  /** When to ask again, seconds. */
  retry_after_s?: number
  /** What works instead of what is not allowed. */
  allowed?: string[]
  /** How many a minute are allowed. */
  limit_per_min?: number
}

/**
 * An error that its reader can act on: `kind` for what to do about it, `code` for programs, `detail` a sentence for people.
 * What a client of the API may read is said in both languages; `message`, for logs and command lines, is the English one.
 */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly errors: ErrorItem[] | undefined
  readonly retry_after_s: number | undefined
  readonly allowed: string[] | undefined
  readonly limit_per_min: number | undefined
  /** Private, so that logs do not say it twice. */
  readonly #detail: Text

  constructor(kind: ErrorKind, code: string, detail: Text, options: ErrorOptions = {}) {
    super(textIn(detail, 'en'), 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.errors = options.errors
    this.retry_after_s = options.retry_after_s
    this.allowed = options.allowed
    this.limit_per_min = options.limit_per_min
    this.#detail = detail
  }

  get detail(): Text {
    return this.#detail
  }
}

export interface ErrorItem {
  path: string
  message: Text
  [extra: string]: unknown
}

/** A request whose fields do not fit, with every one of them. */
export function validationFailed(errors: ErrorItem[]): AppError {
  return new AppError(
    'invalid',
    'validation_failed',
    {
      en: 'The request does not fit; see errors.',
      pt: 'A requisição não é válida; veja os detalhes em errors.',
    },
    { errors },
  )
}

/** A change to a version that is no longer the newest. */
export function lostUpdate(): AppError {
  return new AppError('stale', 'version_mismatch', {
    en: 'Somebody changed it in the meantime; read it again, then repeat.',
    pt: 'Alguém mudou isto nesse meio-tempo; leia de novo e repita.',
  })
}

/** The sentence in anything that was thrown, also in what is no Error at all. Never throws. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof AggregateError && !thrown.message) return thrown.errors.map(messageOf).join('; ')
    if (thrown instanceof Error) return String(thrown.message || (thrown as NodeJS.ErrnoException).code || thrown.name)
    return String(thrown)
  } catch {
    return 'something was thrown that cannot be read'
  }
}
