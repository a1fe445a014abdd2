/** Limits of the cache, the same on every driver. */
import { AppError } from '../../../lib/errors.ts'

/** An index entry of PostgreSQL holds this much of any text. */
export const MAX_KEY_BYTES = 1024
/** About ten years; longer is a mistake of units. */
const MAX_TTL_S = 315_360_000

/** Throws AppError unless `key` and `ttl_s` are within limits. Keys often come from outside: check what you put into one. */
export function checkEntry(key: string, ttl_s: number): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new AppError('invalid', 'cache_key_invalid', {
      en: `A cache key may have ${MAX_KEY_BYTES} bytes, not ${key.length}.`,
      pt: `Uma chave do cache pode ter ${MAX_KEY_BYTES} bytes, e não ${key.length}.`,
    })
  if (!(ttl_s > 0 && ttl_s <= MAX_TTL_S))
    throw new AppError('internal', 'cache_ttl_invalid', {
      en: `${ttl_s} s is no time to live; use more than 0 and at most ten years.`,
      pt: `${ttl_s} s não é um tempo de vida; use mais de 0 e no máximo dez anos.`,
    })
}
