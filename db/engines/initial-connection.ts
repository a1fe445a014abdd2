/**
 * A program starts without an engine that is away, and goes on when it comes; but an engine that answers and refuses us
 * will not change its mind, so that ends the start with a sentence.
 */
import { AppError, messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { withDeadline } from '../../lib/retry.ts'

export const INITIAL_CONNECTION_MS = 5_000

/**
 * Makes `attempt` once. Throws what it throws with code `engine_refused`; anything else is one warning, and the driver
 * keeps trying by itself. `engine` names it with its host, e.g. `Redis at localhost:6379`, never with a password.
 */
export async function initialConnection(engine: string, log: Log, attempt: () => PromiseLike<unknown>): Promise<void> {
  try {
    await withDeadline(attempt(), INITIAL_CONNECTION_MS, engine)
  } catch (err) {
    if (err instanceof AppError && err.code === 'engine_refused') throw err
    log.warn({ err }, `${engine} cannot be reached; the program goes on without it and keeps trying: ${messageOf(err)}`)
  }
}

/** `engine` understood us and said no: wrong credentials, a missing right, TLS where there is none. `fix` says what to do. */
export function engineRefused(engine: string, fix: string, cause: unknown): AppError {
  return new AppError('unavailable', 'engine_refused', `${engine} refuses us (${messageOf(cause)}); ${fix}`, { cause })
}
