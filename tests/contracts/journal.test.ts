import { afterAll, setDefaultTimeout } from 'bun:test'
import { createMongoJournal } from '../../db/engines/journal/mongodb/journal.ts'
import { createSqlJournal } from '../../db/engines/journal/sql/journal.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase } from '../kit/database.ts'
import { onEngine } from '../kit/engines.ts'
import { freshMongo } from '../kit/mongo-database.ts'
import { journalContract } from './journal.contract.ts'

setDefaultTimeout(120_000)

journalContract('sql', async () => {
  const database = await testDatabase()
  return { journal: createSqlJournal(database.sql), close: database.close }
})

onEngine('mongodb', 'JOURNAL_URL', (url) => {
  const mongo = freshMongo(url)
  afterAll(mongo.drop)
  journalContract('mongodb', async () => {
    const journal = await createMongoJournal(mongo.url, createLog('test', 'silent'))
    return { journal, close: journal.close }
  })
})
