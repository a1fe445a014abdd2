import { setDefaultTimeout } from 'bun:test'
import { createSqlJournal } from '../../db/journal/sql.ts'
import { testDatabase } from '../database.ts'
import { journalContract } from './journal.contract.ts'

setDefaultTimeout(30_000)

journalContract('sql', async () => {
  const database = await testDatabase()
  return { journal: createSqlJournal(database.sql), close: database.close, expiry_slack_ms: 0 }
})
