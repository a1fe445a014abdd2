import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser } from '../../db/users/users.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await insertUser(api.db.sql, { username: 'ana', password_hash: await hashPassword(PASSWORD, 10), role: 'operator' })
})
afterAll(() => api.close())

/** What a browser sends from a page of ours. */
const OURS = { host: 'doca.example', origin: 'https://doca.example', 'sec-fetch-site': 'same-origin' }

const ask = { username: 'ana', password: PASSWORD, cookie: true }
const login = (headers: Record<string, string> = OURS) => api.call('POST', '/login', { json: ask, headers })

/** The cookies that an answer sets, with their attributes. */
const cookiesOf = (answer: Response) => answer.headers.getSetCookie().map((line) => Bun.Cookie.parse(line))
/** The header a browser sends to `path` afterwards. */
const jar = (answer: Response, path = '/') =>
  cookiesOf(answer)
    .filter((cookie) => path.startsWith(cookie.path))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
const trigger = (headers: Record<string, string>) => api.call('POST', '/embalagens', { json: {}, headers })

describe('a session in cookies', () => {
  test('sign-in sets HttpOnly, strict cookies and shows no token', async () => {
    const answer = await login()
    expect(await answer.json()).toEqual({ token_type: 'Cookie', expires_in: 900 })
    const cookies = cookiesOf(answer)
    expect(cookies.map(({ name, path, maxAge }) => ({ name, path, maxAge }))).toEqual([
      { name: 'doca_access', path: '/', maxAge: 900 },
      { name: 'doca_refresh', path: '/token/refresh', maxAge: 30 * 24 * 3600 },
      { name: 'doca_device', path: '/', maxAge: 90 * 24 * 3600 },
    ])
    for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'strict' })
  })

  test('reading needs only the cookie; what is no session is a 401', async () => {
    const cookie = jar(await login())
    const me = await api.call('GET', '/me', { headers: { cookie } })
    expect(await me.json()).toMatchObject({ username: 'ana' })
    for (const bad of [
      'doca_access=',
      'doca_access=x',
      `other=1; ${cookie.split(';')[0]!.slice(0, -2)}`,
      '=;=;%ff',
      'doca_access',
    ])
      expect((await api.call('GET', '/me', { headers: { cookie: bad } })).status).toBe(401)
  })

  test('a change with a cookie must come from our own pages', async () => {
    const cookie = jar(await login())
    const foreign: Array<Record<string, string>> = [
      { host: 'doca.example' },
      { host: 'doca.example', 'sec-fetch-site': 'cross-site' },
      { host: 'doca.example', 'sec-fetch-site': 'same-site' },
      { host: 'doca.example', 'sec-fetch-site': 'none' },
      { host: 'doca.example', origin: 'https://doca.example', 'sec-fetch-site': 'cross-site' },
      { host: 'doca.example', origin: 'https://evil.example' },
      { host: 'doca.example', origin: 'https://doca.example.evil.example' },
      { host: 'doca.example', origin: 'https://doca.example:8443' },
      { host: 'doca.example', origin: 'https://doca.example@evil.example' },
      { host: 'doca.example', origin: 'null' },
      { host: 'doca.example', referer: 'https://doca.example/page' },
      { origin: 'https://doca.example' },
    ]
    for (const headers of foreign) {
      const answer = await trigger({ cookie, ...headers })
      expect([headers, answer.status, await codeOf(answer)]).toEqual([headers, 403, 'origin_refused'])
    }
    const ours: Array<Record<string, string>> = [
      OURS,
      { host: 'doca.example', origin: 'https://doca.example' },
      { host: 'doca.example:8004', origin: 'http://doca.example:8004' },
      // Behind a proxy that sets another Host.
      { host: 'api:8004', origin: 'https://doca.example', 'sec-fetch-site': 'same-origin' },
    ]
    // 422: past every check of who asks.
    for (const headers of ours) expect((await trigger({ cookie, ...headers })).status).toBe(422)
  })

  test('a bearer token needs no origin, and a wrong one is not made good by a cookie', async () => {
    const cookie = jar(await login())
    const bearer = { authorization: `Bearer ${await api.token('operator')}`, origin: 'https://evil.example' }
    expect((await trigger(bearer)).status).toBe(422)
    expect((await trigger({ ...OURS, cookie, authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await trigger({ ...OURS, cookie, authorization: 'Basic YTpi' })).status).toBe(401)
  })

  test('a foreign page cannot sign its visitor in', async () => {
    for (const headers of [
      { origin: 'https://evil.example', host: 'doca.example' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect(await codeOf(await login(headers as Record<string, string>))).toBe('origin_refused')
  })

  test('the refresh cookie gives the next session cookies, from our own pages only', async () => {
    const signed_in = await login()
    const refresh = (cookie: string, headers: Record<string, string> = OURS) =>
      api.call('POST', '/token/refresh', { json: {}, headers: { ...headers, cookie } })
    const cookie = jar(signed_in, '/token/refresh')
    expect(await codeOf(await refresh(cookie, { host: 'doca.example', origin: 'https://evil.example' }))).toBe(
      'origin_refused',
    )
    const answer = await refresh(cookie)
    expect([answer.status, await answer.json()]).toEqual([200, { token_type: 'Cookie', expires_in: 900 }])
    expect(jar(answer, '/token/refresh')).not.toBe(cookie)
    expect((await api.call('GET', '/me', { headers: { cookie: jar(answer) } })).status).toBe(200)
    expect(await codeOf(await refresh(jar(signed_in)))).toBe('refresh_token_invalid')
    expect((await refresh(jar(answer, '/token/refresh'))).status).toBe(200)
  })

  test('logout ends the session and takes the cookies away', async () => {
    const cookie = jar(await login())
    const answer = await api.call('POST', '/logout', { headers: { ...OURS, cookie } })
    expect(answer.status).toBe(204)
    expect(cookiesOf(answer).map(({ name, value, maxAge }) => [name, value, maxAge])).toEqual([
      ['doca_access', '', 0],
      ['doca_refresh', '', 0],
    ])
    expect((await api.call('GET', '/me', { headers: { cookie } })).status).toBe(401)
  })
})

test('over HTTPS the cookies are Secure, bound to this host, and a plain one is not taken', async () => {
  const site = 'https://doca.example'
  const answer = await api.call('POST', `${site}/login`, { json: ask, headers: OURS })
  for (const cookie of cookiesOf(answer)) expect(cookie.secure).toBeTrue()
  expect(cookiesOf(answer).map(({ name }) => name)).toEqual([
    '__Host-doca_access',
    '__Secure-doca_refresh',
    '__Host-doca_device',
  ])
  expect(answer.headers.getSetCookie().join()).not.toMatch(/domain/i)
  const cookie = jar(answer)
  const me = async (cookie: string) => (await api.call('GET', `${site}/me`, { headers: { cookie } })).status
  expect(await me(cookie)).toBe(200)
  expect(await me(cookie.replace('__Host-', ''))).toBe(401)
})
