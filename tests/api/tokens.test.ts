import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createHmac, generateKeyPairSync, sign as signRsa } from 'node:crypto'
import { createTokens } from '../../api/auth/tokens.ts'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { RETRY_S } from '../../db/users/sign-in/refresh-tokens.ts'
import { insertUser } from '../../db/users/users.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await insertUser(api.db.sql, { username: 'ana', password_hash: await hashPassword(PASSWORD, 10), role: 'operator' })
})
afterAll(() => api.close())

interface SignedIn {
  access_token: string
  refresh_token: string
}

async function signIn(): Promise<SignedIn> {
  const answer = await api.call('POST', '/login', { json: { username: 'ana', password: PASSWORD } })
  expect(answer.status).toBe(200)
  return (await answer.json()) as SignedIn
}
const refresh = (refresh_token: string) => api.call('POST', '/token/refresh', { json: { refresh_token } })
const next = async (refresh_token: string) => (await (await refresh(refresh_token)).json()) as SignedIn
const me = async (token: string) =>
  (await api.call('GET', '/me', { headers: { authorization: `Bearer ${token}` } })).status
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
/** As if every exchange so far had happened longer ago than a retry may come. */
const letTimePass = () =>
  api.db.sql`update refresh_tokens set rotated_at = rotated_at - make_interval(secs => ${RETRY_S + 1})`

describe('refresh tokens', () => {
  test('a refresh token gives the next pair of tokens, for the same session', async () => {
    const first = await signIn()
    const answer = await refresh(first.refresh_token)
    expect(answer.status).toBe(200)
    const second = (await answer.json()) as SignedIn
    expect(second).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    expect(second.refresh_token).toMatch(/^[\w-]{43}$/)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect([await me(first.access_token), await me(second.access_token)]).toEqual([200, 200])
    expect((await refresh(second.refresh_token)).status).toBe(200)
  })

  test('an exchanged token that comes again ends the whole session, and no other', async () => {
    const other = await signIn()
    const first = await signIn()
    const second = await next(first.refresh_token)
    await letTimePass()
    const reuse = await refresh(first.refresh_token)
    expect([reuse.status, await codeOf(reuse)]).toEqual([401, 'refresh_token_reused'])
    expect([await me(first.access_token), await me(second.access_token)]).toEqual([401, 401])
    expect(await codeOf(await refresh(second.refresh_token))).toBe('refresh_token_invalid')
    expect(await me(other.access_token)).toBe(200)
  })

  test('tabs that refresh at once get the same next token, and nobody is locked out', async () => {
    const first = await signIn()
    const answers = await Promise.all(Array.from({ length: 8 }, () => next(first.refresh_token)))
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1)
    for (const { access_token } of answers) expect(await me(access_token)).toBe(200)
    expect((await refresh(answers[0]!.refresh_token)).status).toBe(200)
  })

  test('of a thief and an owner who share a retried token, the second to go on ends the session', async () => {
    const first = await signIn()
    const owner = await next(first.refresh_token)
    const thief = await next(first.refresh_token)
    const gone_on = await next(thief.refresh_token)
    await letTimePass()
    expect(await codeOf(await refresh(owner.refresh_token))).toBe('refresh_token_reused')
    expect(await me(gone_on.access_token)).toBe(401)
  })

  test('the table holds no token, and a session ends 30 days after sign-in however often it is refreshed', async () => {
    const { refresh_token } = await next((await signIn()).refresh_token)
    const rows = await api.db.sql`select hash, successor_salt from refresh_tokens`
    expect(rows.map((row) => Buffer.from(row.hash as Uint8Array).toString('base64url'))).not.toContain(refresh_token)
    const [session] = await api.db.sql<{ days: number }[]>`
      select extract(epoch from expires_at - created_at)::int / 86400 as days from sessions order by id desc limit 1`
    expect(session!.days).toBe(30)
    await api.db.sql`update sessions set expires_at = now()`
    expect(await codeOf(await refresh(refresh_token))).toBe('refresh_token_invalid')
  })

  test('an unknown token, an access token, and one of a disabled user or an ended session are refused alike', async () => {
    const first = await signIn()
    for (const bad of ['x', 'A'.repeat(43), first.access_token.slice(0, 250), 'a\0b'])
      expect(await codeOf(await refresh(bad))).toBe('refresh_token_invalid')
    await api.db.sql`update users set disabled_at = now() where username = 'ana'`
    expect(await codeOf(await refresh(first.refresh_token))).toBe('refresh_token_invalid')
    await api.db.sql`update users set disabled_at = null where username = 'ana'`
    await api.call('POST', '/logout', { headers: { authorization: `Bearer ${first.access_token}` } })
    expect(await codeOf(await refresh(first.refresh_token))).toBe('refresh_token_invalid')
    expect((await refresh('A'.repeat(257))).status).toBe(422)
    expect(await codeOf(await api.call('POST', '/token/refresh', { json: {} }))).toBe('refresh_token_invalid')
  })

  test('a user counts as active until the newest access token ends', async () => {
    const active = async () =>
      ((await (await api.call('GET', '/metrics')).json()) as { active_users: number }).active_users
    const { refresh_token } = await signIn()
    await api.db.sql`update sessions set active_until = now()`
    expect(await active()).toBe(0)
    await refresh(refresh_token)
    expect(await active()).toBe(1)
  })
})

