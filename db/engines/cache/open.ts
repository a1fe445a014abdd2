/** Opens the cache role: the driver that its URL names. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlCache } from './sql/cache.ts'
import type { Cache } from './cache.ts'

export interface CacheOptions {
  /** CACHE_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

export async function openCache({ url, sql, log }: CacheOptions): Promise<Cache> {
  if (url === undefined) return createSqlCache(sql)
  return (await import('./redis/cache.ts')).createRedisCache(url, { log })
}
