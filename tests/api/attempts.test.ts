import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser } from '../../db/users/users.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await insertUser(api.db.sql, { username: 'Ana', password_hash: await hashPassword(PASSWORD, 10), role: 'operator' })
})
afterAll(() => api.close())
beforeEach(async () => void (await api.db.sql`truncate login_attempts, audit`))

const login = (username: string, password: string) => api.call('POST', '/login', { json: { username, password } })
/** An hour from now, so that no delay ends while a slow machine looks at it. */
const holdDelays = () => api.db.sql`update login_attempts set next_at = next_at + interval '1 hour'`
const letDelaysEnd = () => api.db.sql`update login_attempts set next_at = next_at - interval '2 hours'`

describe('sign-in', () => {
  test('after five wrong passwords even the right one has to wait, and says how long', async () => {
    for (let i = 0; i < 5; i++) expect((await login(i % 2 ? 'ANA' : 'ana', 'wrong')).status).toBe(401)
    await holdDelays()
    const answer = await login('Ana', PASSWORD)
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(3590, 3602)
    expect(((await answer.json()) as { code: string }).code).toBe('too_many_attempts')
    await letDelaysEnd()
    expect((await login('Ana', PASSWORD)).status).toBe(200)
  })

  test('a browser that signed in before is not held up by who guesses from its address', async () => {
    const ask = { username: 'Ana', password: PASSWORD, cookie: true }
    const headers = { host: 'doca.example', 'sec-fetch-site': 'same-origin' }
    const first = await api.call('POST', '/login', { json: ask, headers })
    const device = /doca_device=([\w-]{43});/.exec(first.headers.getSetCookie().join())![1]!
    for (let i = 0; i < 5; i++) expect((await login('ana', 'wrong')).status).toBe(401)
    await holdDelays()
    expect((await login('Ana', PASSWORD)).status).toBe(429)
    for (const bad of ['', 'x', `${device.slice(1)}x`])
      expect(
        (await api.call('POST', '/login', { json: ask, headers: { ...headers, cookie: `doca_device=${bad}` } })).status,
      ).toBe(429)
    const again = await api.call('POST', '/login', {
      json: ask,
      headers: { ...headers, cookie: `doca_device=${device}` },
    })
    expect(again.status).toBe(200)
    // Kept, for another 90 days.
    expect(again.headers.getSetCookie().join()).toContain(`doca_device=${device}; Path=/; Max-Age=7776000`)
    expect((await api.db.sql`select 1 from login_attempts where source like ${`%${device}%`}`).length).toBe(0)
  })

  test('a success begins the row anew', async () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect((await login('Ana', 'wrong')).status).toBe(401)
      expect((await login('Ana', PASSWORD)).status).toBe(200)
    }
  })

  test('a name that nobody has waits just the same, and so do look-alikes of one name', async () => {
    for (const name of ['nobody', 'NOBODY', ' nobody ', 'ｎｏｂｏｄｙ', 'nobody'])
      expect((await login(name, 'wrong')).status).toBe(401)
    await holdDelays()
    expect((await login('nobody', 'wrong')).status).toBe(429)
    expect((await login('somebody', 'wrong')).status).toBe(401)
  })

  test('spellings of one name are counted together, also where PostgreSQL makes other small letters of them', async () => {
    for (const [...spellings] of [
      ['ΝΙΚΟΣ', 'νικος', 'νικοσ', 'Νικος', 'ΝΙΚΟΣ'],
      ['İlker', 'i̇lker', 'İLKER', 'İlker', 'i̇lker'],
    ]) {
      for (const name of spellings) expect((await login(name, 'wrong')).status).toBe(401)
      await holdDelays()
      expect((await login(spellings[0]!, 'wrong')).status).toBe(429)
    }
  })

  test('of fifty wrong passwords sent at once, none goes past the limit, and the rest are told to wait', async () => {
    const started = performance.now()
    const statuses: number[] = []
    // In fives: more at once would be told that the machine is busy.
    for (let i = 0; i < 10; i++) {
      const answers = await Promise.all(Array.from({ length: 5 }, () => login('Ana', 'wrong')))
      statuses.push(...answers.map(({ status }) => status))
    }
    const tried = statuses.filter((status) => status === 401).length
    // Delays of 1, 2, 4 s that ended meanwhile, on a machine that is slow enough.
    expect(tried).toBeWithin(5, 6 + Math.floor(Math.log2((performance.now() - started) / 1000 + 1)))
    expect(statuses.filter((status) => status === 429)).toHaveLength(50 - tried)
  })

  test('the start of a delay is audited, with the user when there is one and never with what was typed instead', async () => {
    for (let i = 0; i < 5; i++) await login('Ana', 'wrong')
    for (let i = 0; i < 5; i++) await login('my secret password', 'wrong')
    const rows = await api.db.sql`select action, actor_name, target, details from audit order by id`
    expect([...rows]).toEqual([
      { action: 'sign_in.locked', actor_name: null, target: 'Ana', details: { failures: 5, at: 'network unknown' } },
      { action: 'sign_in.locked', actor_name: null, target: null, details: { failures: 5, at: 'network unknown' } },
    ])
  })
})
