import { setDefaultTimeout } from 'bun:test'
import { openJournal } from '../../db/journal/index.ts'
import { testDatabase } from '../database.ts'
import { journalContract } from './journal.contract.ts'

setDefaultTimeout(30_000)

journalContract('sql', async () => {
  const database = await testDatabase()
  return { journal: openJournal(database.sql), close: database.close, expiry_slack_ms: 0 }
})
