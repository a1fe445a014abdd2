import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertSession } from '../../db/users/sessions.ts'
import { until } from '../kit/program.ts'
import { accounts, codeOf, type SignedIn } from '../kit/accounts.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
const { patch, made, signIn, audited } = accounts(() => api)

describe('PUT /me/password', () => {
  const change = (use: SignedIn['use'], current_password: string, new_password: string) =>
    use('PUT', '/me/password', { current_password, new_password })

  test('a viewer changes their own; this session lives, the others end', async () => {
    await made('renews')
    const [here, there] = [await signIn('renews'), await signIn('renews')]
    expect((await change(here.use, PASSWORD, 'um outro segredo')).status).toBe(204)
    expect((await here.use('GET', '/me')).status).toBe(200)
    expect((await there.use('GET', '/me')).status).toBe(401)
    expect((await signIn('renews')).status).toBe(401)
    expect((await signIn('renews', 'um outro segredo')).status).toBe(200)
    expect((await audited('renews')).at(-1)).toEqual({
      action: 'password.changed',
      actor_name: 'renews',
      details: { sessions_ended: 1 },
    })
  })

  test('a wrong present password changes nothing, and counts as a failed attempt', async () => {
    const { id } = await made('guesses')
    const { use } = await signIn('guesses')
    for (let i = 0; i < 5; i++) {
      const answer = await change(use, 'wrong', 'um outro segredo')
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'current_password_wrong'])
    }
    await api.db.sql`update login_attempts set next_at = next_at + interval '1 hour' where account = 'guesses'`
    expect((await change(use, PASSWORD, 'um outro segredo')).status).toBe(429)
    await patch(id, { unlock: true })
    expect((await change(use, PASSWORD, 'um outro segredo')).status).toBe(204)
  })

  test('a new password that is common, or the present one, is refused', async () => {
    await made('stays')
    const { use } = await signIn('stays')
    for (const [new_password, code] of [
      ['password1234', 'password_common'],
      [PASSWORD, 'password_unchanged'],
      ['short', 'validation_failed'],
    ] as const) {
      const answer = await change(use, PASSWORD, new_password)
      expect([answer.status, await codeOf(answer)]).toEqual([422, code])
    }
    expect((await api.call('PUT', '/me/password', { json: {} })).status).toBe(401)
  })
})

test('a sign-in that was under way when the password changed or the user was disabled begins no session', async () => {
  const { sql } = api.db
  const { id } = await made('races')
  // Holds the user's row as a change does, until the sign-in has found the password right and waits for it.
  const login = await sql.begin(async (tx) => {
    await tx`update users set password_hash = ${await hashPassword('um outro segredo', 10)} where id = ${id}`
    const asked = signIn('races')
    await waitsForLock()
    return { asked }
  })
  expect((await login.asked).status).toBe(401)
  expect(await sql`select 1 from sessions where user_id = ${id}`).toHaveLength(0)
  expect(await insertSession(sql, id, 60)).toBeString()

  async function waitsForLock(): Promise<void> {
    await until('the sign-in to wait', async () => {
      const [row] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%for share%'`
      return row!.waiting > 0
    })
  }
})
