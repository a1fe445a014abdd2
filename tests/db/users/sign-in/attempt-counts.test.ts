import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import type { Sql } from 'postgres'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { deleteOldAttempts, unlockAccount } from '../../../../db/users/sign-in/attempt-counts.ts'
import { checkAttempt, recordSuccess, takeBack } from '../../../../db/users/sign-in/attempts.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
beforeEach(async () => void (await database.sql`truncate login_attempts, users cascade`))

const HERE = '192.0.2.1'
const tryAt = (sql: Sql, address: string) => checkAttempt(sql, 'ana', { address }, 'password')
/** What got through. */
const taken = (outcomes: PromiseSettledResult<Awaited<ReturnType<typeof tryAt>>>[]) =>
  outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.taken] : []))
/** As if so many days had gone by. */
const pass = (days: number) => database.sql`
  update login_attempts set next_at = next_at - make_interval(days => ${days}),
    known_until = known_until - make_interval(days => ${days}), forgotten_at = forgotten_at - make_interval(days => ${days})`
const rows = () => database.sql<{ account: string; source: string; failures: number }[]>`
  select account, source, failures from login_attempts order by account, source`

test('of fifty attempts at once, from two replicas, exactly five are let through', async () => {
  const replica = openSql(database.url, 4)
  const started = performance.now()
  try {
    const all = Array.from({ length: 50 }, (_, i) => tryAt(i % 2 ? replica : database.sql, HERE))
    const numbers = taken(await Promise.allSettled(all)).map(({ failures }) => failures)
    // On a machine so slow that the delays of 1, 2, 4 s end meanwhile, those attempts are due.
    const due = Math.floor(Math.log2((performance.now() - started) / 1000 + 1))
    expect(numbers.length).toBeWithin(5, 6 + due)
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1))
  } finally {
    await replica.end()
  }
})

test('of the third attempts of eighty networks at once, fifty are let through, and what is refused is not counted', async () => {
  const networks = Array.from({ length: 80 }, (_, i) => `10.0.${i}.1`)
  for (let n = 0; n < 2; n++) await Promise.all(networks.map((address) => tryAt(database.sql, address)))
  const outcomes = await Promise.allSettled(networks.map((address) => tryAt(database.sql, address)))
  const numbers = taken(outcomes).map(({ shared_failures }) => shared_failures)
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  expect((await rows()).map(({ failures }) => failures).toSorted((a, b) => a - b)).toEqual([
    ...Array.from({ length: 30 }, () => 2),
    ...Array.from({ length: 50 }, () => 3),
    50,
  ])
  const refused = await tryAt(database.sql, '10.0.0.1').catch((err: { retry_after_s: number }) => err)
  expect(refused).toMatchObject({ code: 'too_many_attempts', kind: 'rate_limited' })
})

test('a quarter of an hour later one more is let through', async () => {
  const { sql } = database
  await sql`
    insert into login_attempts (account, source, failures, next_at, forgotten_at)
    values ('ana', 'strangers', 50, now() + interval '800 s', now() + interval '1 day'),
      ('ana', 'network 192.0.2.0/24', 2, now(), now() + interval '1 day')`
  const refused = await tryAt(sql, HERE).catch((err: { retry_after_s: number }) => err)
  expect((refused as { retry_after_s: number }).retry_after_s).toBeWithin(700, 801)
  await sql`update login_attempts set next_at = next_at - interval '800 s'`
  expect((await tryAt(sql, HERE)).taken).toMatchObject({ failures: 3, shared_failures: 51 })
  await expect(tryAt(sql, HERE)).rejects.toMatchObject({ code: 'too_many_attempts' })
})

test('counting, taking back, success, unlocking and sweeping at once never deadlock', async () => {
  const { sql } = database
  const replica = openSql(database.url, 8)
  try {
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const origin = { address: `10.0.${i % 3}.1`, device: i % 2 ? `device ${i % 5}` : null }
        if (i % 8 === 3) return unlockAccount(sql, 'ana')
        if (i % 8 === 5) return deleteOldAttempts(sql, 10)
        const attempt = await checkAttempt(replica, 'ana', origin, i % 3 ? 'password' : 'code').catch(() => null)
        if (attempt && i % 4 === 0) await takeBack(sql, attempt)
        if (attempt && i % 4 === 2) await recordSuccess(replica, attempt)
      }),
    )
  } finally {
    await replica.end()
  }
  await unlockAccount(sql, 'ana')
  expect((await tryAt(sql, HERE)).taken.failures).toBe(1)
})

test('unlocking forgets every failure, and leaves known what was known', async () => {
  const { sql } = database
  await recordSuccess(sql, await checkAttempt(sql, 'ana', { address: HERE, device: 'laptop' }, 'password'))
  for (let n = 0; n < 5; n++) await tryAt(sql, HERE)
  for (let n = 0; n < 5; n++) await tryAt(sql, '198.51.100.1')
  expect(await unlockAccount(sql, 'ana')).toBeTrue()
  expect(await unlockAccount(sql, 'ana')).toBeFalse()
  expect((await tryAt(sql, HERE)).taken).toMatchObject({ known: true, failures: 1 })
  expect((await tryAt(sql, '198.51.100.1')).taken).toMatchObject({ known: false, failures: 1, shared: null })
})

test('rows are deleted when they count for nothing: failures after 30 days, known places after 90', async () => {
  const { sql } = database
  await recordSuccess(sql, await tryAt(sql, HERE))
  await tryAt(sql, '198.51.100.1')
  await checkAttempt(sql, 'nobody', { address: HERE }, 'password')
  expect(await deleteOldAttempts(sql, 100)).toBe(1)
  const known = { account: 'ana', source: `address ${HERE}`, failures: 0 }
  const failed = [
    { account: 'ana', source: 'network 198.51.100.0/24', failures: 1 },
    { account: 'nobody', source: 'network 192.0.2.0/24', failures: 1 },
  ]
  await pass(29)
  expect(await deleteOldAttempts(sql, 100)).toBe(0)
  expect([...(await rows())]).toEqual([known, ...failed])
  await pass(1)
  expect(await deleteOldAttempts(sql, 1)).toBe(1)
  expect(await deleteOldAttempts(sql, 100)).toBe(1)
  expect([...(await rows())]).toEqual([known])
  await pass(60)
  expect(await deleteOldAttempts(sql, 100)).toBe(1)
})
