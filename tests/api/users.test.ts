import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { countAttempt } from '../../db/users/login-attempts.ts'
import { hashPassword } from '../../db/users/passwords.ts'
import { insertSession } from '../../db/users/sessions.ts'
import { insertUser } from '../../db/users/users.ts'
import { until } from '../e2e/program.ts'
import { PASSWORD, testApi, type TestApi } from './api.ts'

setDefaultTimeout(30_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

interface Answered {
  id: string
  username: string
  role: string
  disabled_at: string | null
  locked: boolean
  version: number
}
const as = 'admin' as const
const create = (json: unknown, headers = {}) => api.call('POST', '/users', { as, json, headers })
const patch = (id: string, json: unknown, headers = {}) => api.call('PATCH', `/users/${id}`, { as, json, headers })
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
async function made(username: string, role = 'viewer'): Promise<Answered> {
  const answer = await create({ username, password: PASSWORD, role })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Answered
}
async function signIn(username: string, password = PASSWORD) {
  const answer = await api.call('POST', '/login', { json: { username, password } })
  const { access_token } = (await answer.json()) as { access_token?: string }
  const use = (method: string, path: string, json?: unknown) =>
    api.call(method, path, { json, headers: { authorization: `Bearer ${access_token}` } })
  return { status: answer.status, use }
}
/** But signing in and out, which these tests do all the time. */
const audited = async (target: string) => {
  const rows = await api.db.sql<{ action: string; actor_name: string; details: object }[]>`
    select action, actor_name, details from audit where target = ${target} and action not in ('sign_in.succeeded', 'session.ended') order by at, id`
  return rows.map(({ action, actor_name, details }) => ({ action, actor_name, details }))
}

test('only admins see or change users', async () => {
  const { id } = await made('somebody')
  for (const role of ['viewer', 'operator'] as const)
    for (const [method, path] of [
      ['GET', '/users'],
      ['POST', '/users'],
      ['GET', `/users/${id}`],
      ['PATCH', `/users/${id}`],
      ['PATCH', '/users/no-uuid'],
    ] as const)
      expect((await api.call(method, path, { as: role, ...(method !== 'GET' && { json: {} }) })).status).toBe(403)
})

describe('creating', () => {
  test('a user is created, signs in, and is audited with who did it', async () => {
    const answer = await create({ username: ' Zoë ', password: PASSWORD, role: 'operator' })
    expect(answer.status).toBe(201)
    const user = (await answer.json()) as Answered
    expect(user).toMatchObject({ username: 'Zoë', role: 'operator', disabled_at: null, locked: false, version: 1 })
    expect(answer.headers.get('location')).toBe(`/users/${user.id}`)
    expect(answer.headers.get('etag')).toBe('"1"')
    const read = await api.call('GET', `/users/${user.id}`, { as })
    expect(read.headers.get('etag')).toBe('"1"')
    expect(await read.json()).toEqual(user)
    expect(Object.keys(user)).not.toContain('password_hash')
    expect((await signIn('ZOË'.normalize('NFD'))).status).toBe(200)
    expect(await audited('Zoë')).toEqual([
      { action: 'user.created', actor_name: 'admin', details: { role: 'operator' } },
    ])
  })

  test('a name is taken in whatever case and form', async () => {
    await made('João')
    for (const username of ['joão', 'JOÃO', 'Joa\u0303o', 'ＪＯÃＯ', 'joão ']) {
      const answer = await create({ username, password: PASSWORD, role: 'viewer' })
      expect([username, answer.status, await codeOf(answer)]).toEqual([username, 409, 'username_taken'])
    }
  })

  test('names that cannot be seen or read are refused', async () => {
    for (const username of [
      '',
      '   ',
      'a\u0000b',
      'a\nb',
      'a\u200bb',
      'a\u202eb',
      '\ud800',
      'a'.repeat(151),
      'a\u2028b',
    ])
      expect((await create({ username, password: PASSWORD, role: 'viewer' })).status).toBe(422)
    for (const username of ['a', 'Ana Maria', 'ana@example.org', '名前', 'a'.repeat(150)])
      expect((await create({ username, password: PASSWORD, role: 'viewer' })).status).toBe(201)
  })

  test('a short, common or own-name password, a role that is none and fields that are none are refused', async () => {
    const good = { username: 'never', password: PASSWORD, role: 'viewer' }
    for (const [bad, code] of [
      [{ password: 'short' }, 'validation_failed'],
      [{ password: '😀😀😀😀😀😀' }, 'password_length'],
      [{ password: 'password1234' }, 'password_common'],
      [{ password: 'Never-never-2024' }, 'password_common'],
      [{ role: 'king' }, 'validation_failed'],
      [{ role: undefined }, 'validation_failed'],
      [{ admin: true }, 'validation_failed'],
    ] as const) {
      const answer = await create({ ...good, ...bad })
      expect([bad, answer.status, await codeOf(answer)] as unknown).toEqual([bad, 422, code])
    }
  })

  test('the same Idempotency-Key makes one user', async () => {
    const body = { username: 'once', password: PASSWORD, role: 'viewer' }
    const answers = [await create(body, { 'idempotency-key': 'k1' }), await create(body, { 'idempotency-key': 'k1' })]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(await answers[0]!.json()).toEqual(await answers[1]!.json())
    expect(await audited('once')).toHaveLength(1)
  })
})

test('the list: by name whatever its case, in pages, filtered by text, role and disabled', async () => {
  for (const name of ['list-c', 'List-B', 'list-ä', 'LIST-D'])
    await made(name, name === 'List-B' ? 'operator' : 'viewer')
  const names = async (query: string) => {
    const answer = await api.call('GET', `/users${query}`, { as })
    expect(answer.status).toBe(200)
    const { items, next_cursor } = (await answer.json()) as { items: Answered[]; next_cursor: string | null }
    return { names: items.map(({ username }) => username), next_cursor }
  }
  const first = await names('?q=LIST-&limit=3')
  const second = await names(`?q=LIST-&limit=3&cursor=${first.next_cursor}`)
  expect([...first.names, ...second.names].toSorted()).toEqual(['LIST-D', 'List-B', 'list-c', 'list-ä'])
  expect(first.names.slice(0, 2)).not.toContain('LIST-D')
  expect(second.next_cursor).toBeNull()
  expect((await names('?q=list-a')).names).toEqual(['list-ä'])
  expect((await names('?q=list&role=operator')).names).toEqual(['List-B'])
  expect((await names('?q=list&disabled=true')).names).toEqual([])
  for (const query of ['?limit=0', '?role=king', '?cursor=x', '?q=a%00', '?odd=1'])
    expect((await api.call('GET', `/users${query}`, { as })).status).toBe(422)
})

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
    expect(((await (await patch(id, { disabled: false })).json()) as Answered).disabled_at).toBeNull()
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
    for (let i = 0; i < 5; i++) await countAttempt(api.db.sql, 'forgets', '192.0.2.1')
    expect(await (await api.call('GET', `/users/${id}`, { as })).json()).toMatchObject({ locked: true })
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
    await api.db.sql`insert into login_attempts values ('locked', '', 100, now(), null)`
    expect((await signIn('locked')).status).toBe(429)
    expect(await (await patch(id, { unlock: true })).json()).toMatchObject({ locked: false, version: 1 })
    expect((await signIn('locked')).status).toBe(200)
    await patch(id, { unlock: true })
    expect((await audited('locked')).map(({ action }) => action)).toEqual(['user.created', 'user.unlocked'])
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

describe('the last admin', () => {
  /** An api with exactly two admins: `admin`, who asks, and `other`. */
  async function twoAdmins() {
    const own = await testApi()
    const password_hash = await hashPassword(PASSWORD, 10)
    const other = (await insertUser(own.db.sql, { username: 'other', password_hash, role: 'admin' }))!
    await own.token('admin')
    const me = (await (await own.call('GET', '/me', { as })).json()) as { id: string }
    return { own, me: me.id, other: other.id }
  }

  test('can be neither disabled nor demoted, by nobody', async () => {
    const { own, me, other } = await twoAdmins()
    try {
      const change = (id: string, json: unknown) => own.call('PATCH', `/users/${id}`, { as, json })
      expect((await change(other, { disabled: true })).status).toBe(200)
      for (const body of [{ disabled: true }, { role: 'viewer' }, { role: 'admin', disabled: true }]) {
        const answer = await change(me, body)
        expect([answer.status, await codeOf(answer)]).toEqual([409, 'last_admin'])
      }
      expect((await change(me, { role: 'admin' })).status).toBe(200)
      // Who is disabled does not count as the one who is left.
      expect((await change(other, { role: 'viewer' })).status).toBe(200)
      expect((await change(me, { role: 'viewer' })).status).toBe(409)
    } finally {
      await own.close()
    }
  })

  test('of two requests at once that would each take one of two admins, one is refused', async () => {
    const { own, me, other } = await twoAdmins()
    const { sql } = own.db
    try {
      const token = await own.token('admin')
      for (let round = 0; round < 20; round++) {
        await sql`update users set role = 'admin', disabled_at = null where id in (${me}, ${other})`
        await sql`update sessions set revoked_at = null`
        // Signed in as a third, who is an admin only for letting both in.
        const change = (id: string, json: unknown) =>
          own.call('PATCH', `/users/${id}`, { json, headers: { authorization: `Bearer ${token}` } })
        const answers = await Promise.all([
          change(me, round % 2 ? { role: 'viewer' } : { disabled: true }),
          change(other, round % 3 ? { disabled: true } : { role: 'operator' }),
        ])
        const [left] = await sql<{ admins: number }[]>`
          select count(*)::int as admins from users where role = 'admin' and disabled_at is null`
        expect(left!.admins).toBe(1)
        // The loser is refused as the last admin, or because the winner took away what let them in.
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
        expect([401, 403, 409]).toContain(answers.find(({ status }) => status !== 200)!.status)
      }
    } finally {
      await own.close()
    }
  })
})

describe('PUT /me/password', () => {
  const change = (use: Awaited<ReturnType<typeof signIn>>['use'], current_password: string, new_password: string) =>
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
    await api.db
      .sql`update login_attempts set attempted_at = attempted_at + interval '1 hour' where account = 'guesses'`
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
