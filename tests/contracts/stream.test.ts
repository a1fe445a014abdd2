import { setDefaultTimeout } from 'bun:test'
import { testDatabase } from '../database.ts'
import { streamContract } from './stream.contract.ts'

setDefaultTimeout(30_000)

streamContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})
