/** The commands behind the cache role that are more than one word. */
import type { Redis } from 'ioredis'

/** Sent whole each time: 110 bytes, and no script that a restarted server has forgotten. */
const COUNT_UP = `
local n = redis.call('INCRBY', KEYS[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n`

/** Adds `by` and starts the time to live in one step: a key that never expires would lock a user out for ever. */
export async function countUp(redis: Redis, key: string, ttl_ms: number, by: number): Promise<number> {
  return Number(await redis.eval(COUNT_UP, 1, key, ttl_ms, by))
}

/** Keys scanned in one step: about a millisecond of a server that does one thing at a time. */
const KEYS_A_STEP = 2_000

/** One step of deleting every key that starts with `prefix`; returns the next cursor, '0' at the end. */
export async function deleteStep(redis: Redis, prefix: string, cursor: string): Promise<string> {
  // Bytes: another program's key under our prefix may be no text.
  const [next, keys] = await redis.scanBuffer(cursor, 'MATCH', `${literally(prefix)}*`, 'COUNT', KEYS_A_STEP)
  if (keys.length > 0) await redis.unlink(...keys)
  return next.toString()
}

/** A pattern that matches `text` only. */
const literally = (text: string) => text.replace(/[\\*?[\]]/g, '\\$&')

/** Writes, reads, counts, scans and removes a scratch key: throws Redis' reply when any of it is not allowed. */
export async function tryRights(redis: Redis, prefix: string): Promise<void> {
  const key = `${prefix}doca-scratch:${crypto.randomUUID()}`
  await Promise.all([
    redis.set(key, '1', 'PX', 10_000),
    redis.get(key),
    countUp(redis, key, 10_000, 1),
    redis.scan('0', 'MATCH', 'none', 'COUNT', 1),
    redis.del(key),
    redis.unlink(key),
  ])
}
