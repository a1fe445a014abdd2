/** A person with an authenticator app, who signs in over the API; time passes when the test says so. */
import { TOTP, URI } from 'otpauth'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser, type UserRole } from '../../db/users/users.ts'
import { PASSWORD, type TestApi } from './api.ts'

export interface Answer {
  status: number
  body: Record<string, any>
  headers: Headers
}

export interface Person {
  username: string
  post(path: string, json?: unknown, token?: string): Promise<Answer>
  me(token: string): Promise<Answer>
  /** An access token, for a user without a second factor. */
  signIn(): Promise<string>
  /** A challenge, for one with it. */
  challenge(): Promise<string>
  /** Enrols: what the phone keeps, the session that did it, and the recovery codes. */
  enrol(): Promise<{ phone: TOTP; token: string; recovery_codes: string[] }>
  /** The code that a phone shows, `steps` from now. */
  code(phone: TOTP, steps?: number): string
}

export async function person(api: TestApi, username: string, role: UserRole = 'viewer'): Promise<Person> {
  await insertUser(api.db.sql, { username, password_hash: await hashPassword(PASSWORD, 10), role })
  const post: Person['post'] = (path, json, token) =>
    answer(api.call('POST', path, { json, headers: token ? { authorization: `Bearer ${token}` } : {} }))
  const login = async () => (await post('/login', { username, password: PASSWORD })).body
  const code: Person['code'] = (phone, steps = 0) => phone.generate({ timestamp: now(api) + steps * 30_000 })

  return {
    username,
    post,
    code,
    me: (token) => answer(api.call('GET', '/me', { headers: { authorization: `Bearer ${token}` } })),
    signIn: async () => (await login()).access_token,
    challenge: async () => (await login()).challenge,
    async enrol() {
      const token = (await login()).access_token
      const { body } = await post('/2fa/enable', undefined, token)
      const phone = phoneOf(body.otpauth_url)
      const { recovery_codes } = (await post('/2fa/verify', { code: code(phone) }, token)).body
      letTimePass(api)
      return { phone, token, recovery_codes }
    },
  }
}

/** What an app keeps when it reads the QR code. */
export const phoneOf = (otpauth_url: string): TOTP => URI.parse(otpauth_url) as TOTP

/** Until the next code. */
export function letTimePass(api: TestApi, steps = 1): void {
  api.clock.now_ms = now(api) + steps * 30_000
}

/** From its first use on, time stands still between `letTimePass`. */
const now = (api: TestApi): number => (api.clock.now_ms ??= Date.now())

async function answer(response: Promise<Response>): Promise<Answer> {
  const { status, headers } = await response
  const text = await (await response).text()
  return { status, headers, body: text ? (JSON.parse(text) as Record<string, any>) : {} }
}
