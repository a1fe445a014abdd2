import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { checkAttempt, recordFailure, recordSuccess, undoAttempt } from '../../../../db/users/sign-in/attempts.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
beforeEach(async () => void (await database.sql`truncate login_attempts`))

describe('attempts of codes and passwords', () => {
  const actor = { actor_id: null, actor_name: null, address: '192.0.2.1', request_id: null }

  test('a right password before a code neither counts nor ends the row of wrong codes', async () => {
    const { sql } = database
    for (let i = 0; i < 5; i++) {
      await undoAttempt(sql, await checkAttempt(sql, 'Ana', '192.0.2.1'))
      await recordFailure(sql, await checkAttempt(sql, 'Ana', '192.0.2.1'), 'Ana', actor)
    }
    await sql`update login_attempts set attempted_at = attempted_at + interval '1 hour'`
    await expect(checkAttempt(sql, 'ana', '192.0.2.1')).rejects.toMatchObject({
      code: 'too_many_attempts',
      kind: 'rate_limited',
    })
    await recordSuccess(sql, { account: 'ana', source: '192.0.2.1', pair_failures: 0, account_failures: 0 })
    expect(await checkAttempt(sql, 'ana', '192.0.2.1')).toMatchObject({ pair_failures: 1, account_failures: 1 })
  })

  test('a locked account names the administrator, and a day to come again', async () => {
    const { sql } = database
    await sql`insert into login_attempts values ('ana', '', 100, now(), null)`
    const thrown = await checkAttempt(sql, 'Ana', '192.0.2.1').catch((err) => err)
    expect(thrown).toMatchObject({ code: 'too_many_attempts', retry_after_s: 86400 })
    expect(thrown.message).toContain('administrator')
  })
})
