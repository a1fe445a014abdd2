import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { createEncryption } from '../../lib/encryption.ts'
import { readApiConfig } from '../../api/config.ts'
import { ConfigError } from '../../lib/env.ts'
import { PASSWORD, testApi, TOTP_KEY, TOTP_KEY_PREVIOUS, type TestApi } from '../kit/api.ts'
import { letTimePass, person, phoneOf } from '../kit/phone.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const auditOf = async (username: string) =>
  (await api.db.sql<{ action: string }[]>`select action from audit where target = ${username} order by at, id`).map(
    ({ action }) => action,
  )

describe('enrolment', () => {
  test('the QR code is a PNG that a phone reads as the otpauth URL', async () => {
    const ana = await person(api, 'ana souza+1@x')
    const { body, headers } = await ana.post('/2fa/enable', undefined, await ana.signIn())
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/)
    const [type, data] = body.qr_code.split(',')
    expect(type).toBe('data:image/png;base64')
    const png = PNG.sync.read(Buffer.from(data, 'base64'))
    const read = jsqr(new Uint8ClampedArray(png.data), png.width, png.height)
    expect(read?.data).toBe(body.otpauth_url)
    expect(phoneOf(body.otpauth_url)).toMatchObject({
      issuer: 'Doca',
      label: 'ana souza+1@x',
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    })
    expect(phoneOf(body.otpauth_url).secret.base32).toBe(body.secret)
  })

  test('one that is not finished leaves nothing on, and a secret shown anew replaces the first', async () => {
    const bia = await person(api, 'bia')
    const token = await bia.signIn()
    const first = phoneOf((await bia.post('/2fa/enable', undefined, token)).body.otpauth_url)
    const wrong = await bia.post('/2fa/verify', { code: bia.code(first, 5) }, token)
    expect([wrong.status, wrong.body.code]).toEqual([401, 'code_wrong'])
    expect((await bia.me(token)).body.two_factor).toEqual({ enabled: false, required: false, recovery_codes_left: 0 })
    expect(await bia.signIn()).toBeString()

    const second = phoneOf((await bia.post('/2fa/enable', undefined, token)).body.otpauth_url)
    expect((await bia.post('/2fa/verify', { code: bia.code(first) }, token)).body.code).toBe('code_wrong')
    await api.db.sql`update two_factor set pending_until = now() where pending_until is not null`
    const late = await bia.post('/2fa/verify', { code: bia.code(second) }, token)
    expect([late.status, late.body.code]).toEqual([409, 'two_factor_not_started'])
    expect(await bia.signIn()).toBeString()
    expect(await auditOf('bia')).not.toContain('two_factor.enabled')
  })

  test('a code turns it on: the session lives on, others end, ten recovery codes, and its code is spent', async () => {
    const caio = await person(api, 'caio')
    const other = await caio.signIn()
    const token = await caio.signIn()
    const phone = phoneOf((await caio.post('/2fa/enable', undefined, token)).body.otpauth_url)
    const code = caio.code(phone)
    // As the app shows it.
    const shown = `${code.slice(0, 3)} ${code.slice(3)}`
    const { status, body } = await caio.post('/2fa/verify', { code: shown }, token)
    expect([status, body.enabled]).toEqual([200, true])
    expect(new Set(body.recovery_codes).size).toBe(10)
    for (const recovery of body.recovery_codes)
      expect(recovery).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect((await caio.me(other)).status).toBe(401)
    expect((await caio.me(token)).body.two_factor).toEqual({ enabled: true, required: false, recovery_codes_left: 10 })

    const again = await caio.post('/2fa/enable', undefined, token)
    expect([again.status, again.body.code]).toEqual([409, 'two_factor_on'])
    expect((await caio.post('/2fa/verify', { code }, token)).body.code).toBe('code_wrong')
    expect((await caio.post('/2fa/verify', { code, challenge: await caio.challenge() })).body.code).toBe('code_wrong')
    expect(await auditOf('caio')).toEqual(['sign_in.succeeded', 'sign_in.succeeded', 'two_factor.enabled'])
  })

  test('two tabs that enrol at once end with one secret, the one that was proved', async () => {
    const davi = await person(api, 'davi')
    const token = await davi.signIn()
    const phone = phoneOf((await davi.post('/2fa/enable', undefined, token)).body.otpauth_url)
    const both = await Promise.all([
      davi.post('/2fa/verify', { code: davi.code(phone) }, token),
      davi.post('/2fa/verify', { code: davi.code(phone) }, token),
      davi.post('/2fa/enable', undefined, token),
    ])
    expect(both.slice(0, 2).filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    if (both.some(({ body }) => body.enabled)) {
      letTimePass(api)
      expect(
        (await davi.post('/2fa/verify', { code: davi.code(phone), challenge: await davi.challenge() })).status,
      ).toBe(200)
    } else expect((await davi.me(token)).body.two_factor.enabled).toBeFalse()
  })

  test('the database holds neither the secret nor a recovery code', async () => {
    const eva = await person(api, 'eva')
    const { phone, recovery_codes } = await eva.enrol()
    const [row] = await api.db.sql<{ secret: Uint8Array; id: string }[]>`
      select f.secret, u.id from two_factor f join users u on u.id = f.user_id where username = 'eva'`
    expect(Buffer.from(row!.secret).includes(Buffer.from(phone.secret.bytes))).toBeFalse()
    expect(createEncryption(TOTP_KEY).decrypt(row!.secret, row!.id)!.secret).toEqual(phone.secret.bytes)
    const hashes = await api.db.sql<{ hash: Uint8Array }[]>`select hash from recovery_codes`
    const stored = hashes.map(({ hash }) => Buffer.from(hash).toString('latin1')).join()
    for (const code of recovery_codes) expect(stored).not.toContain(code)
  })
})

