/**
 * A circuit breaker before a cache, so that callers do not wait again and again for one that is slow or away.
 *
 * - closed: calls pass.
 * - open, for a while after a call that failed: calls are refused at once.
 * - half-open, after that: one call passes, the others are refused until it ends. Answered, it closes the breaker.
 */
import { AppError } from '../../../lib/errors.ts'
import type { Outage } from '../../../lib/outage.ts'
import type { Cache } from './cache.ts'

export interface BreakerOptions {
  /** Told when the breaker opens and closes; unset: the driver reports its outages itself. */
  outage?: Outage
  pause_ms?: number
  now?: () => number
}

const PAUSE_MS = 5_000

export function withBreaker(
  cache: Cache,
  { outage, pause_ms = PAUSE_MS, now = () => performance.now() }: BreakerOptions = {},
): Cache {
  let state: 'closed' | 'open' | 'half-open' = 'closed'
  let open_until = 0

  async function pass<T>(call: () => Promise<T>): Promise<T> {
    if (state === 'half-open' || (state === 'open' && now() < open_until)) throw refused()
    if (state === 'open') state = 'half-open'
    const begun_at = performance.now()
    try {
      const answer = await call()
      state = 'closed'
      outage?.answered(begun_at)
      return answer
    } catch (err) {
      // A key that is too long says nothing about the cache.
      if (err instanceof AppError && err.kind !== 'unavailable') {
        if (state === 'half-open') state = 'open'
      } else {
        state = 'open'
        open_until = now() + pause_ms
        outage?.failed(err, begun_at)
      }
      throw err
    }
  }

  return {
    get: (key) => pass(() => cache.get(key)),
    set: (key, value, ttl_s) => pass(() => cache.set(key, value, ttl_s)),
    delete: (key) => pass(() => cache.delete(key)),
    increment: (key, ttl_s, by) => pass(() => cache.increment(key, ttl_s, by)),
    invalidate: (prefix) => pass(() => cache.invalidate(prefix)),
    close: () => cache.close(),
  }
}

const refused = () =>
  new AppError('unavailable', 'cache_unavailable', {
    en: 'The cache has just failed; it is asked again in some seconds.',
    pt: 'O cache acabou de falhar; ele será consultado de novo em alguns segundos.',
  })
