/** API keys: what they may do, how they end, and that nobody reads one again. Which routes take them: access.test.ts. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { MAX_KEYS } from '../../db/users/api-keys/own-keys.ts'
import { generateKey } from '../../db/users/api-keys/key-text.ts'
import type { UserRole } from '../../db/users/users.ts'
import { accounts, codeOf } from '../kit/accounts.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

interface Key {
  id: string
  name: string
  start: string
  role: UserRole
  expires_at: string
  last_used_at: string | null
  last_used_address: string | null
}

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
const { patch, made, signIn, audited } = accounts(() => api)

const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString()
const wanted = (name: string, role: UserRole = 'viewer') => ({ name, role, expires_at: inDays(30) })

/** A user with a key, and their calls: with a token, and with the key. */
async function withKey(username: string, role: UserRole, key_role = role) {
  const user = await made(username, role)
  const { use } = await signIn(username)
  const answer = await use('POST', '/me/api-keys', wanted('script', key_role))
  expect(answer.status).toBe(201)
  const { key, ...shown } = (await answer.json()) as Key & { key: string }
  const ask = (method: string, path: string, json?: unknown, on = api) =>
    on.call(method, path, { json, headers: { authorization: `Bearer ${key}` } })
  return { user, use, key, shown, ask }
}

const listed = async (use: Awaited<ReturnType<typeof signIn>>['use']) =>
  ((await (await use('GET', '/me/api-keys')).json()) as { items: Key[] }).items

describe('a new key', () => {
  test('is shown once, works at once, and is kept as a hash', async () => {
    const { user, use, key, shown, ask } = await withKey('makes', 'operator')
    expect(shown).toMatchObject({ name: 'script', role: 'operator', start: key.slice(0, 9), last_used_at: null })
    expect(await (await ask('GET', '/me')).json()).toMatchObject({
      id: user.id,
      username: 'makes',
      role: 'operator',
      session_id: null,
      api_key_id: shown.id,
    })
    expect(await (await use('GET', '/me')).json()).toMatchObject({ api_key_id: null })
    const list = await use('GET', '/me/api-keys')
    expect(await list.text()).not.toContain(key)
    const [{ row }] = (await api.db.sql`select k::text as row from api_keys k where id = ${shown.id}`) as [
      { row: string },
    ]
    expect(row).not.toContain(key.slice(9))
    expect(JSON.stringify(await audited('makes'))).not.toContain(key)
  })

  test('has a name of its own, a role of its user at most, and an end within a year', async () => {
    await made('refused', 'operator')
    const { use } = await signIn('refused')
    const make = async (change: object) => {
      const answer = await use('POST', '/me/api-keys', { ...wanted('one', 'operator'), ...change })
      const { code, errors = [] } = (await answer.json()) as { code?: string; errors?: Array<{ path: string }> }
      return [answer.status, code, ...errors.map(({ path }) => path)]
    }
    for (const [change, path] of [
      [{ role: 'admin' }, '/role'],
      [{ role: undefined }, '/role'],
      [{ name: '' }, '/name'],
      [{ name: '\u00a0 ' }, '/name'],
      [{ name: 'a\u0000b' }, '/name'],
      [{ name: '\ud800' }, '/name'],
      [{ name: 'x'.repeat(101) }, '/name'],
      [{ expires_at: undefined }, '/expires_at'],
      [{ expires_at: inDays(-1) }, '/expires_at'],
      [{ expires_at: inDays(367) }, '/expires_at'],
      [{ expires_at: '9999-12-31T23:59:59Z' }, '/expires_at'],
      [{ days: 3 }, '/days'],
    ] as const)
      expect([change, ...(await make(change))]).toEqual([change, 422, 'validation_failed', path])
    expect(await make({ name: 'Exportação ﬁnal', expires_at: inDays(365.9) })).toEqual([201, undefined])
    expect(await make({ name: ' exportação FINAL ' })).toEqual([409, 'api_key_name_taken'])
    expect(await listed(use)).toMatchObject([{ name: 'Exportação final' }])
  })

  test('is made once, also when the request comes again with its Idempotency-Key', async () => {
    const send = () =>
      api.call('POST', '/me/api-keys', { as: 'viewer', json: wanted('again'), headers: { 'idempotency-key': 'again' } })
    const answers = [await send(), await send()]
    expect([answers[0]!.status, await codeOf(answers[1]!)]).toEqual([201, 'api_key_name_taken'])
    const [{ kept }] = (await api.db.sql`select count(*)::int as kept from idempotency_keys`) as [{ kept: number }]
    expect(kept).toBe(0)
  })

  test('is one of a bounded number, also when many are made at once', async () => {
    await made('many')
    const { use } = await signIn('many')
    const answers = await Promise.all(
      Array.from({ length: MAX_KEYS + 3 }, (_, n) => use('POST', '/me/api-keys', wanted(`key ${n}`))),
    )
    const refused = answers.filter(({ status }) => status !== 201)
    expect(await Promise.all(refused.map(codeOf))).toEqual(Array(3).fill('api_keys_too_many'))
    const keys = await listed(use)
    expect(keys).toHaveLength(MAX_KEYS)
    // One that ended long ago makes room.
    await api.db.sql`update api_keys set expires_at = now() - interval '31 days' where id = ${keys[0]!.id}`
    expect((await use('POST', '/me/api-keys', wanted('room'))).status).toBe(201)
    expect((await listed(use)).map(({ id }) => id)).not.toContain(keys[0]!.id)
  })

  test('is not made by a session that is not fresh from its sign-in, nor by one that has ended', async () => {
    const { id } = await made('stale')
    const { use } = await signIn('stale')
    await api.db.sql`update sessions set proved_at = now() - interval '16 minutes' where user_id = ${id}`
    expect(await codeOf(await use('POST', '/me/api-keys', wanted('late')))).toBe('sign_in_again')
    expect(await listed(use)).toEqual([])
  })
})