test('sign-in removes what ended over 30 days ago, and nothing younger', async () => {
  const sessions = async () => (await api.db.sql`select id from sessions`).map(({ id }) => id as string)
  await signIn()
  await api.db.sql`update sessions set expires_at = now() + interval '1 day', revoked_at = now() - interval '31 days'`
  const long_ended = await sessions()
  await signIn()
  await api.db.sql`
    update sessions set expires_at = now() - interval '29 days' where id = (select max(id::text)::uuid from sessions)`
  const recent = (await sessions()).filter((id) => !long_ended.includes(id))
  expect(recent).toHaveLength(1)
  await signIn()
  const left = await sessions()
  expect(left).toHaveLength(2)
  expect(left).toEqual(expect.arrayContaining(recent))
})

test('logout ends this session, with all=true every session of the user', async () => {
  const [first, second, third] = [await signIn(), await signIn(), await signIn()]
  const logout = (path: string, { access_token }: SignedIn) =>
    api.call('POST', path, { headers: { authorization: `Bearer ${access_token}` } })
  expect((await logout('/logout', first)).status).toBe(204)
  expect([await me(first.access_token), await me(second.access_token)]).toEqual([401, 200])
  expect((await logout('/logout?all=maybe', second)).status).toBe(422)
  const headers = { authorization: `Bearer ${second.access_token}` }
  expect((await api.call('POST', '/logout', { json: { all: true }, headers })).status).toBe(422)
  expect((await logout('/logout?all=true', second)).status).toBe(204)
  expect([await me(second.access_token), await me(third.access_token)]).toEqual([401, 401])
  expect(await codeOf(await refresh(third.refresh_token))).toBe('refresh_token_invalid')
})

