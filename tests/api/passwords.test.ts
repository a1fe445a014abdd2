import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { checkNewPassword } from '../../db/users/passwords/rules.ts'
import { createPasswords } from '../../db/users/passwords/hashing.ts'
import { createSlowRefusal } from '../../api/http/tarpit.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../db/users/passwords/hash.ts'
import { findCredentials, insertUser } from '../../db/users/users.ts'
import { AppError } from '../../lib/errors.ts'
import { until } from '../kit/program.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(30_000)

const verdict = (password: string, username = 'ana-maria') =>
  checkNewPassword(password, username).then(
    () => 'taken',
    (thrown: { code: string }) => thrown.code,
  )

describe('the rules for a new password', () => {
  test('12 to 256 characters, counted as a reader counts them', async () => {
    expect(await verdict('x7-kq2 m9w!')).toBe('password_length')
    expect(await verdict('x7-kq2 m9w!z')).toBe('taken')
    expect(await verdict('😀😁😂🤣😃😄')).toBe('password_length')
    expect(await verdict('😀😁😂🤣😃😄😅😆😉😊😋😎')).toBe('taken')
    expect(await verdict(`${'açaí e tapioca, '.normalize('NFD')}${'ã'.normalize('NFD').repeat(240)}`)).toBe('taken')
    expect(await verdict('açaí e tapioca '.repeat(20))).toBe('password_length')
    expect(await verdict('half a pair \ud800')).toBe('password_malformed')
  })

  test('what is easily guessed is refused, in whatever case and dress', async () => {
    for (const password of [
      'iloveyouforever',
      'PASSWORD1234',
      'P@ssw0rd2024!!',
      'Senha@123456',
      'mudarsenha123',
      'corinthians1910',
      'qwerty qwerty qwerty',
      'passwordpassword',
      'aaaaaaaaaaaa',
      'abc!abc!abc!abc!',
      'abcdefghijkl',
      '123456789012',
      '1q2w3e4r5t6y',
      'Ana-Maria-2024',
      'doca12345678',
      'Doca!Admin2024',
    ])
      expect([password, await verdict(password)]).toEqual([password, 'password_common'])
  })

  test('anything else is taken, without a word on what kinds of characters it has', async () => {
    for (const password of [
      'correct horse battery',
      'minha gata dorme ao sol',
      'banana split sundae',
      'tudo em letras pequenas',
      '84736251a928374',
      'xK3vRkNBsmxZ9dcTTd2QkqXD',
      'ana-maria come pão de queijo',
    ])
      expect([password, await verdict(password)]).toEqual([password, 'taken'])
  })
})

