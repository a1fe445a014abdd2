/** A stolen token is not enough to take an account, or to make one. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { accounts, codeOf } from '../kit/accounts.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { letTimePass, person } from '../kit/phone.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
const { made, patch, signIn, audited } = accounts(() => api)

const outcome = async (answer: Response) => [answer.status, answer.ok ? null : await codeOf(answer)]
const as = (token: string) => (method: string, path: string, json?: unknown) =>
  api.call(method, path, { json, headers: { authorization: `Bearer ${token}` } })
/** As if every proof of the user were so old. */
const age = (username: string, minutes: number) => api.db.sql`
  update sessions set proved_at = now() - make_interval(mins => ${minutes})
  where user_id = (select id from users where username = ${username})`
const noticesOf = async (username: string) => {
  const rows = await api.db.sql<{ email: string; action: string }[]>`
    select n.email, n.action from user_notices n join users u on u.id = n.user_id where username = ${username} order by n.id`
  return rows.map(({ email, action }) => `${action} → ${email}`)
}

test("one's own account is not changed under /users, whatever the change", async () => {
  const thief = as(await (await person(api, 'victim', 'admin')).signIn())
  const { id } = (await (await thief('GET', '/me')).json()) as { id: string }
  for (const change of [
    { password: 'o segredo do ladrão vale', reset_2fa: true },
    { reset_2fa: true },
    { role: 'admin' },
    { role: 'viewer' },
    { disabled: true },
    { email: 'thief@example.com' },
    { unlock: true },
  ])
    for (const path of [`/users/${id}`, `/users/${id.toUpperCase()}`])
      expect(await outcome(await thief('PATCH', path, change))).toEqual([403, 'own_account'])
  expect((await signIn('victim')).status).toBe(200)
  expect(await audited('victim')).toEqual([])
})

describe('without a proof of the last 15 minutes', () => {
  const CHANGES = [
    ['POST', '/users', { username: 'the thief', password: PASSWORD, role: 'admin' }],
    ['PATCH', '/users/{target}', { password: 'o segredo do ladrão vale' }],
    ['PATCH', '/users/{target}', { reset_2fa: true }],
    ['PATCH', '/users/{target}', { role: 'admin' }],
    ['PATCH', '/users/{target}', { disabled: true }],
    ['PATCH', '/users/{target}', { email: 'thief@example.com' }],
    ['PATCH', '/users/{target}', { unlock: true }],
    ['PUT', '/me/email', { email: 'thief@example.com' }],
    ['POST', '/2fa/enable', undefined],
  ] as const

  test.each([
    ['a sign-in', 'sign_in_again'],
    ['a code', 'code_required'],
  ])('an account is neither changed nor made: %s is asked for', async (_, code) => {
    const target = await made(`target of ${code}`)
    const admin = await person(api, `asked for ${code}`, 'admin')
    const token = code === 'code_required' ? (await admin.enrol()).token : await admin.signIn()
    await age(admin.username, 16)
    for (const [method, path, json] of CHANGES)
      expect(await outcome(await as(token)(method, path.replace('{target}', target.id), json))).toEqual([403, code])
    // Before the body is looked at.
    expect(await outcome(await as(token)('POST', '/users', { odd: 1 }))).toEqual([403, code])
    expect(await audited(target.username)).toHaveLength(1)
    for (const path of ['/users', `/users/${target.id}`, '/me']) expect((await as(token)('GET', path)).status).toBe(200)
    await age(admin.username, 14)
    expect((await as(token)('PATCH', `/users/${target.id}`, { unlock: true })).status).toBe(200)
  })

  test('a code makes its session alone good for 15 minutes, once', async () => {
    const { id } = await made('changed')
    const admin = await person(api, 'proves', 'admin')
    const { phone, token, recovery_codes } = await admin.enrol()
    const signed_in = await admin.post('/2fa/verify', { code: admin.code(phone), challenge: await admin.challenge() })
    letTimePass(api)
    await age('proves', 16)
    const change = (bearer: string) => as(bearer)('PATCH', `/users/${id}`, { role: 'operator' })
    const prove = (code: string) => admin.post('/2fa/verify', { code }, token)

    expect((await prove(admin.code(phone, 5))).body.code).toBe('code_wrong')
    expect(await outcome(await change(token))).toEqual([403, 'code_required'])
    const code = admin.code(phone)
    const proved = await prove(code)
    expect([proved.status, proved.body]).toEqual([200, { proved: true, expires_in: 900 }])
    expect((await change(token)).status).toBe(200)
    expect(await outcome(await change(signed_in.body.access_token))).toEqual([403, 'code_required'])

    await age('proves', 16)
    expect((await prove(code)).body.code).toBe('code_wrong')
    expect((await prove(recovery_codes[0]!)).status).toBe(200)
    expect((await change(token)).status).toBe(200)
    expect((await admin.me(token)).body.two_factor.recovery_codes_left).toBe(9)
    expect((await audited('proves')).map(({ action }) => action)).toEqual([
      'two_factor.enabled',
      'session.proved',
      'two_factor.recovery_code_used',
      'session.proved',
    ])
  })

  test('a refresh is none', async () => {
    await person(api, 'refreshes', 'admin')
    const { body } = await (
      await person(api, 'refreshed', 'admin')
    ).post('/login', { username: 'refreshes', password: PASSWORD })
    await age('refreshes', 16)
    const refreshed = await api.call('POST', '/token/refresh', { json: { refresh_token: body.refresh_token } })
    const { access_token } = (await refreshed.json()) as { access_token: string }
    expect(await outcome(await as(access_token)('POST', '/users', {}))).toEqual([403, 'sign_in_again'])
  })
})

