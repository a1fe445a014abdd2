import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  insertRefreshToken,
  RETRY_S,
  rotateRefreshToken,
  type Rotation,
} from '../../../../db/users/sign-in/refresh-tokens.ts'
import { findLiveSession, insertSession, revokeSession } from '../../../../db/users/sessions.ts'
import { insertUser } from '../../../../db/users/users.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

let made = 0
async function session() {
  const { sql } = database
  const user = await insertUser(sql, { username: `user ${++made}`, password_hash: 'x', role: 'viewer' })
  const id = await insertSession(sql, user!.id, 3600)
  return { id, user_id: user!.id, token: await insertRefreshToken(sql, id) }
}
const rotate = (token: string): Promise<Rotation> => database.sql.begin((tx) => rotateRefreshToken(tx, token, 900))

test('fifty exchanges at once make one successor, and every one answers with it', async () => {
  const { id, token } = await session()
  const rotations = await Promise.all(Array.from({ length: 50 }, () => rotate(token)))
  const tokens = rotations.map((rotation) => rotation.outcome === 'rotated' && rotation.refresh_token)
  expect(new Set(tokens).size).toBe(1)
  expect(tokens[0]).not.toBe(false)
  expect(await database.sql`select 1 from refresh_tokens where session_id = ${id}`).toHaveLength(2)
})

test('a retry is answered until RETRY_S have passed, then it ends the session, once', async () => {
  const { id, token } = await session()
  await rotate(token)
  const age = (seconds: number) => database.sql`
    update refresh_tokens set rotated_at = clock_timestamp() - make_interval(secs => ${seconds})
    where session_id = ${id} and rotated_at is not null`
  await age(RETRY_S - 5)
  expect((await rotate(token)).outcome).toBe('rotated')
  await age(RETRY_S)
  const late = await Promise.all(Array.from({ length: 10 }, () => rotate(token)))
  expect(late.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(9).fill('invalid'), 'reused'])
  expect(await findLiveSession(database.sql, id)).toBeNull()
})

test('an exchange and an end of the session at once leave no live token behind', async () => {
  for (let i = 0; i < 20; i++) {
    const { id, user_id, token } = await session()
    const [rotation] = await Promise.all([rotate(token), revokeSession(database.sql, { id, user_id })])
    if (rotation.outcome === 'rotated') expect((await rotate(rotation.refresh_token)).outcome).toBe('invalid')
    expect(await findLiveSession(database.sql, id)).toBeNull()
  }
})

test('a chain of a hundred exchanges ends with the session and goes with it', async () => {
  const { id, token } = await session()
  let newest = token
  for (let i = 0; i < 100; i++) {
    const rotation = await rotate(newest)
    if (rotation.outcome !== 'rotated') throw new Error(rotation.outcome)
    newest = rotation.refresh_token
  }
  await database.sql`update sessions set expires_at = now() where id = ${id}`
  expect((await rotate(newest)).outcome).toBe('invalid')
  await database.sql`delete from sessions where id = ${id}`
  expect(await database.sql`select 1 from refresh_tokens where session_id = ${id}`).toHaveLength(0)
})
