import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createSqlCache } from '../../../../db/engines/cache/sql/cache.ts'
import { codeOf } from '../../../contracts/objects.contract.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

test('what has expired is removed now and then, what has not stays', async () => {
  const { sql } = database
  await sql`
    insert into cache_entries (key, value, expires_at)
    select 'old ' || n, '', now() - interval '1 s' from generate_series(1, 900) n`
  const cache = createSqlCache(sql)
  for (let i = 0; i < 20; i++)
    await Promise.all(Array.from({ length: 50 }, (_, n) => cache.set(`new ${i} ${n}`, 'x', 60)))
  const [row] = await sql`
    select count(*) filter (where expires_at < now())::int as old, count(*)::int as all from cache_entries`
  expect(row).toEqual({ old: 0, all: 1000 })
})

test('expiry goes by the clock of the database', async () => {
  const cache = createSqlCache(database.sql)
  await cache.set('clock', 'x', 3600)
  await database.sql`update cache_entries set expires_at = now() - interval '1 ms' where key = 'clock'`
  expect(await cache.get('clock')).toBeNull()
  expect(await cache.increment('clock', 60)).toBe(1)
})

test('a database that does not answer in time is an error that the caller can do without', async () => {
  const cache = createSqlCache(database.sql, { deadline_ms: 100 })
  const locker = await database.sql.reserve()
  await locker`begin`
  await locker`lock table cache_entries in access exclusive mode`
  try {
    for (const call of [cache.get('a'), cache.set('a', 'x', 60), cache.increment('a', 60), cache.invalidate('a')])
      expect(await codeOf(call)).toBe('database_timeout')
  } finally {
    await locker`rollback`
    locker.release()
  }
  expect(await cache.increment('answers again', 60)).toBe(1)
})
