import { createSqlCache } from '../../db/cache/sql.ts'
import { testDatabase } from '../database.ts'
import { cacheContract } from './cache.contract.ts'

cacheContract('sql', async () => {
  const database = await testDatabase()
  return { cache: createSqlCache(database.sql), close: database.close }
})
