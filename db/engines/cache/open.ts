/** Opens the cache role: the driver that its URL names, behind a circuit breaker. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createOutage } from '../../../lib/outage.ts'
import { withBreaker } from './breaker.ts'
import { createSqlCache } from './sql/cache.ts'
import type { Cache } from './cache.ts'

export interface CacheOptions {
  /** CACHE_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

export async function openCache({ url, sql, log }: CacheOptions): Promise<Cache> {
  if (url === undefined) {
    const outage = createOutage(log, 'the cache is away, what needs it goes on without', 'the cache is back')
    return withBreaker(createSqlCache(sql), { outage })
  }
  return withBreaker(await (await import('./redis/cache.ts')).createRedisCache(url, { log }))
}
