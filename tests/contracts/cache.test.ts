import { setDefaultTimeout } from 'bun:test'
import { createRedisCache } from '../../db/engines/cache/redis/cache.ts'
import { createSqlCache } from '../../db/engines/cache/sql/cache.ts'
import { testDatabase } from '../kit/database.ts'
import { onEngine } from '../kit/engines.ts'
import { testRedis } from '../engines/redis-place.ts'
import { cacheContract } from './cache.contract.ts'

setDefaultTimeout(120_000)

cacheContract('sql', async () => {
  const database = await testDatabase()
  const { sql } = database
  return { cache: createSqlCache(sql), lose: () => sql`truncate cache_entries`, close: database.close }
})

onEngine('redis', 'CACHE_URL', (url) =>
  cacheContract('redis', async () => {
    const place = testRedis(url)
    const cache = await createRedisCache(place.url, { log: place.log })
    const close = async () => {
      await cache.close()
      await place.close()
    }
    return { cache, lose: place.empty, close }
  }),
)