test('an enrolment is begun by who has just signed in, not by a session that somebody came by', async () => {
  const teo = await person(api, 'teo')
  const token = await teo.signIn()
  await api.db.sql`
    update sessions set proved_at = now() - interval '16 minutes'
    where user_id = (select id from users where username = 'teo')`
  const refused = await teo.post('/2fa/enable', undefined, token)
  expect([refused.status, refused.body.code]).toEqual([403, 'sign_in_again'])
  expect((await teo.post('/2fa/enable', undefined, await teo.signIn())).status).toBe(200)
})

describe('new recovery codes', () => {
  test('take the password and a code, and end the old ones', async () => {
    const rui = await person(api, 'rui')
    const { phone, token, recovery_codes: old } = await rui.enrol()
    const renew = (password: string, code: string) => rui.post('/2fa/recovery-codes', { password, code }, token)
    expect((await renew('not the password', rui.code(phone))).body.code).toBe('current_password_wrong')
    expect((await renew(PASSWORD, rui.code(phone, 5))).body.code).toBe('code_wrong')
    expect((await rui.me(token)).body.two_factor.recovery_codes_left).toBe(10)

    // What was refused for the password has not spent the code.
    const { status, body } = await renew(PASSWORD, rui.code(phone))
    expect([status, body.recovery_codes.length]).toEqual([200, 10])
    expect(new Set([...old, ...body.recovery_codes]).size).toBe(20)
    expect((await renew(PASSWORD, rui.code(phone))).body.code).toBe('code_wrong')
    const signIn = async (code: string) => rui.post('/2fa/verify', { code, challenge: await rui.challenge() })
    expect((await signIn(old[0]!)).body.code).toBe('code_wrong')
    expect((await signIn(body.recovery_codes[0])).status).toBe(200)

    const again = await renew(PASSWORD, body.recovery_codes[1])
    expect(again.body.recovery_codes).toHaveLength(10)
    expect((await rui.me(token)).body.two_factor.recovery_codes_left).toBe(10)
    expect((await auditOf('rui')).filter((action) => action.startsWith('two_factor.recovery'))).toEqual([
      'two_factor.recovery_codes_renewed',
      'two_factor.recovery_code_used',
      'two_factor.recovery_code_used',
      'two_factor.recovery_codes_renewed',
    ])
  })

  test('are for who has the second factor, and wrong tries count like wrong passwords', async () => {
    const sol = await person(api, 'sol')
    const token = await sol.signIn()
    const without = await sol.post('/2fa/recovery-codes', { password: PASSWORD, code: '123456' }, token)
    expect([without.status, without.body.code]).toEqual([409, 'two_factor_off'])
    expect((await sol.post('/2fa/recovery-codes', { password: PASSWORD, code: '123456' })).status).toBe(401)
    const enrolled = await sol.enrol()
    const statuses: number[] = []
    for (let n = 0; n < 6; n++)
      statuses.push(
        (await sol.post('/2fa/recovery-codes', { password: n % 2 ? PASSWORD : 'no', code: '000000' }, enrolled.token))
          .status,
      )
    expect(statuses).toEqual([403, 401, 403, 401, 403, 429])
  })
})

