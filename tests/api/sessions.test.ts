import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readApiConfig } from '../../api/config.ts'
import { codeOf } from '../kit/accounts.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { letTimePass, person } from '../kit/phone.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const as = (token: string) => (method: string, path: string) =>
  api.call(method, path, { headers: { authorization: `Bearer ${token}` } })
const statusOf = async (token: string) => (await as(token)('GET', '/me')).status
interface Listed {
  id: string
  last_used_at: string
  address: string | null
  user_agent: string | null
  current: boolean
}
const list = async (token: string, path = '/me/sessions') =>
  ((await (await as(token)('GET', path)).json()) as { items: Listed[] }).items
const idOf = async (token: string, path = '/me') =>
  (await (await as(token)('GET', path)).json()) as { id: string; session_id: string }
const audited = async (username: string) => {
  const rows = await api.db.sql<{ action: string; actor_name: string }[]>`
    select action, actor_name from audit where target = ${username} and action like 'session.%' order by at, id`
  return rows.map(({ action, actor_name }) => `${actor_name}: ${action}`)
}
const lastUse = (user: string, ago: string) => api.db.sql`
  update sessions set last_used_at = now() - ${ago}::interval
  where user_id = (select id from users where username = ${user}) and revoked_at is null`

describe("one's own sessions", () => {
  test('are listed, newest first, with where they are used and which is this one', async () => {
    const ana = await person(api, 'ana')
    const first = await ana.signIn()
    const headers = { 'user-agent': 'Firefox on a phone' }
    const answer = await api.call('POST', '/login', { json: { username: 'ana', password: PASSWORD }, headers })
    const { access_token: second, refresh_token } = (await answer.json()) as Record<string, string>
    const items = await list(second!)
    expect(items).toMatchObject([
      { user_agent: 'Firefox on a phone', current: true },
      { user_agent: null, current: false },
    ])
    expect(Object.keys(items[0]!).toSorted()).toEqual([
      'address',
      'created_at',
      'current',
      'id',
      'last_used_at',
      'user_agent',
    ])
    expect((await idOf(second!)).session_id).toBe(items[0]!.id)
    const moved = { 'user-agent': 'Firefox of next week' }
    await api.call('POST', '/token/refresh', { json: { refresh_token }, headers: moved })
    expect((await list(first))[0]).toMatchObject({ user_agent: 'Firefox of next week', current: false })
    await lastUse('ana', '2 minutes')
    const used = { authorization: `Bearer ${second}`, 'user-agent': 'Firefox of next year' }
    await api.call('GET', '/me', { headers: used })
    await until('the use to be written', async () => (await list(first))[0]!.user_agent === 'Firefox of next year')

    const page = (await (await as(first)('GET', '/me/sessions?limit=1')).json()) as Record<string, any>
    const rest = await list(first, `/me/sessions?limit=1&cursor=${page.next_cursor}`)
    expect([...page.items, ...rest].map(({ id }: Listed) => id)).toEqual(items.map(({ id }) => id))
    expect((await as(first)('GET', '/me/sessions?cursor=eyJpZCI6IngifQ')).status).toBe(422)
  })

  test("end one by one, and nobody else's does", async () => {
    const [bia, caio] = [await person(api, 'bia'), await person(api, 'caio')]
    const [first, second, other] = [await bia.signIn(), await bia.signIn(), await caio.signIn()]
    const { session_id } = await idOf(second)
    const foreign = await as(other)('DELETE', `/me/sessions/${session_id}`)
    expect([foreign.status, await codeOf(foreign)]).toEqual([404, 'session_not_found'])
    expect((await as(first)('DELETE', `/me/sessions/${session_id}`)).status).toBe(204)
    expect([await statusOf(first), await statusOf(second), await statusOf(other)]).toEqual([200, 401, 200])
    expect((await as(first)('DELETE', `/me/sessions/${session_id}`)).status).toBe(404)
    expect((await list(first)).length).toBe(1)
    expect((await as(first)('DELETE', `/me/sessions/${(await idOf(first)).session_id}`)).status).toBe(204)
    expect(await statusOf(first)).toBe(401)
    expect(await audited('bia')).toEqual(['bia: session.ended', 'bia: session.ended'])
  })
})

test("an admin sees and ends a user's sessions, one or all, without a fresh proof", async () => {
  const [davi, admin] = [await person(api, 'davi'), await person(api, 'boss', 'admin')]
  const tokens = [await davi.signIn(), await davi.signIn(), await davi.signIn()]
  const by = await admin.signIn()
  await api.db.sql`update sessions set proved_at = now() - interval '1 hour'`
  const { id } = await idOf(tokens[0]!)
  const sessions = `/users/${id}/sessions`
  expect((await list(by, sessions)).map(({ current }) => current)).toEqual([false, false, false])
  expect((await as(tokens[0]!)('GET', sessions)).status).toBe(403)
  const { session_id } = await idOf(tokens[0]!)
  expect((await as(by)('DELETE', `${sessions}/${session_id}`)).status).toBe(204)
  expect(await Promise.all(tokens.map(statusOf))).toEqual([401, 200, 200])
  // Whose it is counts.
  const { session_id: own } = await idOf(by)
  expect((await as(by)('DELETE', `${sessions}/${own}`)).status).toBe(404)
  expect((await as(by)('DELETE', sessions)).status).toBe(204)
  expect(await Promise.all([...tokens, by].map(statusOf))).toEqual([401, 401, 401, 200])
  expect(await list(by, sessions)).toEqual([])
  expect((await as(by)('GET', `/users/${Bun.randomUUIDv7()}/sessions`)).status).toBe(404)
  expect(await audited('davi')).toEqual(['boss: session.ended', 'boss: session.all_ended'])
})

