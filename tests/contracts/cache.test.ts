import { setDefaultTimeout } from 'bun:test'
import { createSqlCache } from '../../db/cache/sql.ts'
import { testDatabase } from '../database.ts'
import { cacheContract } from './cache.contract.ts'

setDefaultTimeout(30_000)

cacheContract('sql', async () => {
  const database = await testDatabase()
  const { sql } = database
  return { cache: createSqlCache(sql), lose: () => sql`truncate cache_entries`, close: database.close }
})