describe('a key ends', () => {
  test('when it is deleted, by its user or by an admin, and not by a stranger', async () => {
    const { user, use, shown, ask } = await withKey('deletes', 'viewer')
    const other = await withKey('stranger', 'viewer')
    expect(await codeOf(await other.use('DELETE', `/me/api-keys/${shown.id}`))).toBe('api_key_not_found')
    expect((await ask('GET', '/me')).status).toBe(200)
    expect((await use('DELETE', `/me/api-keys/${shown.id}`)).status).toBe(204)
    const refused = await ask('GET', '/me')
    expect([refused.status, await codeOf(refused)]).toEqual([401, 'api_key_invalid'])
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="doca"')

    const listing = await api.call('GET', `/users/${other.user.id}/api-keys`, { as: 'admin' })
    expect(((await listing.json()) as { items: Key[] }).items).toMatchObject([{ id: other.shown.id, name: 'script' }])
    const end = (of: string) => api.call('DELETE', `/users/${of}/api-keys/${other.shown.id}`, { as: 'admin' })
    expect(await codeOf(await end(user.id))).toBe('api_key_not_found')
    expect(await codeOf(await end(crypto.randomUUID()))).toBe('user_not_found')
    expect((await end(other.user.id)).status).toBe(204)
    expect((await other.ask('GET', '/me')).status).toBe(401)
    const details = { api_key_id: other.shown.id, name: 'script', role: 'viewer', expires_at: other.shown.expires_at }
    expect((await audited('stranger')).slice(1)).toEqual([
      { action: 'api_key.created', actor_name: 'stranger', details },
      { action: 'api_key.deleted', actor_name: 'admin', details },
    ])
  })

  test('at its end date, and is listed for a while', async () => {
    const { use, shown, ask } = await withKey('dates', 'viewer')
    await api.db.sql`update api_keys set expires_at = now() where id = ${shown.id}`
    expect(await codeOf(await ask('GET', '/me'))).toBe('api_key_invalid')
    expect(await listed(use)).toMatchObject([{ id: shown.id }])
  })

  test('for good when an admin disables its user or resets their password, not when they change it themselves', async () => {
    const { user, use, shown, ask } = await withKey('leaves', 'viewer')
    const change = { current_password: 'correct horse battery', new_password: 'caderno azul e chuva fina' }
    expect((await use('PUT', '/me/password', change)).status).toBe(204)
    expect((await ask('GET', '/me')).status).toBe(200)
    await patch(user.id, { disabled: true })
    expect((await ask('GET', '/me')).status).toBe(401)
    await patch(user.id, { disabled: false })
    expect((await ask('GET', '/me')).status).toBe(401)
    const audit = await audited('leaves')
    expect(audit.find(({ action }) => action === 'user.disabled')!.details).toMatchObject({ api_keys_ended: 1 })

    const reset = await withKey('forgets', 'viewer')
    await patch(reset.user.id, { password: 'um outro segredo' })
    expect((await reset.ask('GET', '/me')).status).toBe(401)
    const again = await signIn('forgets', 'um outro segredo')
    await again.use('PUT', '/me/password', { ...change, current_password: 'um outro segredo' })
    expect([shown.id, await listed(again.use)]).toEqual([shown.id, []])
  })

  test('together with its user', async () => {
    const { user, ask } = await withKey('gone', 'viewer')
    await api.db.sql`delete from users where id = ${user.id}`
    expect((await ask('GET', '/me')).status).toBe(401)
  })
})

