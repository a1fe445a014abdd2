import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import postgres, { type Sql } from 'postgres'
import { dropDatabase } from '../../../../db/engines/postgres/drop-database.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let admin: Sql
beforeAll(async () => {
  database = await testDatabase()
  admin = postgres(database.url, { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await admin.end()
  await database.close()
})

test('a database goes with those who use it; one that is not there is no error', async () => {
  const name = `test_scratch_${Bun.randomUUIDv7().replaceAll('-', '')}`
  await admin`create database ${admin(name)}`
  const url = new URL(database.url)
  url.pathname = `/${name}`
  const user = postgres(url.href, { max: 1, onnotice: () => {} })
  await user`select 1`
  await dropDatabase(admin, name)
  expect(await admin`select from pg_database where datname = ${name}`).toHaveLength(0)
  await dropDatabase(admin, name)
  await user.end({ timeout: 1 })
})