describe('a change of an account is told to its user', () => {
  test('by an admin: each change, at the address from before', async () => {
    const answer = await accounts(() => api).create({
      username: 'told',
      password: PASSWORD,
      role: 'viewer',
      email: 'told@example.com',
    })
    const user = (await answer.json()) as { id: string; email: string }
    expect([answer.status, user.email]).toEqual([201, 'told@example.com'])
    await api.db.sql`
      insert into two_factor (user_id, secret, confirmed_at, last_step) values (${user.id}, ${new Uint8Array(20)}, now(), 0)`
    const all = { role: 'operator', password: 'um outro segredo', reset_2fa: true, email: 'new@example.com' }
    expect(await (await patch(user.id, all)).json()).toMatchObject({ role: 'operator', email: 'new@example.com' })
    await patch(user.id, { disabled: true })
    await patch(user.id, { disabled: false, email: null })
    await patch(user.id, { role: 'viewer' })
    expect(await noticesOf('told')).toEqual([
      'user.role_changed → told@example.com',
      'password.reset → told@example.com',
      'two_factor.reset → told@example.com',
      'user.email_changed → told@example.com',
      'user.disabled → new@example.com',
      'user.enabled → new@example.com',
      'user.email_changed → new@example.com',
    ])
  })

  test('by themselves: address, password, second factor; what is refused or nothing new is not told', async () => {
    const ana = await person(api, 'ana')
    const { phone, token } = await ana.enrol()
    const put = as(token)
    for (const email of ['ana@example.com', 'ana@example.com', 'ana.lima@example.com'])
      expect((await put('PUT', '/me/email', { email })).status).toBe(204)
    expect(await (await put('GET', '/me')).json()).toMatchObject({ email: 'ana.lima@example.com' })
    const change = (current_password: string) =>
      put('PUT', '/me/password', { current_password, new_password: 'um outro segredo' })
    expect((await change('not the password')).status).toBe(403)
    expect((await change(PASSWORD)).status).toBe(204)
    const codes = { password: 'um outro segredo', code: ana.code(phone) }
    expect((await ana.post('/2fa/recovery-codes', codes, token)).status).toBe(200)
    letTimePass(api)
    expect((await ana.post('/2fa/disable', { code: ana.code(phone) }, token)).status).toBe(200)
    expect((await put('PUT', '/me/email', { email: null })).status).toBe(204)
    expect(await noticesOf('ana')).toEqual([
      'user.email_changed → ana@example.com',
      'password.changed → ana.lima@example.com',
      'two_factor.recovery_codes_renewed → ana.lima@example.com',
      'two_factor.disabled → ana.lima@example.com',
      'user.email_changed → ana.lima@example.com',
    ])
  })

  test('texts that are no address are refused', async () => {
    for (const email of [
      'ana',
      'ana@',
      'a@example.com, b@example.com',
      '<a@example.com>',
      `${'a'.repeat(250)}@x.br`,
      '',
    ])
      expect((await api.call('PUT', '/me/email', { as: 'viewer', json: { email } })).status).toBe(422)
  })
})