describe('signing in again in a browser', () => {
  const OURS = { host: 'doca.example', origin: 'https://doca.example', 'sec-fetch-site': 'same-origin' }
  /** What a browser keeps, by name. */
  const jar = (answer: Response, kept: Record<string, string> = {}) => {
    for (const { name, value } of answer.headers.getSetCookie().map((line) => Bun.Cookie.parse(line)))
      kept[name] = value
    return kept
  }
  const cookieOf = (kept: Record<string, string>, ...names: string[]) =>
    names.flatMap((name) => (kept[name] ? [`${name}=${kept[name]}`] : [])).join('; ')
  const login = (username: string, kept: Record<string, string>, cookie = true) =>
    // The access cookie has gone by then: it lives as long as its token.
    api.call('POST', '/login', {
      json: { username, password: PASSWORD, cookie },
      headers: { ...OURS, cookie: cookieOf(kept, 'doca_device') },
    })
  const me = async (kept: Record<string, string>) =>
    (await api.call('GET', '/me', { headers: { cookie: cookieOf(kept, 'doca_access') } })).status

  test('ends the session whose cookie it replaces, whosever it is, and no other', async () => {
    const eva = await person(api, 'eva')
    await person(api, 'fabio')
    const token = await eva.signIn()
    const elsewhere = jar(await login('eva', {}))
    const first = jar(await login('eva', {}))
    const second = jar(await login('eva', { ...first }), { ...first })
    expect([await me(first), await me(second), await me(elsewhere), await statusOf(token)]).toEqual([
      401, 200, 200, 200,
    ])
    const refresh = await api.call('POST', '/token/refresh', {
      json: {},
      headers: { ...OURS, cookie: cookieOf(first, 'doca_refresh') },
    })
    expect(await codeOf(refresh)).toBe('refresh_token_invalid')
    const fabio = jar(await login('fabio', second), { ...second })
    expect([await me(second), await me(fabio)]).toEqual([401, 200])
    expect(await audited('eva')).toEqual(['eva: session.ended', 'fabio: session.ended'])
  })

  test('does so with the code, not before; a session in the body replaces none', async () => {
    const gil = await person(api, 'gil')
    const { phone } = await gil.enrol()
    const signIn = async (kept: Record<string, string>, finish = true) => {
      const answer = await login('gil', kept)
      jar(answer, kept)
      const { challenge } = (await answer.json()) as { challenge: string }
      if (!finish) return kept
      const json = { challenge, code: gil.code(phone) }
      const headers = { ...OURS, cookie: cookieOf(kept, 'doca_device') }
      jar(await api.call('POST', '/2fa/verify', { json, headers }), kept)
      letTimePass(api)
      return kept
    }
    const first = await signIn({})
    await signIn({ ...first }, false)
    expect(await me(first)).toBe(200)
    const second = await signIn({ ...first })
    expect([await me(first), await me(second)]).toEqual([401, 200])
    await person(api, 'hugo')
    expect((await login('hugo', second, false)).status).toBe(200)
    expect(await me(second)).toBe(200)
  })
})

describe('a session that nobody uses', () => {
  test("ends: an admin's after 8 hours, others' after 7 days, for tokens, refresh and lists alike", async () => {
    for (const [role, minutes] of [
      ['admin', 8 * 60],
      ['operator', 7 * 24 * 60],
      ['viewer', 7 * 24 * 60],
    ] as const) {
      const one = await person(api, `idle ${role}`, role)
      const { access_token, refresh_token } = (await one.post('/login', { username: one.username, password: PASSWORD }))
        .body
      await lastUse(one.username, `${minutes - 1} minutes`)
      expect([role, await statusOf(access_token)]).toEqual([role, 200])
      await until('the use to be noted', async () => {
        const [row] = await api.db.sql`
          select 1 from sessions s join users u on u.id = s.user_id
          where u.username = ${one.username} and last_used_at > now() - interval '1 minute'`
        return row !== undefined
      })
      await lastUse(one.username, `${minutes + 1} minutes`)
      expect([role, await statusOf(access_token)]).toEqual([role, 401])
      expect((await one.post('/token/refresh', { refresh_token })).body.code).toBe('refresh_token_invalid')
      expect(await list(await one.signIn())).toHaveLength(1)
    }
  })

  test('a refresh is a use; a request within a minute of the last writes nothing', async () => {
    const ivo = await person(api, 'ivo')
    const { access_token, refresh_token } = (await ivo.post('/login', { username: 'ivo', password: PASSWORD })).body
    await lastUse('ivo', '6 days')
    expect((await ivo.post('/token/refresh', { refresh_token })).status).toBe(200)
    expect(Date.now() - Date.parse((await list(access_token))[0]!.last_used_at)).toBeLessThan(60_000)
    await lastUse('ivo', '5 seconds')
    const [before] = await list(access_token)
    for (let n = 0; n < 20; n++) await statusOf(access_token)
    expect((await list(access_token))[0]!.last_used_at).toBe(before!.last_used_at)
  })

  test('the times are settings', () => {
    const { session_idle } = readApiConfig({ SESSION_IDLE_ADMIN_S: '900', SESSION_IDLE_S: '3600' })
    expect(session_idle).toEqual({ admin_s: 900, others_s: 3600 })
    expect(readApiConfig({}).session_idle).toEqual({ admin_s: 28_800, others_s: 604_800 })
    expect(() => readApiConfig({ SESSION_IDLE_S: '60' })).toThrow('SESSION_IDLE_S')
  })
})
