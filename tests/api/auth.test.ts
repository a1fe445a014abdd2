import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createFirstUsers, renewServicePassword } from '../../db/users/first-users.ts'
import { hashPassword, verifyPassword } from '../../db/users/passwords/hash.ts'
import { findCredentials, insertUser } from '../../db/users/users.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  const password_hash = await hashPassword(PASSWORD, 10)
  await insertUser(api.db.sql, { username: 'Ana', password_hash, role: 'operator' })
})
afterAll(() => api.close())

const login = (username: string, password: string) => api.call('POST', '/login', { json: { username, password } })
const withToken = (method: string, path: string, token: string) =>
  api.call(method, path, { headers: { authorization: `Bearer ${token}` } })
async function tokenOf(username: string, password: string): Promise<string> {
  return ((await (await login(username, password)).json()) as { access_token: string }).access_token
}

describe('sign-in', () => {
  test('a right password gives a token that /me knows, whatever the case of the name', async () => {
    const answer = await login('ANA', PASSWORD)
    expect(answer.status).toBe(200)
    const tokens = (await answer.json()) as Record<string, unknown>
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    const me = await withToken('GET', '/me', tokens.access_token as string)
    expect(await me.json()).toMatchObject({ username: 'Ana', role: 'operator' })
  })

  test('an unknown user, a wrong password and a disabled user get the same answer', async () => {
    const password_hash = await hashPassword(PASSWORD, 10)
    await insertUser(api.db.sql, { username: 'gone', password_hash, role: 'viewer' })
    await api.db.sql`update users set disabled_at = now() where username = 'gone'`
    const answers = [await login('nobody', PASSWORD), await login('Ana', 'wrong'), await login('gone', PASSWORD)]
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      const { request_id, ...problem } = (await answer.json()) as Record<string, unknown>
      expect(request_id).toBeString()
      expect(problem).toMatchObject({ code: 'credentials_wrong', detail: 'The user name or the password is wrong.' })
    }
  })

  test('logout ends the session at once, and only that one', async () => {
    const [first, second] = [await tokenOf('Ana', PASSWORD), await tokenOf('Ana', PASSWORD)]
    expect((await withToken('POST', '/logout', first)).status).toBe(204)
    expect((await withToken('GET', '/me', first)).status).toBe(401)
    expect((await withToken('GET', '/me', second)).status).toBe(200)
  })

  test('a new password and a disabled user end every session at once', async () => {
    const token = await tokenOf('Ana', PASSWORD)
    const { id } = (await findCredentials(api.db.sql, 'ana'))!
    await api.call('PATCH', `/users/${id}`, { as: 'admin', json: { password: `${PASSWORD} staple` } })
    expect((await withToken('GET', '/me', token)).status).toBe(401)
    const again = await tokenOf('Ana', `${PASSWORD} staple`)
    await api.call('PATCH', `/users/${id}`, { as: 'admin', json: { disabled: true } })
    expect((await withToken('GET', '/me', again)).status).toBe(401)
    await api.call('PATCH', `/users/${id}`, { as: 'admin', json: { disabled: false } })
    // What was ended stays ended.
    expect((await withToken('GET', '/me', again)).status).toBe(401)
    await api.call('PATCH', `/users/${id}`, { as: 'admin', json: { password: PASSWORD } })
  })

  test('a viewer may not write', async () => {
    const answer = await api.call('POST', '/embalagens', { as: 'viewer', json: {} })
    expect(answer.status).toBe(403)
  })
})

describe('passwords', () => {
  test("a hash is in Django's format, salted, and verifies only its password", async () => {
    const [one, two] = [await hashPassword('açaí 😀', 10), await hashPassword('açaí 😀', 10)]
    expect(one).toMatch(/^pbkdf2_sha256\$10\$[\w-]{22}\$[A-Za-z0-9+/]{43}=$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('açaí 😀', one)).toBeTrue()
    expect(await verifyPassword('acai 😀', one)).toBeFalse()
    expect(await verifyPassword('x', 'md5$whatever')).toBeFalse()
  })

  test('a hash that Django made verifies', async () => {
    // Made with hashlib.pbkdf2_hmac('sha256', b'lettuce', b'seasalt', 1000), as Django's hasher does.
    const django = 'pbkdf2_sha256$1000$seasalt$brfQvjm1QM7hazTMpy804qcmIJyp8U7Mb8vVr54AKbw='
    expect(await verifyPassword('lettuce', django)).toBeTrue()
  })
})

test('ten programs that start at once make the first users once', async () => {
  await api.db.sql`truncate users cascade`
  const config = { admin_password: undefined, password_rounds: 10, service_username: 'service' }
  const shown = await Promise.all(
    Array.from({ length: 10 }, () => createFirstUsers(api.db.sql, config, 'service secret')),
  )
  expect(shown.filter((password) => password !== null)).toHaveLength(1)
  const users = await api.db.sql`select username, role from users order by username`
  expect([...users]).toEqual([
    { username: 'admin', role: 'admin' },
    { username: 'service', role: 'viewer' },
  ])
  const password = shown.find((password) => password !== null)!
  expect((await login('admin', password)).status).toBe(200)
})

test('a changed SERVICE_PASSWORD becomes the password of the service user', async () => {
  const config = { admin_password: undefined, password_rounds: 10, service_username: 'service' }
  await createFirstUsers(api.db.sql, config, 'service secret')
  expect(await renewServicePassword(api.db.sql, config, 'service secret')).toBeFalse()
  expect(await renewServicePassword(api.db.sql, config, 'another secret')).toBeTrue()
  expect((await login('service', 'another secret')).status).toBe(200)
  expect((await login('service', 'service secret')).status).toBe(401)
})

test('the first users, and a renewed service password, are in the audit', async () => {
  const { sql } = api.db
  await sql`truncate users, audit cascade`
  const config = { admin_password: undefined, password_rounds: 10, service_username: 'service' }
  await createFirstUsers(sql, config, 'service secret')
  await renewServicePassword(sql, config, 'another secret')
  const rows = await sql`select action, actor_name, target, details from audit order by at, id`
  expect([...rows]).toEqual([
    { action: 'user.created', actor_name: null, target: 'admin', details: { role: 'admin', by: 'first start' } },
    { action: 'user.created', actor_name: null, target: 'service', details: { role: 'viewer', by: 'first start' } },
    { action: 'service_password.renewed', actor_name: null, target: 'service', details: {} },
  ])
})

test('an ADMIN_PASSWORD that is easily guessed is refused by name', async () => {
  await api.db.sql`truncate users cascade`
  const config = { admin_password: 'admin-admin-2024', password_rounds: 10, service_username: 'service' }
  const thrown = await createFirstUsers(api.db.sql, config, 'service secret').catch((err: Error) => err)
  expect(thrown).toMatchObject({ code: 'password_common' })
  expect((thrown as Error).message).toStartWith('ADMIN_PASSWORD is not taken. The password is easily guessed')
})
