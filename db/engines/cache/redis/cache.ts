/** The cache role on Redis. Every key gets the prefix of the URL and a time to live. */
import type { Log } from '../../../../lib/log.ts'
import type { Cache } from '../cache.ts'
import { checkEntry } from '../limits.ts'
import { countUp, deleteStep } from './commands.ts'
import { connectRedis } from './connection.ts'
import { AppError } from '../../../../lib/errors.ts'
import { unavailable } from './errors.ts'
import { readRedisUrl } from './url.ts'

/** A cache that is slower than this is of no use: its callers go on without it. */
const DEADLINE_MS = 2_000
/** Scanning all keys takes about half a second a million. */
const INVALIDATE_MS = 15_000

/** `url` as CACHE_URL; throws AppError `engine_refused` when Redis is there and does not let us in. */
export async function createRedisCache(
  url: string,
  { log, deadline_ms = DEADLINE_MS }: { log: Log; deadline_ms?: number },
): Promise<Cache> {
  const endpoint = readRedisUrl(url)
  const connection = await connectRedis(endpoint, log, deadline_ms)
  const stored = (key: string) => endpoint.prefix + key

  return {
    get: (key) => connection.ask((redis) => redis.get(stored(key))),

    async set(key, value, ttl_s) {
      checkEntry(key, ttl_s)
      await connection.ask((redis) => redis.set(stored(key), value, 'PX', wholeMs(ttl_s)))
    },

    async delete(key) {
      await connection.ask((redis) => redis.del(stored(key)))
    },

    async increment(key, ttl_s, by = 1) {
      checkEntry(key, ttl_s)
      return await connection.ask((redis) => countUp(redis, stored(key), wholeMs(ttl_s), by))
    },

    async invalidate(prefix) {
      const deadline = performance.now() + INVALIDATE_MS
      let cursor = '0'
      do {
        if (performance.now() > deadline) throw unavailable(endpoint, TOO_MANY_KEYS)
        cursor = await connection.ask((redis) => deleteStep(redis, stored(prefix), cursor))
      } while (cursor !== '0')
    },

    close: () => connection.close(),
  }
}

/** Redis refuses 0 and fractions. */
const wholeMs = (ttl_s: number) => Math.ceil(ttl_s * 1000)

const TOO_MANY_KEYS = new AppError('unavailable', 'cache_unavailable', {
  en: 'it holds more keys than can be scanned in time',
  pt: 'ele tem mais chaves do que se consegue percorrer a tempo',
})
