import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../../../db/users/passwords/hash.ts'
import { createPasswords } from '../../../../db/users/passwords/hashing.ts'
import { deleteOldAttempts } from '../../../../db/users/sign-in/attempt-counts.ts'
import { checkAttempt, recordFailure, recordSuccess, takeBack } from '../../../../db/users/sign-in/attempts.ts'
import { checkPassword } from '../../../../db/users/sign-in/check-password.ts'
import { insertUser } from '../../../../db/users/users.ts'
import { AppError } from '../../../../lib/errors.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  const password_hash = await hashPassword('right', 1)
  await insertUser(database.sql, { username: 'Ana', password_hash, role: 'admin' })
})
afterAll(() => database.close())
beforeEach(async () => void (await database.sql`truncate login_attempts, audit`))

const actor = { actor_id: null, actor_name: null, address: '192.0.2.1', request_id: null }

describe('attempts of codes and passwords', () => {
  test('a right password before a code neither counts nor ends the row of wrong codes', async () => {
    const { sql } = database
    for (let i = 0; i < 5; i++) {
      await takeBack(sql, await checkAttempt(sql, 'Ana', actor, 'password'))
      await recordFailure(sql, await checkAttempt(sql, 'Ana', actor, 'code'), 'Ana', actor)
    }
    await sql`update login_attempts set next_at = next_at + interval '1 hour'`
    for (const step of ['password', 'code'] as const)
      await expect(checkAttempt(sql, 'ana', actor, step)).rejects.toMatchObject({ code: 'too_many_attempts' })
    await sql`update login_attempts set next_at = next_at - interval '2 hours'`
    await recordSuccess(sql, await checkAttempt(sql, 'ana', actor, 'code'))
    expect((await checkAttempt(sql, 'ana', actor, 'password')).taken).toMatchObject({ failures: 1, known: true })
  })

  test('the begin of a delay, the last attempt of a place and the end of the shared ones are audited', async () => {
    const { sql } = database
    for (let i = 0; i < 5; i++)
      await recordFailure(sql, await checkAttempt(sql, 'Ana', actor, 'password'), 'Ana', actor)
    await sql`
      update login_attempts set next_at = now() - interval '1 s', failures = case source when 'strangers' then 49 else 99 end`
    await recordFailure(sql, await checkAttempt(sql, 'Ana', actor, 'password'), 'Ana', actor)
    const rows = await sql<{ details: object }[]>`select details from audit order by id`
    expect(rows.map(({ details }) => details)).toEqual([
      { failures: 5, at: 'network 192.0.2.0/24' },
      { failures: 100, at: 'network 192.0.2.0/24' },
      { failures: 50, at: 'strangers' },
    ])
  })
})

/** As if so many minutes had gone by. */
const pass = (minutes: number) => database.sql`
  update login_attempts set next_at = next_at - make_interval(mins => ${minutes}),
    forgotten_at = forgotten_at - make_interval(mins => ${minutes})`

test('whatever happened to a name in a day and in a month, it is answered and remembered like one that nobody has', async () => {
  const { sql } = database
  const passwords = createPasswords(1, 1)
  const answer = (username: string, address: string) =>
    checkPassword({ sql, passwords }, { username, password: 'wrong' }, { ...actor, address }).catch(
      (err: AppError) => err,
    )
  let [refused, tried] = [0, 0]
  for (const hours of [...Array.from({ length: 24 }, () => 1), 24, 24 * 5, 24 * 22, 24 * 2]) {
    // A network that grows, so that some have first tries and others a long history.
    for (let n = 0; n < 8; n++)
      for (let again = 0; again < 3; again++) {
        const address = `10.0.${n * (hours % 3)}.${again}`
        const [known, unknown] = [await answer('ana', address), await answer('nobody', address)] as [AppError, AppError]
        expect([known.code, known.message.replace(/\d+/, 'n')]).toEqual([
          unknown.code,
          unknown.message.replace(/\d+/, 'n'),
        ])
        // The two were asked one after the other.
        expect(Math.abs((known.retry_after_s ?? 0) - (unknown.retry_after_s ?? 0))).toBeLessThanOrEqual(1)
        if (known.code === 'too_many_attempts') refused++
        else tried++
      }
    await pass(hours * 60)
    for (let deleted = 1; deleted > 0;) deleted = await deleteOldAttempts(sql, 100)
    const rows = await sql<{ account: string; source: string; failures: number }[]>`
      select account, source, failures from login_attempts order by source`
    const of = (name: string) => rows.filter(({ account }) => account === name).map(({ account: _, ...row }) => row)
    expect(of('ana')).toEqual(of('nobody'))
  }
  // The history has both kinds of answers.
  expect(Math.min(refused, tried)).toBeGreaterThan(50)
})
