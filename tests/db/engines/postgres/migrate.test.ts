import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { migrateTo } from '../../../../db/backup/schema-version.ts'
import { MIGRATIONS, migrateDatabase } from '../../../../db/engines/postgres/migrate.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function empty(): Promise<void> {
  await database.sql`drop schema public cascade`
  await database.sql`drop schema drizzle cascade`
  await database.sql`create schema public`
}

test('ten programs may migrate one database at the same moment', async () => {
  await empty()
  await Promise.all(Array.from({ length: 10 }, () => migrateDatabase(database.url)))
  const [row] = await database.sql<{ tables: number }[]>`
    select count(*)::int as tables from information_schema.tables where table_schema = 'public'`
  expect(row!.tables).toBeGreaterThan(10)
})

test('the cache table is unlogged, as a cache may be lost', async () => {
  const [row] = await database.sql`select relpersistence from pg_class where relname = 'cache_entries'`
  expect(row!.relpersistence).toBe('u')
})

/** The times of the first and the last two of the 29 migrations that ours replaced. */
const REPLACED = [1795232499161, 1795275191664, 1795279093388]

async function migratedAt(times: number[]): Promise<void> {
  await database.sql`truncate drizzle.__drizzle_migrations`
  for (const time of times)
    await database.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', ${time})`
}

const columns = () => database.sql`
  select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
  where table_schema = 'public' order by 1, 2`

const facts = async () => ({
  migrations: await database.sql`select created_at from drizzle.__drizzle_migrations order by 1`,
  columns: await columns(),
})

test('a database with all of the replaced migrations goes on from there', async () => {
  await empty()
  await migrateDatabase(database.url)
  const newest = await columns()
  await empty()
  await database.sql.begin((tx) => migrateTo(tx, MIGRATIONS, [{ when: REPLACED.at(-1)!, hash: 'x' }]))
  await migratedAt(REPLACED)
  await database.sql`insert into users (id, username, password_hash, role) values (gen_random_uuid(), 'Rui', 'x', 'admin')`
  await database.sql`
    insert into login_attempts (account, address, failures, attempted_at, succeeded_at)
    values ('rui', '', 50, now(), now()), ('rui', '192.0.2.1', 3, now(), now() - interval '1 day'),
      ('rui', '192.0.2.2', 3, now(), null)`
  await migrateDatabase(database.url)
  expect(await columns()).toEqual(newest)
  // Where a user signed in stays known; failures are forgotten.
  const kept = await database.sql`
    select account, source, failures, known_until = forgotten_at and known_until > now() + interval '88 days' as known
    from login_attempts`
  expect([...kept]).toEqual([{ account: 'rui', source: 'address 192.0.2.1', failures: 0, known: true }])
  expect([...(await database.sql`select username, username_folded from users`)]).toEqual([
    { username: 'Rui', username_folded: 'rui' },
  ])
})

test('a database without the last of the replaced migrations is refused with a sentence, and stays as it is', async () => {
  await migratedAt(REPLACED.slice(0, -1))
  const before = await facts()
  await expect(migrateDatabase(database.url)).rejects.toMatchObject({
    code: 'database_too_old',
    message: expect.stringContaining('Start the last build that has them once'),
  })
  expect(await facts()).toEqual(before)
})

test('a database that a newer build has migrated is refused with a sentence, and stays as it is', async () => {
  await empty()
  await migrateDatabase(database.url)
  await database.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select 'x', max(created_at) + 1 from drizzle.__drizzle_migrations`
  const before = await facts()
  await expect(migrateDatabase(database.url)).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('update this one'),
  })
  expect(await facts()).toEqual(before)
})
