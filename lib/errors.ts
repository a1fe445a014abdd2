/** An error that its reader can act on: `code` for programs, `detail` a sentence for people, `status` for HTTP. */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  /** One entry per bad field, row or item, for answers that list them. */
  readonly errors: ErrorItem[] | undefined
  readonly headers: Record<string, string> | undefined

  constructor(
    code: string,
    status: number,
    detail: string,
    options: { cause?: unknown; errors?: ErrorItem[]; headers?: Record<string, string> } = {},
  ) {
    super(detail, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AppError'
    this.code = code
    this.status = status
    this.errors = options.errors
    this.headers = options.headers
  }
}

export interface ErrorItem {
  path: string
  message: string
  [extra: string]: unknown
}

/** The sentence in anything that was thrown, also in what is no Error at all. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && !thrown.message) return thrown.errors.map(messageOf).join('; ')
  if (thrown instanceof Error) return thrown.message || (thrown as NodeJS.ErrnoException).code || thrown.name
  return String(thrown)
}