describe('turning it off', () => {
  test('takes a code, ends the other sessions and leaves no trace', async () => {
    const fabio = await person(api, 'fabio')
    const { phone, token } = await fabio.enrol()
    const other = (await fabio.post('/2fa/verify', { code: fabio.code(phone), challenge: await fabio.challenge() }))
      .body
    for (const code of [fabio.code(phone), fabio.code(phone, 3), 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF'])
      expect((await fabio.post('/2fa/disable', { code }, token)).body.code).toBe('code_wrong')
    letTimePass(api)
    const { status, body } = await fabio.post('/2fa/disable', { code: fabio.code(phone) }, token)
    expect([status, body]).toEqual([200, { enabled: false }])
    expect((await fabio.me(token)).body.two_factor).toEqual({ enabled: false, required: false, recovery_codes_left: 0 })
    expect((await fabio.me(other.access_token)).status).toBe(401)
    expect(await fabio.signIn()).toBeString()
    expect((await fabio.post('/2fa/disable', { code: '123456' }, token)).body.code).toBe('two_factor_off')
    expect((await auditOf('fabio')).filter((action) => action.startsWith('two_factor'))).toEqual([
      'two_factor.enabled',
      'two_factor.disabled',
    ])
  })

  test('a recovery code does, too; after that the app can be enrolled anew', async () => {
    const gil = await person(api, 'gil')
    const { token, recovery_codes } = await gil.enrol()
    expect((await gil.post('/2fa/disable', { code: recovery_codes[0] }, token)).status).toBe(200)
    expect(await auditOf('gil')).toContain('two_factor.recovery_code_used')
    const again = await gil.enrol()
    expect(again.recovery_codes).toHaveLength(10)
    expect((await gil.post('/2fa/disable', { code: recovery_codes[1] }, again.token)).body.code).toBe('code_wrong')
  })
})

describe('REQUIRE_2FA', () => {
  test('admin: admins can do nothing but enrol, and everything afterwards', async () => {
    const strict = await testApi({ REQUIRE_2FA: 'admin' })
    try {
      const admin = await person(strict, 'root', 'admin')
      const token = await admin.signIn()
      const get = (path: string) => strict.call('GET', path, { headers: { authorization: `Bearer ${token}` } })
      expect((await admin.me(token)).body.two_factor).toMatchObject({ enabled: false, required: true })
      for (const path of ['/embalagens', '/audit', '/users', '/never/heard', '/me/', '/2fa/enable']) {
        const answer = await get(path)
        expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
          path,
          403,
          'two_factor_required',
        ])
      }
      expect((await admin.post('/2fa/disable', { code: '123456' }, token)).body.code).toBe('two_factor_required')
      const { body } = await admin.post('/2fa/enable', undefined, token)
      expect((await admin.post('/2fa/verify', { code: admin.code(phoneOf(body.otpauth_url)) }, token)).status).toBe(200)
      expect((await get('/embalagens')).status).toBe(200)
      expect((await get('/audit')).status).toBe(200)
      expect((await strict.call('GET', '/embalagens', { as: 'operator' })).status).toBe(200)
      expect((await strict.call('POST', '/logout', { as: 'admin' })).status).toBe(204)
    } finally {
      await strict.close()
    }
  })

  test.each([
    ['operator', ['operator', 'admin']],
    ['all', ['viewer', 'operator', 'admin']],
  ] as const)('%s: %p have to enrol, the user of programs has not', async (setting, asked) => {
    const strict = await testApi({ REQUIRE_2FA: setting, SERVICE_USERNAME: 'JOBS' })
    try {
      const outcome = async (token: string) => {
        const answer = await strict.call('GET', '/embalagens', { headers: { authorization: `Bearer ${token}` } })
        return answer.ok ? 'let in' : ((await answer.json()) as { code: string }).code
      }
      for (const role of ['viewer', 'operator', 'admin'] as const) {
        const user = await person(strict, `a ${role}`, role)
        const token = await user.signIn()
        const needed = (asked as readonly string[]).includes(role)
        expect((await user.me(token)).body.two_factor.required).toBe(needed)
        expect([role, await outcome(token)]).toEqual([role, needed ? 'two_factor_required' : 'let in'])
        expect([role, await outcome((await user.enrol()).token)]).toEqual([role, 'let in'])
      }
      const jobs = await person(strict, 'jobs')
      const token = await jobs.signIn()
      expect([await outcome(token), (await jobs.me(token)).body.two_factor.required]).toEqual(['let in', false])
    } finally {
      await strict.close()
    }
  })

  test('admin is the default in production, which asks for TOTP_KEY as well', async () => {
    const production = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://u@h/d',
      JWT_SECRET: 'j'.repeat(32),
      TOTP_KEY: 't'.repeat(32),
    }
    const roles = (env: Record<string, string>) => readApiConfig(env).two_factor_need.roles
    expect(roles(production)).toEqual(['admin'])
    expect(roles({ ...production, REQUIRE_2FA: 'none' })).toEqual([])
    expect(roles({})).toEqual([])
    expect(roles({ REQUIRE_2FA: 'operator' })).toEqual(['operator', 'admin'])
    expect(roles({ REQUIRE_2FA: 'all' })).toEqual(['viewer', 'operator', 'admin'])
    const problems = (env: Record<string, string>) => {
      try {
        return readApiConfig(env) && []
      } catch (thrown) {
        return (thrown as ConfigError).problems
      }
    }
    expect(problems({ ...production, TOTP_KEY: '' })).toEqual([expect.stringContaining('TOTP_KEY is missing')])
    expect(problems({ TOTP_KEY: 'short' })).toEqual([expect.stringContaining('TOTP_KEY is shorter')])
    expect(problems({ REQUIRE_2FA: 'maybe' })).toEqual([expect.stringContaining('REQUIRE_2FA')])
    expect(problems({ REQUIRE_ADMIN_2FA: 'true' })).toEqual([expect.stringContaining('REQUIRE_2FA')])
  })
})

