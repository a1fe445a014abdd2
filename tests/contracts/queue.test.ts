import { setDefaultTimeout } from 'bun:test'
import { testDatabase } from '../database.ts'
import { queueContract } from './queue.contract.ts'

setDefaultTimeout(30_000)

queueContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})
