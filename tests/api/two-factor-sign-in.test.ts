import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { findCredentials, updateUser } from '../../db/users/users.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { letTimePass, person } from '../kit/phone.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
// Awaited: a query begins when somebody waits for it, and the runner would not.
beforeEach(async () => void (await api.db.sql`truncate login_attempts`))

describe('a challenge', () => {
  test('and a code give tokens, once', async () => {
    const ana = await person(api, 'ana')
    const { phone } = await ana.enrol()
    const challenge = await ana.challenge()
    const { status, body } = await ana.post('/2fa/verify', { code: ana.code(phone), challenge })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    expect((await ana.me(body.access_token)).body.username).toBe('ana')
    expect((await ana.post('/token/refresh', { refresh_token: body.refresh_token })).status).toBe(200)
    letTimePass(api)
    const again = await ana.post('/2fa/verify', { code: ana.code(phone), challenge })
    expect([again.status, again.body.code]).toEqual([401, 'challenge_invalid'])
  })

  test('survives a wrong code, and dies after five', async () => {
    const bia = await person(api, 'bia')
    const { phone } = await bia.enrol()
    const challenge = await bia.challenge()
    expect((await bia.post('/2fa/verify', { code: bia.code(phone, 4), challenge })).body.code).toBe('code_wrong')
    expect((await bia.post('/2fa/verify', { code: bia.code(phone), challenge })).status).toBe(200)

    letTimePass(api)
    const doomed = await bia.challenge()
    for (let i = 0; i < 5; i++)
      expect((await bia.post('/2fa/verify', { code: '000000', challenge: doomed })).body.code).toBe('code_wrong')
    await api.db.sql`truncate login_attempts`
    const late = await bia.post('/2fa/verify', { code: bia.code(phone), challenge: doomed })
    expect([late.status, late.body.code]).toEqual([401, 'challenge_invalid'])
  })

  test('ends after 300 s, with a new password, and with a disabled user', async () => {
    const caio = await person(api, 'caio')
    const { phone } = await caio.enrol()
    const verify = async (challenge: string) =>
      (await caio.post('/2fa/verify', { code: caio.code(phone), challenge })).body.code
    const late = await caio.challenge()
    const [life] = await api.db.sql<{ s: number }[]>`
      select extract(epoch from expires_at - created_at)::int as s from login_challenges order by created_at desc limit 1`
    expect(life!.s).toBe(300)
    await api.db.sql`update login_challenges set expires_at = now()`
    expect(await verify(late)).toBe('challenge_invalid')

    const old_password = await caio.challenge()
    const { id } = (await findCredentials(api.db.sql, 'caio'))!
    await updateUser(api.db.sql, id, { password_hash: await hashPassword(PASSWORD, 10) })
    expect(await verify(old_password)).toBe('challenge_invalid')

    const disabled = await caio.challenge()
    await api.db.sql`update users set disabled_at = now() where username = 'caio'`
    expect(await verify(disabled)).toBe('challenge_invalid')
  })

  test('belongs to its user', async () => {
    const [davi, eva] = [await person(api, 'davi'), await person(api, 'eva')]
    const [davis, evas] = [await davi.enrol(), await eva.enrol()]
    const challenge = await davi.challenge()
    for (const code of [eva.code(evas.phone), evas.recovery_codes[0]])
      expect((await eva.post('/2fa/verify', { code, challenge })).body.code).toBe('code_wrong')
    expect((await davi.post('/2fa/verify', { code: davi.code(davis.phone), challenge })).status).toBe(200)
  })

  test('is no token, and an invented one is nothing', async () => {
    const fay = await person(api, 'fay')
    const { phone } = await fay.enrol()
    expect((await fay.me(await fay.challenge())).status).toBe(401)
    for (const challenge of ['x', 'A'.repeat(43), "' or 1=1 --", 'a\0b'])
      expect((await fay.post('/2fa/verify', { code: fay.code(phone), challenge })).body.code).toBe('challenge_invalid')
  })
})

