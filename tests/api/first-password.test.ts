/** A password that somebody else chose is changed before anything else. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { changeUser } from '../../db/users/accounts.ts'
import { createFirstUsers, renewServicePassword } from '../../db/users/first-users.ts'
import { findCredentials } from '../../db/users/users.ts'
import { accounts, codeOf, type Account, type SignedIn } from '../kit/accounts.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { testDatabase } from '../kit/database.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi({ REQUIRE_2FA: 'operator' })))
afterAll(() => api.close())
const { create, patch, made, signIn } = accounts(() => api)
beforeAll(async () => {
  await api.token('admin')
  // As if they had enrolled.
  await api.db.sql`insert into two_factor (user_id, secret, confirmed_at) select id, ''::bytea, now() from users`
})

const OWN = 'caderno azul e chuva fina'
const change = ({ use }: SignedIn, current_password: string, new_password = OWN) =>
  use('PUT', '/me/password', { current_password, new_password })
const refusal = async (answer: Response) => (answer.ok ? null : await codeOf(answer))

test('whoever was created changes the password at the first sign-in, and can do nothing else before', async () => {
  const answer = await create({ username: 'nova', password: PASSWORD, role: 'operator' })
  expect(((await answer.json()) as { must_change_password: boolean }).must_change_password).toBe(true)
  const nova = await signIn('nova')
  for (const [method, path] of [
    ['GET', '/embalagens'],
    ['GET', '/me/sessions'],
    ['GET', '/audit'],
    ['POST', '/events'],
    ['GET', '/never/heard'],
    // The password first: whoever chose it could enrol a phone of their own.
    ['POST', '/2fa/enable'],
    ['POST', '/me/api-keys'],
  ] as const) {
    const code = path === '/audit' ? 'forbidden' : 'password_change_required'
    expect([path, await refusal(await nova.use(method, path))]).toEqual([path, code])
  }
  expect(await (await nova.use('GET', '/me')).json()).toMatchObject({ must_change_password: true })
  expect(await refusal(await change(nova, PASSWORD, PASSWORD))).toBe('password_unchanged')
  expect(await refusal(await change(nova, PASSWORD))).toBeNull()
  expect(await (await nova.use('GET', '/me')).json()).toMatchObject({ must_change_password: false })
  // What the role needs beside it.
  expect(await refusal(await nova.use('GET', '/embalagens'))).toBe('two_factor_required')
  expect((await nova.use('POST', '/2fa/enable')).status).toBe(200)
  await api.db.sql`update two_factor set confirmed_at = now(), pending_until = null where confirmed_at is null`
  expect((await nova.use('GET', '/embalagens')).status).toBe(200)
})

test.each([
  ['an admin', (id: string) => patch(id, { password: PASSWORD })],
  [
    'the command line',
    (id: string) =>
      changeUser(api.db.sql, id, { password: PASSWORD }, { hash: async () => hashOf(id), actor: commandLineActor() }),
  ],
])('a password that %s has reset is changed again', async (_, reset) => {
  const { id } = await made(`reset ${Bun.randomUUIDv7()}`)
  const { username } = await read(id)
  expect(await refusal(await (await signIn(username)).use('GET', '/embalagens'))).toBeNull()
  await reset(id)
  const again = await signIn(username)
  expect(await refusal(await again.use('GET', '/embalagens'))).toBe('password_change_required')
  expect((await again.use('POST', '/logout')).status).toBe(204)
  const third = await signIn(username)
  expect(await refusal(await change(third, PASSWORD))).toBeNull()
  expect((await read(id)).must_change_password).toBe(false)
  // Any other change leaves it.
  await patch(id, { role: 'operator' })
  expect((await read(id)).must_change_password).toBe(false)
})

const read = async (id: string) =>
  (await (await api.call('GET', `/users/${id}`, { as: 'admin' })).json()) as Account & { must_change_password: boolean }
async function hashOf(id: string): Promise<string> {
  return (await findCredentials(api.db.sql, (await read(id)).username))!.password_hash
}

test('the first admin and the user of programs keep theirs; the latter even when an admin has reset it', async () => {
  const { sql } = api.db
  const first = { admin_password: undefined, service_username: 'service', password_rounds: 1 }
  const fresh = await testDatabase()
  expect(await createFirstUsers(fresh.sql, first, 'the service password')).toBeString()
  expect(await fresh.sql`select 1 from users where must_change_password`).toHaveLength(0)
  await fresh.close()
  await createFirstUsers(sql, first, 'the service password')
  const service = (await findCredentials(sql, 'service'))!
  expect(service.must_change_password).toBe(false)
  await patch(service.id, { password: 'o que o administrador quis' })
  expect((await findCredentials(sql, 'service'))!.must_change_password).toBe(true)
  expect(await renewServicePassword(sql, first, 'the service password')).toBe(true)
  expect((await findCredentials(sql, 'service'))!.must_change_password).toBe(false)
  // The right password alone does not do.
  await sql`update users set must_change_password = true where username = 'service'`
  expect(await renewServicePassword(sql, first, 'the service password')).toBe(true)
  expect(await renewServicePassword(sql, first, 'the service password')).toBe(false)
})