describe('a key may do', () => {
  test('what its role may, and never more than its user may now', async () => {
    const { user, ask } = await withKey('lowered', 'admin', 'operator')
    expect((await ask('GET', '/users')).status).toBe(403)
    const item = { sku: 'KEY-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }
    expect((await ask('POST', '/embalagens', item)).status).toBe(201)
    await patch(user.id, { role: 'viewer' })
    const refused = await ask('POST', '/embalagens', { ...item, sku: 'KEY-2' })
    expect(await refused.json()).toMatchObject({
      status: 403,
      detail: 'This needs the role operator; this API key has the role viewer.',
    })
    expect(await (await ask('GET', '/me')).json()).toMatchObject({ role: 'viewer' })
    await patch(user.id, { role: 'admin' })
    expect(await (await ask('GET', '/me')).json()).toMatchObject({ role: 'operator' })
  })

  test('nothing that takes a session', async () => {
    const { ask, shown } = await withKey('person', 'admin')
    const refused = await ask('POST', '/me/api-keys', wanted('another'))
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'session_needed'])
    expect(await codeOf(await ask('DELETE', `/me/api-keys/${shown.id}`))).toBe('session_needed')
    expect(await codeOf(await ask('POST', '/2fa/verify', { code: '123456', challenge: 'none' }))).toBe('session_needed')
  })

  test('what an admin without a second factor may, where that is needed: nothing', async () => {
    const strict = await testApi({ REQUIRE_2FA: 'admin', DATABASE_URL: api.config.db.database_url })
    try {
      const { ask } = await withKey('unenrolled', 'admin', 'viewer')
      expect((await ask('GET', '/embalagens')).status).toBe(200)
      expect(await codeOf(await ask('GET', '/embalagens', undefined, strict))).toBe('two_factor_required')
    } finally {
      await strict.close()
    }
  })
})

test('the last use is written with its address, at most once a minute', async () => {
  const { shown, ask } = await withKey('uses', 'viewer')
  const used = async () => {
    const [row] = await api.db.sql<Array<{ at: Date | null; xmin: string }>>`
      select last_used_at as at, xmin::text from api_keys where id = ${shown.id}`
    return row!
  }
  expect((await used()).at).toBeNull()
  await Promise.all(Array.from({ length: 20 }, () => ask('GET', '/me')))
  await until('a use is written', async () => (await used()).at !== null)
  const { xmin } = await used()
  for (let n = 0; n < 5; n++) await ask('GET', '/me')
  expect((await used()).xmin).toBe(xmin)
  await api.db.sql`update api_keys set last_used_at = now() - interval '61 seconds' where id = ${shown.id}`
  await ask('GET', '/me')
  await until('a later use is written', async () => Date.now() - (await used()).at!.getTime() < 50_000)
})

test('the access log names the key of a request, and none where there is a session', async () => {
  const lines: Array<Record<string, unknown>> = []
  const info = api.log.info.bind(api.log)
  api.log.info = (line: object) => void lines.push(line as Record<string, unknown>)
  try {
    const { shown, use, ask } = await withKey('logged', 'viewer')
    await ask('GET', '/kpis')
    await use('GET', '/alerts')
    const keyOf = (path: string) => lines.find((line) => line.log === 'access' && line.path === path)
    await until('both lines', () => keyOf('/kpis') && keyOf('/alerts'))
    expect(keyOf('/kpis')).toMatchObject({ api_key_id: shown.id })
    expect(keyOf('/alerts')).not.toHaveProperty('api_key_id')
  } finally {
    api.log.info = info
  }
})

describe('limits', () => {
  let strict: TestApi
  beforeAll(async () => {
    strict = await testApi({ RATE_LIMIT_PER_MIN: '5', RATE_LIMIT_ANONYMOUS_PER_MIN: '3' })
    // The clock stands still: no test sees the window slide.
    strict.clock.now_ms = Math.floor(Date.now() / 60_000) * 60_000
  })
  afterAll(() => strict.close())
  const statusOf = async (key: string) =>
    (await strict.call('GET', '/me', { headers: { authorization: `Bearer ${key}` } })).status

  test('a key counts with its user, whatever else they send', async () => {
    const answer = await strict.call('POST', '/me/api-keys', { as: 'viewer', json: wanted('script') })
    const { key } = (await answer.json()) as { key: string }
    const statuses = [await statusOf(key), await statusOf(key)]
    for (let n = 0; n < 2; n++) statuses.push((await strict.call('GET', '/me', { as: 'viewer' })).status)
    statuses.push(await statusOf(key), (await strict.call('GET', '/me', { as: 'viewer' })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429])
  })

  test('made-up keys count as made-up tokens do', async () => {
    const statuses: number[] = []
    for (const key of ['doca_typo', generateKey().key, generateKey().key, generateKey().key])
      statuses.push(await statusOf(key))
    expect(statuses).toEqual([401, 401, 401, 429])
  })
})
