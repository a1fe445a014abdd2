/** The link of a first start: who has it chooses admin's password, once, while nobody has signed in as admin. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createFirstLinks } from '../../api/auth/first-link.ts'
import { createFirstUsers } from '../../db/users/first-users.ts'
import { findFirstAdmin } from '../../db/users/sign-in/first-sign-in.ts'
import { codeOf } from '../kit/accounts.ts'
import { JWT_SECRET, testApi, type TestApi } from '../kit/api.ts'
import { freePort, startProgram, until } from '../kit/program.ts'
import { testDatabase } from '../kit/database.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const OWN = 'caderno azul e chuva fina'
const FIRST = { admin_password: undefined, service_username: 'service', password_rounds: 10 }

let api: TestApi
let generated: string
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
beforeEach(async () => {
  delete api.clock.now_ms
  await api.db.sql`delete from users`
  await api.db.sql`delete from login_attempts`
  generated = (await createFirstUsers(api.db.sql, FIRST, 'the service password'))!
})

const links = createFirstLinks(JWT_SECRET)
const tokenOf = async () => links.path((await findFirstAdmin(api.db.sql))!).split('#')[1]!
const choose = (token: string, more: object = {}, headers: Record<string, string> = {}) =>
  api.call('POST', '/first-password', { json: { token, new_password: OWN, ...more }, headers })
const signIn = (password: string) => api.call('POST', '/login', { json: { username: 'admin', password } })
const refusal = async (answer: Response) => [answer.status, await codeOf(answer)]

test("it leads to the dashboard, its token is where no server sees it, and it sets admin's password and signs in", async () => {
  const path = links.path((await findFirstAdmin(api.db.sql))!)
  expect(path).toMatch(/^\/welcome#\d{10}\.[\w-]{43}$/)
  const answer = await choose(path.split('#')[1]!)
  expect(answer.status).toBe(200)
  const { access_token } = (await answer.json()) as { access_token: string }
  const me = await api.call('GET', '/me', { headers: { authorization: `Bearer ${access_token}` } })
  expect(await me.json()).toMatchObject({ username: 'admin', role: 'admin', must_change_password: false })
  expect((await signIn(OWN)).status).toBe(200)
  expect(await refusal(await signIn(generated))).toEqual([401, 'credentials_wrong'])
  const [row] = await api.db.sql`select details from audit where action = 'password.changed' order by id desc limit 1`
  expect(row!.details).toEqual({ by: 'first link' })
})

test('for a browser the session comes in cookies, to a page of this site only', async () => {
  const token = await tokenOf()
  const foreign = await choose(token, { cookie: true }, { 'sec-fetch-site': 'cross-site' })
  expect(await refusal(foreign)).toEqual([403, 'origin_refused'])
  const own = await choose(token, { cookie: true }, { 'sec-fetch-site': 'same-origin' })
  expect([own.status, await own.json()]).toEqual([200, { token_type: 'Cookie', expires_in: 900 }])
  expect(own.headers.getSetCookie().map((line) => line.split('=')[0])).toContain('doca_access')
})

test('it is good once, also for two at the same time', async () => {
  const token = await tokenOf()
  const statuses = (await Promise.all([choose(token), choose(token)])).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([200, 401])
  expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
})

test('a password that is refused leaves it good', async () => {
  const token = await tokenOf()
  expect((await choose(token, { new_password: 'password1234' })).status).toBe(422)
  expect((await choose(token)).status).toBe(200)
})

describe('it is refused', () => {
  test('once somebody has signed in as admin', async () => {
    const token = await tokenOf()
    expect((await signIn(generated)).status).toBe(200)
    expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
    expect(await findFirstAdmin(api.db.sql)).toBeNull()
  })

  test('after a day', async () => {
    const token = await tokenOf()
    api.clock.now_ms = Date.now() + 24 * 3_600_000 + 1000
    expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
  })

  test('after the password was changed on the machine', async () => {
    const token = await tokenOf()
    await api.db.sql`update users set password_hash = password_hash || 'x' where username = 'admin'`
    expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
  })

  test('where the user is disabled, or has to change a password that somebody else chose', async () => {
    const token = await tokenOf()
    await api.db.sql`update users set must_change_password = true where username = 'admin'`
    expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
    await api.db.sql`update users set must_change_password = false, disabled_at = now() where username = 'admin'`
    expect(await refusal(await choose(token))).toEqual([401, 'first_link_invalid'])
  })

  test('where any part of its token is another', async () => {
    const token = await tokenOf()
    const other = createFirstLinks('another secret of at least 32 bytes')
    const [expires, mac] = token.split('.') as [string, string]
    for (const wrong of [
      `${Number(expires) + 1}.${mac}`,
      `${expires}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'E' : 'A'}`,
      `${expires}.${mac}x`,
      `9${token}`,
      mac,
      '.',
      other.path((await findFirstAdmin(api.db.sql))!).split('#')[1]!,
    ])
      expect([wrong, ...(await refusal(await choose(wrong)))]).toEqual([wrong, 401, 'first_link_invalid'])
  })
})

describe('a start shows it', () => {
  const started = async (env: Record<string, string>) => {
    const database = await testDatabase()
    const port = String(freePort())
    const program = startProgram('api/main.ts', [], {
      DATABASE_URL: database.url,
      DATA_DIR: temporaryFolder(),
      PORT: port,
      PASSWORD_ROUNDS: '10',
      ...env,
    })
    const isReady = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.ok
    await until('ready', isReady, 60_000, program.output)
    await until('ready in the log', async () => program.output().includes('ready'), 10_000, program.output)
    program.kill('SIGTERM')
    await program.exited
    await database.close()
    return program.output()
  }

  test("to the person at the terminal, and not in a line of the log; whoever has set admin's password needs none", async () => {
    const [shown, hidden] = await Promise.all([started({}), started({ ADMIN_PASSWORD: OWN })])
    const lines = shown.split('\n').filter((line) => line.includes('/welcome#'))
    expect(lines).toEqual([
      expect.stringMatching(/^Choose admin's password at http:\/\/127\.0\.0\.1:\d+\/welcome#\S+ \(good for a day\)$/),
    ])
    expect(hidden).not.toContain('/welcome#')
  })
})
