/** A prefix of a test's own on a Redis, and a bare client to look behind the driver's back. */
import { Redis } from 'ioredis'
import pino from 'pino'
import { readRedisUrl } from '../../db/engines/cache/redis/url.ts'
import type { Log } from '../../lib/log.ts'

export interface Line {
  level: string
  msg: string
}

export interface RedisForTest {
  url: string
  prefix: string
  bare: Redis
  log: Log
  /** What the driver has logged, as one text a line. */
  lines: string[]
  /** Removes every key of the prefix. */
  empty(): Promise<void>
  close(): Promise<void>
}

export function testRedis(url: string): RedisForTest {
  const prefix = `test-${crypto.randomUUID()}*[:`
  const bare = new Redis(url)
  bare.on('error', () => {})
  const lines: string[] = []
  async function empty() {
    const keys = (await bare.keys('*')).filter((key) => key.startsWith(prefix))
    if (keys.length > 0) await bare.del(...keys)
  }
  return {
    url: withPrefix(url, prefix),
    prefix,
    bare,
    log: pino({ level: 'info' }, { write: (line) => void lines.push(line) }),
    lines,
    empty,
    async close() {
      if (bare.status === 'ready') await empty()
      bare.disconnect()
    },
  }
}

export function withPrefix(url: string, prefix: string): string {
  return `${url}?prefix=${encodeURIComponent(prefix)}`
}

/** The same server reached in another way. */
export function changed(url: string, change: (url: URL) => void): string {
  const other = new URL(url)
  change(other)
  readRedisUrl(other.href)
  return other.href
}