describe('access tokens', () => {
  const SECRET = 'a secret that only tests know, 32 bytes'
  const encoded = (text: string) => Buffer.from(text).toString('base64url')
  const part = (value: object) => encoded(JSON.stringify(value))
  const signed = (text: string, secret = SECRET, hash = 'sha256') =>
    `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
  const sign = (head: object, claims: object, secret = SECRET, hash = 'sha256') =>
    signed(`${part(head)}.${part(claims)}`, secret, hash)
  const NAMED = { user_id: 'u', session_id: 's' }
  async function genuine() {
    const token = await createTokens(SECRET, 900).issue('u', 's')
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>
    return { token, header, payload, signature, head: read(header), claims: read(payload) }
  }

  test('the tests forge well: what they sign like the API passes', async () => {
    const { token, head, claims } = await genuine()
    const tokens = createTokens(SECRET, 900)
    expect(await tokens.read(token)).toEqual(NAMED)
    expect(await tokens.read(sign(head, claims))).toEqual(NAMED)
    expect(head).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{8}$/) })
  })

  test('a forged or ill-fitting token is none, also beside one that was verified before', async () => {
    const { token, header, payload, signature, head, claims } = await genuine()
    const now_s = Math.floor(Date.now() / 1000)
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const asRsa = `${part({ ...head, alg: 'RS256' })}.${payload}`
    /** Claims that no JSON.stringify writes. */
    const signClaims = (like: object, word: string, number: string) =>
      signed(`${header}.${encoded(JSON.stringify(like).replace(`"${word}"`, number))}`)
    const bad: Record<string, string> = {
      'no algorithm': `${part({ ...head, alg: 'none' })}.${payload}.`,
      'no algorithm, in other letters': `${part({ ...head, alg: 'nOnE' })}.${payload}.${signature}`,
      'no signature': `${header}.${payload}.`,
      'another HMAC': sign({ ...head, alg: 'HS512' }, claims, SECRET, 'sha512'),
      'HMAC under the name of another': sign({ ...head, alg: 'HS512' }, claims),
      RSA: `${asRsa}.${signRsa('sha256', new TextEncoder().encode(asRsa), rsa.privateKey).toString('base64url')}`,
      'RSA, with the key in the header': sign(
        { ...head, alg: 'RS256', jwk: rsa.publicKey.export({ format: 'jwk' }) },
        claims,
      ),
      'an HMAC with a public key': sign(head, claims, rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString()),
      'no kid': sign({ ...head, kid: undefined }, claims),
      'a kid that is a path': sign({ ...head, kid: '../../../dev/null' }, claims, ''),
      'a kid that is a query': sign({ ...head, kid: "' union select 'x" }, claims, 'x'),
      'a kid from the prototype': sign({ ...head, kid: '__proto__' }, claims, ''),
      'a kid that is no text': sign({ ...head, kid: { toString: 'x' } }, claims),
      'a key set by URL': sign({ ...head, kid: 'theirs', jku: 'http://127.0.0.1/keys' }, claims, 'theirs'),
      'a critical extension': sign({ ...head, crit: ['x'], x: 1 }, claims),
      'another key under our kid': sign(head, claims, 'another secret, also 32 bytes long'),
      'an empty key': sign(head, claims, ''),
      'changed claims': `${header}.${part({ ...claims, sid: 'other' })}.${signature}`,
      'another type': sign({ ...head, typ: 'JWT' }, claims),
      'no type': sign({ ...head, typ: undefined }, claims),
      'another audience': sign(head, { ...claims, aud: 'another' }),
      'another issuer': sign(head, { ...claims, iss: 'another' }),
      expired: sign(head, { ...claims, exp: now_s - 1 }),
      'an expiry that is text': sign(head, { ...claims, exp: String(now_s + 900) }),
      'an expiry that never comes': signClaims({ ...claims, exp: 'MOST' }, 'MOST', '1e400'),
      'an expiry that is no whole number': sign(head, { ...claims, exp: now_s + 900.5 }),
      'an expiry beyond what can be counted': sign(head, { ...claims, exp: 2 ** 60 }),
      'a negative expiry': sign(head, { ...claims, exp: -1 }),
      'a birth without end': signClaims({ ...claims, iat: 'MOST' }, 'MOST', '-1e400'),
      'not yet valid': sign(head, { ...claims, nbf: now_s + 3600 }),
      'a session that is no text': sign(head, { ...claims, sid: { a: 1 } }),
      'a user that is no text': sign(head, { ...claims, sub: 7 }),
      'an array for claims': sign(head, [claims]),
      oversized: sign(head, { ...claims, padding: 'a'.repeat(3000) }),
      'one character more': `${token}A`,
      'a fourth part': `${token}.x`,
      encrypted: `${token}.x.y`,
      garbage: 'garbage',
      nothing: '',
      dots: '..',
    }
    for (const claim of ['sub', 'sid', 'exp', 'iat', 'iss', 'aud'])
      bad[`no ${claim}`] = sign(head, { ...claims, [claim]: undefined })
    const tokens = createTokens(SECRET, 900)
    expect(await tokens.read(token)).toEqual(NAMED)
    const accepted: string[] = []
    for (const [name, forged] of Object.entries(bad)) if (await tokens.read(forged)) accepted.push(name)
    expect(accepted).toEqual([])
  })

  test('a token has one spelling: what decodes to the same is none', async () => {
    const { token, header, payload, signature } = await genuine()
    const bytes = Buffer.from(signature, 'base64url')
    // 32 bytes in 43 characters leave two bits of the last one unused.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(signature.at(-1)!)
    const others = [1, 2, 3].map((bits) => signature.slice(0, -1) + alphabet[last ^ bits])
    for (const other of others) expect(Buffer.from(other, 'base64url')).toEqual(bytes)
    const spellings = [
      ...others.map((other) => `${header}.${payload}.${other}`),
      `${token}=`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}==.${signature}`,
      `${token} `,
      ` ${token}`,
      `${header}.${payload}\n.${signature}`,
      `${header}.${payload}.${signature.slice(0, 20)}\t${signature.slice(20)}`,
    ]
    const tokens = createTokens(SECRET, 900)
    for (let round = 0; round < 2; round++) {
      for (const spelling of spellings) expect([spelling, await tokens.read(spelling)]).toEqual([spelling, null])
      expect(await tokens.read(token)).toEqual(NAMED)
    }
  })

  test('a token whose user is not the one of its session is a 401', async () => {
    const { head, claims } = await genuine()
    await api.token('admin')
    const [session] = await api.db.sql<{ id: string; user_id: string }[]>`
      select s.id, s.user_id
      from sessions s join users u on u.id = s.user_id
      where u.username = 'admin' and s.revoked_at is null limit 1`
    const [ana] = await api.db.sql<{ id: string }[]>`select id from users where username = 'ana'`
    expect(await me(sign(head, { ...claims, sid: session!.id, sub: session!.user_id }))).toBe(200)
    expect(await me(sign(head, { ...claims, sid: session!.id, sub: ana!.id }))).toBe(401)
  })

  test('a forged token is a 401 at the door', async () => {
    const { head, claims } = await genuine()
    const [session] = await api.db.sql<{ id: string }[]>`select id from sessions limit 1`
    const forged = sign(head, { ...claims, sid: session!.id }, 'another secret, also 32 bytes long')
    expect(await me(forged)).toBe(401)
    expect(await me(`${part({ alg: 'none' })}.${part(claims)}.`)).toBe(401)
  })

  test('a token ends at its time, also one that was verified before', async () => {
    let now_ms = Date.now()
    const tokens = createTokens(SECRET, 900, { now_ms: () => now_ms })
    const token = await tokens.issue('u', 's')
    now_ms += 899_000
    expect(await tokens.read(token)).toEqual(NAMED)
    now_ms += 1000
    expect(await tokens.read(token)).toBeNull()
    expect(await createTokens(SECRET, 900, { now_ms: () => now_ms }).read(token)).toBeNull()
  })

  test('after a change of secret the previous one still verifies, signs no more, and is forgotten when unset', async () => {
    const fresh = 'the secret of today, of 32 bytes or more'
    const { token } = await genuine()
    const [both, changed] = [createTokens(fresh, 900, { previous: SECRET }), createTokens(fresh, 900)]
    expect(await both.read(token)).toEqual(NAMED)
    expect(await changed.read(await both.issue('u', 's'))).toEqual(NAMED)
    expect(await changed.read(token)).toBeNull()
    expect(await createTokens(SECRET, 900).read(await both.issue('u', 's'))).toBeNull()
  })
})
