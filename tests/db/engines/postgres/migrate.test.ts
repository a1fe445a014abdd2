import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { migrateDatabase } from '../../../../db/engines/postgres/migrate.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(30_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

test('ten programs may migrate one database at the same moment', async () => {
  await database.sql`drop schema public cascade`
  await database.sql`drop schema drizzle cascade`
  await database.sql`create schema public`
  await Promise.all(Array.from({ length: 10 }, () => migrateDatabase(database.url)))
  const [row] = await database.sql<{ tables: number }[]>`
    select count(*)::int as tables from information_schema.tables where table_schema = 'public'`
  expect(row!.tables).toBeGreaterThan(10)
})

test('the cache table is unlogged, as a cache may be lost', async () => {
  const [row] = await database.sql`select relpersistence from pg_class where relname = 'cache_entries'`
  expect(row!.relpersistence).toBe('u')
})