describe('a code', () => {
  test('is good once: of parallel sign-ins with the same code one wins', async () => {
    const gil = await person(api, 'gil')
    const { phone, recovery_codes } = await gil.enrol()
    for (const code of [gil.code(phone), recovery_codes[0]]) {
      const challenges = [await gil.challenge(), await gil.challenge(), await gil.challenge()]
      const answers = await Promise.all(
        [...challenges, challenges[0]].map((challenge) => gil.post('/2fa/verify', { code, challenge })),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
      await api.db.sql`truncate login_attempts`
    }
  })

  test('is taken one step early or late, not two, and none older than the last', async () => {
    const hugo = await person(api, 'hugo')
    const { phone } = await hugo.enrol()
    const enter = async (steps: number) =>
      (await hugo.post('/2fa/verify', { code: hugo.code(phone, steps), challenge: await hugo.challenge() })).status
    letTimePass(api, 10)
    expect([await enter(-2), await enter(2)]).toEqual([401, 401])
    expect([await enter(-1), await enter(1)]).toEqual([200, 200])
    expect([await enter(-1), await enter(0), await enter(1)]).toEqual([401, 401, 401])
    await api.db.sql`truncate login_attempts`
    letTimePass(api, 2)
    expect([await enter(-1), await enter(0)]).toEqual([401, 200])
  })

  test('may be typed with spaces, a recovery code in small letters, without its hyphens and with look-alikes', async () => {
    const iara = await person(api, 'iara')
    const { phone, recovery_codes, token } = await iara.enrol()
    const enter = async (code: string) =>
      (await iara.post('/2fa/verify', { code, challenge: await iara.challenge() })).status
    const digits = iara.code(phone)
    expect(await enter(`${digits.slice(0, 3)} ${digits.slice(3)}`)).toBe(200)
    const [first, second] = recovery_codes as [string, string]
    expect(await enter(first.toLowerCase().replaceAll('-', ' '))).toBe(200)
    expect(await enter(first)).toBe(401)
    expect(await enter(second.replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(200)
    expect((await iara.me(token)).body.two_factor.recovery_codes_left).toBe(8)
    const used = await api.db.sql`select 1 from audit where action = 'two_factor.recovery_code_used'
      and actor_name = 'iara'`
    expect(used).toHaveLength(2)
  })

  test('that is wrong counts like a wrong password: after five there is a delay, whatever the challenge', async () => {
    const joel = await person(api, 'joel')
    const { phone } = await joel.enrol()
    for (let i = 0; i < 5; i++) {
      // The right password in between forgives nothing.
      const wrong = await joel.post('/2fa/verify', { code: '000000', challenge: await joel.challenge() })
      expect(wrong.status).toBe(401)
    }
    const delayed = await joel.post('/login', { username: 'joel', password: PASSWORD })
    expect([delayed.status, delayed.body.code]).toEqual([429, 'too_many_attempts'])
    expect(Number(delayed.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    await api.db.sql`truncate login_attempts`
    expect((await joel.post('/2fa/verify', { code: joel.code(phone), challenge: await joel.challenge() })).status).toBe(
      200,
    )
  })
})

describe('POST /2fa/verify', () => {
  test('without challenge and token is a 401, whatever its input; with a challenge it is validated', async () => {
    const kim = await person(api, 'kim')
    for (const body of [{}, { code: '123456' }, { code: 1 }, { challenge: 5 }, [1]])
      expect((await kim.post('/2fa/verify', body)).body.code).toBe('unauthorized')
    // Whether there is a challenge cannot be told of what cannot be read.
    expect((await kim.post('/2fa/verify', [])).body.code).toBe('validation_failed')
    expect((await kim.post('/2fa/verify', { code: '123456' }, 'no.such.token')).body.code).toBe('unauthorized')
    for (const body of [
      { challenge: 'x' },
      { challenge: 'x', code: '12345' },
      { challenge: 'x', code: '123456', a: 1 },
    ])
      expect((await kim.post('/2fa/verify', body)).status).toBe(422)
    expect((await kim.post('/2fa/verify', {}, await kim.signIn())).status).toBe(422)
    expect((await kim.post('/2fa/verify', { code: '123456' }, await kim.signIn())).body.code).toBe(
      'two_factor_not_started',
    )
  })

  test('answers with cookies when sign-in asked for them, to our own pages only', async () => {
    const ours = { host: 'doca.example', origin: 'https://doca.example' }
    const lia = await person(api, 'lia')
    const { phone } = await lia.enrol()
    const login = () =>
      api.call('POST', '/login', { json: { username: 'lia', password: PASSWORD, cookie: true }, headers: ours })
    const verify = async (headers: Record<string, string>) => {
      const { challenge } = (await (await login()).json()) as { challenge: string }
      return api.call('POST', '/2fa/verify', { json: { code: lia.code(phone), challenge }, headers })
    }
    const foreign = await verify({ ...ours, origin: 'https://evil.example' })
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []])
    // The same code: the foreign page did not spend it.
    const answer = await verify(ours)
    expect(await answer.json()).toEqual({ token_type: 'Cookie', expires_in: 900 })
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0]!)
      .join('; ')
    expect((await api.call('GET', '/me', { headers: { cookie } })).status).toBe(200)
  })
})

test('an admin turns it off for who lost the phone: sessions and challenges end, the next sign-in needs no code', async () => {
  const mel = await person(api, 'mel')
  const { phone, token } = await mel.enrol()
  const challenge = await mel.challenge()
  const { id } = (await findCredentials(api.db.sql, 'mel'))!
  const user = async (method: string, json?: unknown) =>
    (await (await api.call(method, `/users/${id}`, { as: 'admin', json })).json()) as { two_factor: boolean }
  expect((await user('GET')).two_factor).toBeTrue()
  expect((await api.call('PATCH', `/users/${id}`, { as: 'operator', json: { reset_2fa: true } })).status).toBe(403)
  expect((await user('PATCH', { reset_2fa: true })).two_factor).toBeFalse()
  expect((await mel.me(token)).status).toBe(401)
  expect((await mel.post('/2fa/verify', { code: mel.code(phone), challenge })).body.code).toBe('challenge_invalid')
  expect((await mel.me(await mel.signIn())).status).toBe(200)
  const rows = await api.db.sql`select actor_name from audit where action = 'two_factor.reset' and target = 'mel'`
  expect([...rows]).toEqual([{ actor_name: 'admin' }])
})
