import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { insertChallenge, tryChallenge, useChallenge } from '../../../../db/users/sign-in/challenges.ts'
import { replaceRecoveryCodes, takeRecoveryCode } from '../../../../db/users/two-factor/recovery-codes.ts'
import {
  confirmSecret,
  deleteTwoFactor,
  findActiveSecret,
  findPendingSecret,
  readTwoFactor,
  savePendingSecret,
  takeStep,
} from '../../../../db/users/two-factor/two-factor.ts'
import { insertUser } from '../../../../db/users/users.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const SECRET = new Uint8Array([1, 2, 3])
let made = 0
async function user(): Promise<string> {
  return (await insertUser(database.sql, { username: `user ${++made}`, password_hash: 'x', role: 'viewer' }))!.id
}
async function enrolled(): Promise<string> {
  const id = await user()
  await savePendingSecret(database.sql, id, SECRET, 60)
  expect(await confirmSecret(database.sql, id, SECRET, 10)).toBeTrue()
  return id
}

test('a pending secret counts for nothing; only the one that is there now can be confirmed, once and in time', async () => {
  const { sql } = database
  const id = await user()
  await savePendingSecret(sql, id, new Uint8Array([9]), 60)
  await savePendingSecret(sql, id, SECRET, 60)
  expect(await findActiveSecret(sql, id)).toBeNull()
  expect(await takeStep(sql, id, 1)).toBeFalse()
  expect(await confirmSecret(sql, id, new Uint8Array([9]), 1)).toBeFalse()
  await sql`update two_factor set pending_until = now() where user_id = ${id}`
  expect(await findPendingSecret(sql, id)).toBeNull()
  expect(await confirmSecret(sql, id, SECRET, 1)).toBeFalse()
  await savePendingSecret(sql, id, SECRET, 60)
  const confirmed = await Promise.all(Array.from({ length: 10 }, () => confirmSecret(sql, id, SECRET, 1)))
  expect(confirmed.filter(Boolean)).toHaveLength(1)
  expect(await savePendingSecret(sql, id, new Uint8Array([9]), 60)).toBeFalse()
  expect(await findActiveSecret(sql, id)).toEqual(SECRET)
})

test('of fifty requests for one time step one gets it, and none gets an older one', async () => {
  const { sql } = database
  const id = await enrolled()
  const taken = await Promise.all(Array.from({ length: 50 }, () => takeStep(sql, id, 12)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect([await takeStep(sql, id, 11), await takeStep(sql, id, 10), await takeStep(sql, id, 13)]).toEqual([
    false,
    false,
    true,
  ])
})

test('a step that a wrong clock spent far ahead locks nobody out, and is spent from then on', async () => {
  const { sql } = database
  const id = await enrolled()
  expect(await takeStep(sql, id, 250)).toBeTrue()
  // The earliest code of now, when the latest was spent.
  expect(await takeStep(sql, id, 248)).toBeFalse()
  expect([await takeStep(sql, id, 12), await takeStep(sql, id, 12), await takeStep(sql, id, 11)]).toEqual([
    true,
    false,
    false,
  ])
})

test('of fifty requests with one recovery code one gets it; new codes end the old ones', async () => {
  const { sql } = database
  const [id, other] = [await enrolled(), await enrolled()]
  const codes = await replaceRecoveryCodes(sql, id)
  expect(await takeRecoveryCode(sql, other, codes[0]!)).toBeFalse()
  const taken = await Promise.all(Array.from({ length: 50 }, () => takeRecoveryCode(sql, id, codes[0]!)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect(await readTwoFactor(sql, id)).toEqual({ enabled: true, recovery_codes_left: 9 })
  await replaceRecoveryCodes(sql, id)
  expect(await takeRecoveryCode(sql, id, codes[1]!)).toBeFalse()
  expect((await readTwoFactor(sql, id)).recovery_codes_left).toBe(10)
})

test('fifty tries at once are five for a challenge, and one of fifty uses it', async () => {
  const { sql } = database
  const id = await enrolled()
  const challenge = await insertChallenge(sql, id, true)
  const tried = await Promise.all(Array.from({ length: 50 }, () => tryChallenge(sql, challenge)))
  expect(tried.filter(Boolean)).toHaveLength(5)
  expect(tried.find(Boolean)).toMatchObject({ user_id: id, cookie: true })
  const used = await Promise.all(Array.from({ length: 50 }, () => useChallenge(sql, challenge)))
  expect(used.filter(Boolean)).toHaveLength(1)
})

test('turning it off leaves no row, and tells whether it was on; a user who is deleted takes all of it along', async () => {
  const { sql } = database
  const id = await enrolled()
  await replaceRecoveryCodes(sql, id)
  await insertChallenge(sql, id, false)
  expect(await deleteTwoFactor(sql, id)).toBeTrue()
  const left = () => sql`
    select user_id from two_factor where user_id = ${id} union all select user_id from recovery_codes
    where user_id = ${id} union all select user_id from login_challenges where user_id = ${id}`
  expect(await left()).toHaveLength(0)
  expect(await deleteTwoFactor(sql, id)).toBeFalse()
  await savePendingSecret(sql, id, SECRET, 60)
  await insertChallenge(sql, id, false)
  expect(await deleteTwoFactor(sql, id)).toBeFalse()
  await savePendingSecret(sql, id, SECRET, 60)
  await sql`delete from users where id = ${id}`
  expect(await left()).toHaveLength(0)
})