describe('hashing', () => {
  test('composed and decomposed accents, and any kind of space, are the same password', async () => {
    const stored = await hashPassword('pão de queijo'.normalize('NFC'), 10)
    expect(await verifyPassword('pa\u0303o de\u00a0queijo', stored)).toBeTrue()
    expect(await verifyPassword('pao de queijo', stored)).toBeFalse()
    // Django hashes º as it is; NFKC would make an o of it.
    expect(await verifyPassword('1o lugar', await hashPassword('1º lugar', 10))).toBeFalse()
  })

  test('at most one core less than there are works at once, eight wait, the next is told to come again', async () => {
    const { turn } = createPasswords(10, 2)
    let [working, most] = [0, 0]
    const gate = Promise.withResolvers<void>()
    const work = async () => {
      most = Math.max(most, ++working)
      await gate.promise
      working--
      return 'done'
    }
    const turns = Array.from({ length: 10 }, () => turn(work))
    await expect(turn(work)).rejects.toMatchObject({ code: 'busy', kind: 'busy', retry_after_s: 2 })
    expect(working).toBe(2)
    gate.resolve()
    expect(await Promise.all(turns)).toEqual(Array.from({ length: 10 }, () => 'done'))
    expect(most).toBe(2)
    await expect(turn(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turn(work)).toBe('done')
  })

  test('hashing leaves the event loop and a file to read free', async () => {
    const { turn } = createPasswords(300_000)
    let hashed = 0
    const turns = Array.from({ length: 8 }, () => turn(({ hash }) => hash('x')).then(() => void hashed++))
    await readFile('/etc/hostname')
    expect(hashed).toBeLessThan(8)
    await Promise.all(turns)
  })

  test("nobody's password is never right", async () => {
    const { turn } = createPasswords(10)
    expect(await turn(({ verify }) => verify('nobody', null))).toEqual({ right: false, outdated: false })
  })
})

describe('sign-in', () => {
  let api: TestApi
  beforeAll(async () => void (api = await testApi({ PASSWORD_ROUNDS: '20' })))
  afterAll(() => api.close())
  const login = (username: string, password: string) => api.call('POST', '/login', { json: { username, password } })

  test('a hash with fewer rounds than today is renewed when its user signs in, and only then', async () => {
    const password_hash = await hashPassword(PASSWORD, 10)
    await insertUser(api.db.sql, { username: 'ana', password_hash, role: 'viewer' })
    expect((await login('ana', 'wrong')).status).toBe(401)
    expect((await findCredentials(api.db.sql, 'ana'))!.password_hash).toBe(password_hash)
    expect((await login('ana', PASSWORD)).status).toBe(200)
    const renewed = (await findCredentials(api.db.sql, 'ana'))!.password_hash
    expect(isOutdated(renewed, 20)).toBeFalse()
    expect(await verifyPassword(PASSWORD, renewed)).toBeTrue()
    expect((await login('ana', PASSWORD)).status).toBe(200)
    expect((await findCredentials(api.db.sql, 'ana'))!.password_hash).toBe(renewed)
  })

  test('a name with a NUL, or with half of a surrogate pair, is nobody', async () => {
    for (const name of ['a\0b', 'half \ud800', '\u200b', '   ']) expect((await login(name, 'wrong')).status).toBe(401)
  })

  test('of twenty sign-ins at once, one is looked at, eight wait and eleven are told that the machine is busy', async () => {
    let answered = 0
    const answers = await api.db.sql.begin(async (tx) => {
      await tx`lock table login_attempts in access exclusive mode`
      const asked = Array.from({ length: 20 }, (_, i) => login(`nobody ${i}`, 'wrong'))
      for (const answer of asked) void answer.then(() => answered++)
      await until('eleven answers', () => answered >= 11)
      return { asked }
    })
    const all = await Promise.all(answers.asked)
    const busy = all.filter(({ status }) => status === 503)
    expect(busy).toHaveLength(11)
    expect(all.filter(({ status }) => status === 401)).toHaveLength(9)
    expect(busy[0]!.headers.get('retry-after')).toBe('2')
    expect(((await busy[0]!.json()) as { code: string }).code).toBe('busy')
    expect((await login('ana', PASSWORD)).status).toBe(200)
  })
})

describe('a refused sign-in', () => {
  const busy = new AppError('busy', 'busy', 'Busy.')
  const timed = async (path: string, thrown: unknown) => {
    const started = performance.now()
    await createSlowRefusal(200)(path, thrown)
    return performance.now() - started
  }

  test('is held for a moment, and nothing else is', async () => {
    expect(await timed('/login', busy)).toBeGreaterThan(150)
    expect(await timed('/2fa/verify', new AppError('rate_limited', 'too_many_attempts', 'Wait.'))).toBeGreaterThan(150)
    const hold = createSlowRefusal(200)
    expect(hold('/embalagens', busy)).toBeUndefined()
    expect(hold('/login', new AppError('unauthenticated', 'credentials_wrong', 'Wrong.'))).toBeUndefined()
    expect(hold('/login', new AppError('unavailable', 'database_unavailable', 'Away.'))).toBeUndefined()
    expect(hold('/login', new Error('other'))).toBeUndefined()
  })

  test('is answered at once while a thousand are held', async () => {
    const hold = createSlowRefusal(50)
    const held = Array.from({ length: 1000 }, () => hold('/login', busy))
    expect(held).not.toContain(undefined)
    expect(hold('/login', busy)).toBeUndefined()
    await Promise.all(held)
    expect(hold('/login', busy)).toBeDefined()
  })
})
