/**
 * A sliding window of a minute per user or address, shared by replicas through the cache role.
 *
 * Each process counts by itself and adds its count to the shared counter of the minute: in the background, a few times a
 * second, while a key is far from its limit; before the request goes on, near the limit and for a new key. So most requests
 * cost no round trip, and the limit is exact but for requests on their way. The window slides: the minute before counts by
 * the share of it that lies within the last 60 s. While the cache is away each process goes on with its own count.
 */
import type { Cache } from '../../db/engines/cache/cache.ts'
import { AppError } from '../../lib/errors.ts'

export interface Allowance {
  limit: number
  /** Requests still allowed now; negative when this one is not. */
  remaining: number
  /** Until one more is allowed, or until the window is empty. */
  reset_s: number
}

export interface RateLimiter {
  /** Counts one request of `key`. Throws AppError rate_limited when it is one too many. */
  take(key: string, limit: number): Promise<Allowance>
}

const MINUTE_MS = 60_000
/** From this share of the limit on, every request waits for the shared count. */
const NEAR = 0.5
/** How old an unshared count may become. */
const SHARE_MS = 200

interface Window {
  minute: number
  /** This minute's requests of all processes, as far as this one knows. */
  count: number
  /** Counted here, not yet shared. */
  unshared: number
  /** The whole count of the minute before. */
  previous: number
  shared_at: number
  sharing: Promise<void> | undefined
}

export function createRateLimiter(cache: Cache, now: () => number = Date.now): RateLimiter {
  const windows = new Map<string, Window>()
  let swept = minuteOf(now())

  /** The key's window of this minute; `fresh` when the shared count is not known yet. */
  function windowOf(key: string): { window: Window; fresh: boolean } {
    const minute = minuteOf(now())
    if (minute !== swept) sweep((swept = minute))
    const known = windows.get(key)
    if (known?.minute === minute) return { window: known, fresh: false }
    const follows = known?.minute === minute - 1
    const window = {
      minute,
      count: 0,
      unshared: 0,
      previous: follows ? known.count : 0,
      shared_at: 0,
      sharing: undefined,
    }
    windows.set(key, window)
    return { window, fresh: true }
  }

  /** Forgets keys that were idle for a minute: addresses of strangers must not fill the memory. */
  function sweep(minute: number): void {
    for (const [key, window] of windows) if (window.minute < minute - 1) windows.delete(key)
  }

  /** Adds this process's count to the shared one, and reads that. Concurrent callers share one round trip. */
  function share(key: string, window: Window): Promise<void> {
    return (window.sharing ??= add().finally(() => (window.sharing = undefined)))

    async function add(): Promise<void> {
      const sent = window.unshared
      window.unshared = 0
      window.shared_at = now()
      try {
        const [total, previous] = await Promise.all([
          cache.increment(cacheKey(key, window.minute), 2 * (MINUTE_MS / 1000), sent),
          window.count === sent ? cache.get(cacheKey(key, window.minute - 1)) : null,
        ])
        window.count = total + window.unshared
        window.previous = Math.max(window.previous, Number(previous ?? 0))
      } catch {
        // The cache reports its outages itself; until it is back, limits hold per process.
        window.unshared += sent
      }
    }
  }

  return {
    async take(key, limit) {
      const { window, fresh } = windowOf(key)
      const already = used(window, now())
      if (already >= limit && !fresh) throw tooMany(window, limit, now())
      window.count++
      window.unshared++
      if (fresh || already + 1 >= limit * NEAR) await share(key, window)
      else if (now() - window.shared_at >= SHARE_MS) void share(key, window)
      const left = Math.floor(limit - used(window, now()))
      if (left < 0) throw tooMany(window, limit, now())
      return { limit, remaining: left, reset_s: Math.ceil((MINUTE_MS - (now() % MINUTE_MS)) / 1000) }
    },
  }
}

const minuteOf = (time_ms: number) => Math.floor(time_ms / MINUTE_MS)
const cacheKey = (key: string, minute: number) => `rate:${key}:${minute}`

/** Requests of the last 60 s. */
function used({ minute, count, previous }: Window, now_ms: number): number {
  const gone = Math.min(1, Math.max(0, (now_ms - minute * MINUTE_MS) / MINUTE_MS))
  return count + previous * (1 - gone)
}

function tooMany(window: Window, limit: number, now_ms: number): AppError {
  const wait_s = Math.max(1, Math.ceil(untilRoom(window, limit, now_ms) / 1000))
  return new AppError(
    'rate_limited',
    'rate_limited',
    {
      en: `More than ${limit} requests a minute; try again in ${wait_s} s.`,
      pt: `Mais de ${limit} requisições por minuto; tente de novo em ${wait_s} s.`,
    },
    { retry_after_s: wait_s, limit_per_min: limit },
  )
}

/** Milliseconds until the sliding count leaves room for one more: in this minute, or in the next. */
function untilRoom({ minute, count, previous }: Window, limit: number, now_ms: number): number {
  const start = minute * MINUTE_MS
  const room = limit - 1 - count
  if (room >= 0 && previous > 0) return start + MINUTE_MS * (1 - room / previous) - now_ms
  return start + MINUTE_MS + MINUTE_MS * Math.max(0, 1 - (limit - 1) / Math.max(count, 1)) - now_ms
}

/** RateLimit-* as clients and proxies know them. */
export const rateHeaders = ({ limit, remaining, reset_s }: Allowance) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(Math.max(0, remaining)),
  'ratelimit-reset': String(reset_s),
})
