import { setDefaultTimeout } from 'bun:test'
import { createSqlHistory } from '../../db/history/sql.ts'
import { testDatabase } from '../database.ts'
import { historyContract } from './history.contract.ts'

setDefaultTimeout(30_000)

historyContract('sql', async () => {
  const database = await testDatabase()
  return { history: createSqlHistory(database.sql), close: database.close }
})
