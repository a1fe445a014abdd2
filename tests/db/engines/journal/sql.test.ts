import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createSqlJournal } from '../../../../db/engines/journal/sql/journal.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

test('expired documents are not found at once, and removed by a later write', async () => {
  const { sql } = database
  const journal = createSqlJournal(sql)
  const at = new Date('2026-01-01T00:00:00Z')
  await journal.write('c', [{ id: '1', key: 'k', at, data: {} }], 3600)
  await sql`update journal_documents set expires_at = now()`
  expect(await journal.find('c', 'k', 10)).toEqual([])
  await journal.write('other', [{ id: '2', key: 'k', at, data: {} }], 3600)
  expect([...(await sql`select id from journal_documents`)]).toEqual([{ id: '2' }])
})
