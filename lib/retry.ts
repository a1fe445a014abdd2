/**
 * Programs outlive outages of their engines: a call that fails is repeated with a backoff, and an outage is one line in the
 * log when it begins and one when it is over.
 */
import { AppError } from './errors.ts'
import type { Log } from './log.ts'
import { createOutage } from './outage.ts'

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 3_000

/** Makes `call` until it succeeds; throws its error once `signal` has aborted. `call` must be safe to repeat. */
export type RetryUntilAborted = <T>(call: () => PromiseLike<T>, signal: AbortSignal) => Promise<T>

/** All calls made through one RetryUntilAborted share its two log lines, which `caller` begins. */
export function createRetry(log: Log, caller: string, engine = 'the database'): RetryUntilAborted {
  const outage = createOutage(
    log,
    `${caller} waits: ${engine} does not do what it is asked`,
    `${caller} goes on: ${engine} answers again`,
  )

  return async (call, signal) => {
    for (let tries = 0; ; tries++) {
      const begun_at = performance.now()
      try {
        const result = await call()
        outage.answered(begun_at)
        return result
      } catch (err) {
        if (signal.aborted) throw err
        outage.failed(err, begun_at)
        await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), signal)
      }
    }
  }
}

/**
 * Rejects when the database, or the `engine` named, has not answered in time. The call may still run to its end there.
 * A statement of PostgreSQL has its deadline from its connection (db/engines/postgres/deadlines.ts).
 */
export async function withDeadline<T>(call: PromiseLike<T>, deadline_ms: number, engine?: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const seconds = deadline_ms / 1000
  const late =
    engine === undefined
      ? new AppError('unavailable', 'database_timeout', {
          en: `The database has not answered within ${seconds} s.`,
          pt: `O banco de dados não respondeu em ${seconds} s.`,
        })
      : new AppError('unavailable', 'engine_timeout', {
          en: `${engine} has not answered within ${seconds} s.`,
          pt: `${engine} não respondeu em ${seconds} s.`,
        })
  const timer = setTimeout(() => reject(late), deadline_ms)
  try {
    return await Promise.race([call, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** first, twice that, four times that, … but never more than max. */
export function backoffDelay(tries: number, first_ms: number, max_ms: number): number {
  return Math.min(max_ms, first_ms * 2 ** Math.min(tries, 30))
}

/** Resolves after `delay_ms`, or as soon as `signal` aborts. */
export async function sleep(delay_ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const timer = setTimeout(wake, delay_ms)
  signal.addEventListener('abort', wake, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
