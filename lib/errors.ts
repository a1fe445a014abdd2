import { textIn, type Text } from './texts.ts'

/**
 * An error that its reader can act on: `code` for programs, `detail` a sentence for people, `status` for HTTP. What a
 * client of the API may read is said in both languages; `message`, for logs and command lines, is the English one.
 */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  /** One entry per bad field, row or item, for answers that list them. */
  readonly errors: ErrorItem[] | undefined
  readonly headers: Record<string, string> | undefined
  /** Private, so that logs do not say it twice. */
  readonly #detail: Text

  constructor(
    code: string,
    status: number,
    detail: Text,
    options: { cause?: unknown; errors?: ErrorItem[]; headers?: Record<string, string> } = {},
  ) {
    super(textIn(detail, 'en'), 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AppError'
    this.code = code
    this.status = status
    this.errors = options.errors
    this.headers = options.headers
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