describe('the key', () => {
  const secretOf = async (username: string) => {
    const [row] = await api.db.sql<{ secret: Uint8Array; id: string }[]>`
      select f.secret, u.id from two_factor f join users u on u.id = f.user_id where username = ${username}`
    return row!
  }
  const putSecret = (id: string, secret: Uint8Array) =>
    api.db.sql`update two_factor set secret = ${secret} where user_id = ${id}`

  test('after a change of TOTP_KEY the previous one still decrypts, and the next sign-in encrypts anew', async () => {
    const hugo = await person(api, 'hugo')
    const { phone } = await hugo.enrol()
    const { id } = await secretOf('hugo')
    await putSecret(id, createEncryption(TOTP_KEY_PREVIOUS).encrypt(phone.secret.bytes, id))
    expect(createEncryption(TOTP_KEY).decrypt((await secretOf('hugo')).secret, id)).toBeNull()
    expect((await hugo.post('/2fa/verify', { code: hugo.code(phone), challenge: await hugo.challenge() })).status).toBe(
      200,
    )
    expect(createEncryption(TOTP_KEY).decrypt((await secretOf('hugo')).secret, id)).toMatchObject({ stale: false })
  })

  test('a lost key is said in a sentence, recovery codes still work, and nobody gets in by another row', async () => {
    const [iara, joel] = [await person(api, 'iara'), await person(api, 'joel')]
    const enrolled = await iara.enrol()
    const theirs = await joel.enrol()
    const [mine, joels] = [await secretOf('iara'), await secretOf('joel')]
    for (const lost of [createEncryption('lost').encrypt(enrolled.phone.secret.bytes, mine.id), joels.secret]) {
      await putSecret(mine.id, lost)
      for (const phone of [enrolled.phone, theirs.phone]) {
        const answer = await iara.post('/2fa/verify', { code: iara.code(phone), challenge: await iara.challenge() })
        expect([answer.status, answer.body.code]).toEqual([500, 'totp_key_wrong'])
      }
    }
    await api.db.sql`truncate login_attempts`
    const code = enrolled.recovery_codes[0]
    expect((await iara.post('/2fa/verify', { code, challenge: await iara.challenge() })).status).toBe(200)
  })
})

test('the password is still the first thing asked for', async () => {
  const kim = await person(api, 'kim')
  await kim.enrol()
  const answer = await kim.post('/login', { username: 'kim', password: 'not this one' })
  expect([answer.status, answer.body.code]).toEqual([401, 'credentials_wrong'])
  const right = await kim.post('/login', { username: 'KIM', password: PASSWORD })
  expect(right.body).toEqual({ requires_2fa: true, challenge: expect.stringMatching(/^[\w-]{43}$/), expires_in: 300 })
})
