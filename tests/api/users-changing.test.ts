import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { checkAttempt } from '../../db/users/sign-in/attempts.ts'
import { accounts, codeOf, type Account } from '../kit/accounts.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
const { patch, made, signIn, audited } = accounts(() => api)

describe('changing', () => {
  test('a new role counts from the next request', async () => {
    const { id } = await made('rises')
    const { use } = await signIn('rises')
    expect((await use('GET', '/users')).status).toBe(403)
    expect(await (await patch(id, { role: 'admin' })).json()).toMatchObject({ role: 'admin', version: 2 })
    expect((await use('GET', '/users')).status).toBe(200)
    await patch(id, { role: 'viewer' })
    expect((await use('GET', '/users')).status).toBe(403)
    expect((await audited('rises')).slice(1)).toEqual([
      { action: 'user.role_changed', actor_name: 'admin', details: { from: 'viewer', to: 'admin' } },
      { action: 'user.role_changed', actor_name: 'admin', details: { from: 'admin', to: 'viewer' } },
    ])
  })

  test('disabling ends every session for good, and enabling lets in again', async () => {
    const { id } = await made('leaves')
    const { use } = await signIn('leaves')
    expect((await patch(id, { disabled: true })).status).toBe(200)
    expect((await use('GET', '/me')).status).toBe(401)
    expect((await signIn('leaves')).status).toBe(401)
    expect(((await (await patch(id, { disabled: false })).json()) as Account).disabled_at).toBeNull()
    expect((await use('GET', '/me')).status).toBe(401)
    expect((await signIn('leaves')).status).toBe(200)
    expect((await audited('leaves')).map(({ action, details }) => ({ action, details })).slice(1)).toEqual([
      { action: 'user.disabled', details: { sessions_ended: 1 } },
      { action: 'user.enabled', details: {} },
    ])
  })

  test('a new password ends every session and forgets failed attempts; the old one is wrong', async () => {
    const { id } = await made('forgets')
    const { use } = await signIn('forgets')
    for (let i = 0; i < 5; i++) await checkAttempt(api.db.sql, 'forgets', { address: '192.0.2.1' }, 'password')
    expect(await (await api.call('GET', `/users/${id}`, { as: 'admin' })).json()).toMatchObject({ locked: true })
    const answer = await patch(id, { password: 'um outro segredo' })
    expect(await answer.json()).toMatchObject({ locked: false, version: 2 })
    expect((await use('GET', '/me')).status).toBe(401)
    expect((await signIn('forgets')).status).toBe(401)
    expect((await signIn('forgets', 'um outro segredo')).status).toBe(200)
    expect((await audited('forgets')).map(({ action }) => action)).toEqual([
      'user.created',
      'password.reset',
      'user.unlocked',
    ])
  })

  test('unlocking changes nothing else, and is audited when there was something to unlock', async () => {
    const { id } = await made('locked')
    for (let n = 0; n < 5; n++) expect((await signIn('locked', 'wrong')).status).toBe(401)
    await api.db.sql`update login_attempts set next_at = next_at + interval '1 hour' where account = 'locked'`
    expect((await signIn('locked')).status).toBe(429)
    expect(await (await api.call('GET', `/users/${id}`, { as: 'admin' })).json()).toMatchObject({ locked: true })
    expect(await (await patch(id, { unlock: true })).json()).toMatchObject({ locked: false, version: 1 })
    expect((await signIn('locked')).status).toBe(200)
    await patch(id, { unlock: true })
    expect((await audited('locked')).map(({ action }) => action)).toEqual([
      'user.created',
      'sign_in.locked',
      'user.unlocked',
    ])
  })

  test('a reset of the second factor is a change; where there is none, it is not', async () => {
    const { id } = await made('lost-phone')
    await api.db.sql`
      insert into two_factor (user_id, secret, confirmed_at, last_step) values (${id}, ${new Uint8Array(20)}, now(), 0)`
    expect(await (await patch(id, { reset_2fa: true })).json()).toMatchObject({ two_factor: false, version: 2 })
    expect(await (await patch(id, { reset_2fa: true })).json()).toMatchObject({ two_factor: false, version: 2 })
    expect((await audited('lost-phone')).map(({ action }) => action)).toEqual(['user.created', 'two_factor.reset'])
  })

  test('what is as asked already is no change: no new version, no audit row, the sessions live', async () => {
    const { id } = await made('steady')
    const { use } = await signIn('steady')
    expect(await (await patch(id, { role: 'viewer', disabled: false })).json()).toMatchObject({ version: 1 })
    expect((await use('GET', '/me')).status).toBe(200)
    expect(await audited('steady')).toHaveLength(1)
  })

  test('nobody, nothing and nonsense', async () => {
    const { id } = await made('target')
    const nobody = await patch(Bun.randomUUIDv7(), { role: 'viewer' })
    expect([nobody.status, await codeOf(nobody)]).toEqual([404, 'user_not_found'])
    for (const body of [{}, { role: 'king' }, { unlock: false }, { username: 'other' }, { disabled: 'yes' }])
      expect((await patch(id, body)).status).toBe(422)
    expect((await patch(id, { password: 'target-target' })).status).toBe(422)
    expect((await patch('no-uuid', { role: 'viewer' })).status).toBe(422)
  })

  test('of fifty changes at once with one ETag, one wins', async () => {
    const { id } = await made('contested')
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => patch(id, { role: i % 2 ? 'operator' : 'admin' }, { 'if-match': '"1"' })),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 412)])
    expect((await patch(id, { role: 'viewer' }, { 'if-match': '"2"' })).status).toBe(200)
  })
})
