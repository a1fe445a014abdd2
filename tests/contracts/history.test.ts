import { setDefaultTimeout } from 'bun:test'
import { openHistory } from '../../db/history/index.ts'
import { testDatabase } from '../database.ts'
import { historyContract } from './history.contract.ts'

setDefaultTimeout(30_000)

historyContract('sql', async () => {
  const database = await testDatabase()
  return { history: openHistory(database.sql), close: database.close }
})
