/** Two-factor sign-in against real processes: what must survive a restart, and what a browser behind a proxy sees. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TOTP } from 'otpauth'
import { phoneOf } from '../kit/phone.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { ADMIN_PASSWORD, startApi } from '../kit/api-program.ts'
import { runToEnd } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let env: Record<string, string>
beforeAll(async () => {
  database = await testDatabase()
  env = {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder(),
    REQUIRE_2FA: 'admin',
    TRUSTED_PROXIES: '127.0.0.1',
  }
})
afterAll(() => database.close())

async function start(more: Record<string, string> = {}) {
  const { url, kill, exited, output } = await startApi({ ...env, ...more })
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    if (body !== undefined) headers = { ...headers, 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, ...json })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text ? (JSON.parse(text) as any) : {} }
  }
  return {
    url,
    call,
    async stop() {
      kill('SIGTERM')
      expect(await exited).toBe(0)
      return output()
    },
  }
}
type Api = Awaited<ReturnType<typeof start>>

/** The code after the current one, which is taken early: nobody has to wait until it is due. */
const nextCode = (phone: TOTP) => phone.generate({ timestamp: Date.now() + 30_000 })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const login = async ({ call }: Api, more = {}) =>
  (await call('POST', '/login', { username: 'admin', password: ADMIN_PASSWORD, ...more }, OURS)).body

/** What a browser and the proxy before us send. */
const OURS = { host: 'doca.example', origin: 'https://doca.example', 'x-forwarded-proto': 'https' }

test('sessions and the second factor outlive a restart; secrets stay out of the log and private on disk', async () => {
  let api = await start()
  const { access_token } = await login(api)
  expect((await api.call('GET', '/embalagens', undefined, bearer(access_token))).body.code).toBe('two_factor_required')
  const { body: shown } = await api.call('POST', '/2fa/enable', undefined, bearer(access_token))
  const phone = phoneOf(shown.otpauth_url)
  const code = phone.generate()
  const enabled = await api.call('POST', '/2fa/verify', { code }, bearer(access_token))
  expect(enabled.body.recovery_codes).toHaveLength(10)
  expect((await api.call('GET', '/embalagens', undefined, bearer(access_token))).status).toBe(200)
  const first_log = await api.stop()

  api = await start()
  expect((await api.call('GET', '/me', undefined, bearer(access_token))).body.two_factor.enabled).toBeTrue()
  const { challenge } = await login(api, { cookie: true })
  expect((await api.call('POST', '/2fa/verify', { code: '00 00 00 00', challenge }, OURS)).body.code).toBe('code_wrong')
  const signed_in = await api.call('POST', '/2fa/verify', { code: nextCode(phone), challenge }, OURS)
  expect(signed_in.body).toEqual({ token_type: 'Cookie', expires_in: 900 })
  const cookies = signed_in.headers.getSetCookie()
  expect(cookies[0]).toMatch(/^__Host-doca_access=.+; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=Strict$/)
  expect(cookies[1]).toMatch(/^__Secure-doca_refresh=.+; Path=\/token\/refresh; .*Secure; HttpOnly; SameSite=Strict$/)
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  expect((await api.call('GET', '/me', undefined, { ...OURS, cookie })).body.username).toBe('admin')
  expect((await api.call('POST', '/token/refresh', {}, { ...OURS, cookie })).status).toBe(200)
  const evil = { ...OURS, cookie, origin: 'https://evil.example' }
  expect((await api.call('POST', '/logout', undefined, evil)).body.code).toBe('origin_refused')
  const wrong = { username: 'admin', password: 'typed by mistake' }
  const refused = await api.call('POST', '/login', wrong)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="doca"'])
  const log = first_log + (await api.stop())
  const lines = log.split('\n').filter((line) => line.includes('"log":"audit"'))
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ action: 'access.refused', code: 'two_factor_required', user_id: expect.any(String) }),
    expect.objectContaining({ action: 'sign_in.refused', factor: 'code', code: 'code_wrong', address: '127.0.0.1' }),
    expect.objectContaining({ action: 'sign_in.refused', factor: 'password', code: 'credentials_wrong' }),
  ])

  const secrets = [
    ADMIN_PASSWORD,
    wrong.password,
    access_token,
    shown.secret,
    challenge,
    code,
    ...enabled.body.recovery_codes,
    cookie,
  ]
  for (const secret of secrets) expect(log).not.toContain(secret)
  const key = join(env.DATA_DIR!, 'secrets', 'totp_key')
  expect((await stat(key)).mode & 0o777).toBe(0o600)
  for (const secret of await Promise.all(
    ['totp_key', 'jwt_secret'].map((name) => readFile(join(key, '..', name), 'utf8')),
  ))
    expect(log).not.toContain(secret)
})

test('a changed JWT_SECRET signs nobody out while the previous one is named', async () => {
  const [old_secret, new_secret] = ['o'.repeat(32), 'n'.repeat(32)]
  const off = { REQUIRE_2FA: 'none' }
  expect((await runToEnd('ops/admin.ts', ['reset-2fa', 'admin'], env)).code).toBe(0)
  const before = await start({ ...off, JWT_SECRET: old_secret })
  const { access_token } = await login(before)
  await before.stop()
  const me = async (more: Record<string, string>) => {
    const api = await start({ ...off, ...more })
    const { status } = await api.call('GET', '/me', undefined, bearer(access_token))
    await api.stop()
    return status
  }
  expect(await me({ JWT_SECRET: new_secret, JWT_SECRET_PREVIOUS: old_secret })).toBe(200)
  expect(await me({ JWT_SECRET: new_secret })).toBe(401)
})
