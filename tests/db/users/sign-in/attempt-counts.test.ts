import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  countAttempt,
  deleteOldAttempts,
  readWait,
  resetAttempts,
  uncountAttempt,
  unlockAccount,
} from '../../../../db/users/sign-in/attempt-counts.ts'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
beforeEach(async () => void (await database.sql`truncate login_attempts, users cascade`))

const HERE = '192.0.2.1'
const count = (address = HERE, account = 'ana') => countAttempt(database.sql, account, address)
const wait = (address = HERE, account = 'ana') => readWait(database.sql, account, address)
/** As if so many seconds had gone by. */
const pass = (seconds: number) => database.sql`
  update login_attempts set attempted_at = attempted_at - make_interval(secs => ${seconds}),
    succeeded_at = succeeded_at - make_interval(secs => ${seconds})`
const setFailures = (failures: number) => database.sql`
  insert into login_attempts (account, address, failures, attempted_at) values ('ana', '', ${failures}, now())
  on conflict (account, address) do update set failures = excluded.failures, attempted_at = now()`
async function times(n: number, address = HERE) {
  for (let i = 0; i < n; i++) expect(await count(address)).not.toBeNull()
}

describe('one account from one address', () => {
  test('five attempts are free; then the wait doubles from a second to a quarter of an hour', async () => {
    await times(5)
    for (const expected of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      // Looked at as from an hour earlier: a machine that stalls for a second must not let the wait end meanwhile.
      const started = performance.now()
      await pass(-3600)
      expect(await count()).toBeNull()
      const seconds = (await wait())! - 3600
      expect(seconds).toBeLessThanOrEqual(expected)
      expect(seconds).toBeGreaterThanOrEqual(expected - (performance.now() - started) / 1000)
      await pass(3600 + expected)
      expect(await wait()).toBe(0)
      expect(await count()).not.toBeNull()
    }
  })

  test('what has to wait is not counted, so that asking early makes nothing worse', async () => {
    await times(5)
    await pass(-3600)
    for (let i = 0; i < 20; i++) expect(await count()).toBeNull()
    expect(await wait()).toBeLessThanOrEqual(3601)
  })

  test('another address and another account are not held up', async () => {
    await times(5)
    expect(await wait('192.0.2.2')).toBe(0)
    expect(await count('192.0.2.2')).toEqual({ pair_failures: 1, account_failures: 6 })
    expect(await count(HERE, 'eva')).toEqual({ pair_failures: 1, account_failures: 1 })
  })

  test('a success, and a day of rest, end the row', async () => {
    await times(5)
    await resetAttempts(database.sql, 'ana', HERE)
    expect(await count()).toEqual({ pair_failures: 1, account_failures: 1 })
    await times(4)
    await pass(86_401)
    expect(await count()).toEqual({ pair_failures: 1, account_failures: 6 })
  })

  test('an attempt taken back leaves no trace', async () => {
    await times(4)
    for (let i = 0; i < 10; i++) {
      expect(await count()).toEqual({ pair_failures: 5, account_failures: 5 })
      await uncountAttempt(database.sql, 'ana', HERE)
    }
    expect(await wait()).toBe(0)
  })

  test('of fifty attempts at once, from two replicas, exactly five are let through', async () => {
    const replica = openSql(database.url, 4)
    const started = performance.now()
    try {
      const attempts = await Promise.all(
        Array.from({ length: 50 }, (_, i) => countAttempt(i % 2 ? replica : database.sql, 'ana', HERE)),
      )
      const numbers = attempts.flatMap((attempt) => attempt?.pair_failures ?? [])
      // On a machine so slow that the delays of 1, 2, 4 s end meanwhile, those attempts are due.
      const due = Math.floor(Math.log2((performance.now() - started) / 1000 + 1))
      expect(numbers.length).toBeWithin(5, 6 + due)
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1))
    } finally {
      await replica.end()
    }
  })
})

describe('one account from everywhere', () => {
  test('strangers get fifty attempts, then one a day; an address that signed in before goes on', async () => {
    await resetAttempts(database.sql, 'ana', HERE)
    for (let i = 0; i < 50; i++) expect(await count(`198.51.100.${i}`)).not.toBeNull()
    expect(await count('198.51.100.99')).toBeNull()
    expect(await wait('203.0.113.9')).toBeWithin(86_000, 86_401)
    expect(await wait()).toBe(0)
    expect(await count()).toEqual({ pair_failures: 1, account_failures: 51 })
    await pass(86_400)
    expect(await count('203.0.113.9')).toEqual({ pair_failures: 1, account_failures: 52 })
    expect(await count('203.0.113.10')).toBeNull()
  })

  test('an address is known for 90 days', async () => {
    await resetAttempts(database.sql, 'ana', HERE)
    await pass(91 * 86_400)
    await setFailures(50)
    expect(await count()).toBeNull()
  })

  test('after a hundred in a row nobody gets one, however long they wait, until it is unlocked', async () => {
    await resetAttempts(database.sql, 'ana', HERE)
    await setFailures(99)
    expect(await count()).toEqual({ pair_failures: 1, account_failures: 100 })
    for (const address of [HERE, '198.51.100.1']) {
      expect(await wait(address)).toBeNull()
      expect(await count(address)).toBeNull()
    }
    await pass(80 * 86_400)
    expect(await count()).toBeNull()
    // The stranger's own row goes, the account's stays.
    expect(await deleteOldAttempts(database.sql, 100)).toBe(1)
    expect(await count()).toBeNull()
    expect(await unlockAccount(database.sql, 'ana')).toBeTrue()
    expect(await unlockAccount(database.sql, 'ana')).toBeFalse()
    expect(await count()).toEqual({ pair_failures: 1, account_failures: 1 })
  })

  test('of two hundred attempts at once from as many addresses, fifty are let through', async () => {
    const attempts = await Promise.all(Array.from({ length: 200 }, (_, i) => count(`10.0.0.${i}`)))
    const numbers = attempts.flatMap((attempt) => attempt?.account_failures ?? [])
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })
})

test('counting, taking back, success and unlocking at once never deadlock', async () => {
  const { sql } = database
  const replica = openSql(database.url, 8)
  try {
    await Promise.all(
      Array.from({ length: 400 }, (_, i) => {
        const address = `10.0.0.${i % 3}`
        if (i % 4 === 0) return countAttempt(replica, 'ana', address)
        if (i % 4 === 1) return uncountAttempt(sql, 'ana', address)
        if (i % 4 === 2) return resetAttempts(replica, 'ana', address)
        return i % 3 === 0 ? unlockAccount(sql, 'ana') : deleteOldAttempts(sql, 10)
      }),
    )
  } finally {
    await replica.end()
  }
  expect(await wait()).toBe(0)
})

test('what decides nothing any more is deleted, the oldest first; what a user owes and known addresses stay', async () => {
  const { sql } = database
  await sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'Ana', 'ana', '-', 'viewer')`
  await resetAttempts(sql, 'ana', 'known')
  await count('stranger')
  await count('somewhere', 'nobody')
  expect(await deleteOldAttempts(sql, 100)).toBe(0)
  await pass(2 * 86_400)
  expect(await deleteOldAttempts(sql, 1)).toBe(1)
  expect(await deleteOldAttempts(sql, 100)).toBe(2)
  const left = await sql<{ account: string; address: string }[]>`select account, address from login_attempts order by 2`
  expect(left.map(({ account, address }) => [account, address])).toEqual([
    ['ana', ''],
    ['ana', 'known'],
  ])
})
