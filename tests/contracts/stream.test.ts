import { testDatabase } from '../database.ts'
import { streamContract } from './stream.contract.ts'

streamContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})
