import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, setDefaultTimeout, test } from 'bun:test'
import { createTarpit } from '../../api/http/tarpit.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../db/users/passwords/hash.ts'
import { findCredentials, insertUser } from '../../db/users/users.ts'
import { AppError } from '../../lib/errors.ts'
import { until } from '../kit/program.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { same } from '../kit/texts.ts'

setDefaultTimeout(120_000)

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
    // Where she signed in, she is known.
    expect((await login('ana', PASSWORD)).status).toBe(200)
    let answered = 0
    const answers = await api.db.sql.begin(async (tx) => {
      await tx`lock table users in access exclusive mode`
      const asked = Array.from({ length: 20 }, (_, i) => login(`nobody ${i}`, 'wrong'))
      for (const answer of asked) void answer.then(() => answered++)
      await until('eleven answers', () => answered >= 11)
      return { asked, known: login('ana', PASSWORD) }
    })
    expect((await answers.known).status).toBe(200)
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
  const rules = { tarpit: true } as const
  const busy = new AppError('busy', 'busy', same('Busy.'))
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  test('is held for a moment, and nothing else is', async () => {
    for (const thrown of [busy, new AppError('rate_limited', 'too_many_attempts', same('Wait.'))]) {
      let answered = false
      const held = createTarpit(200)(rules, thrown)!.then(() => (answered = true))
      jest.advanceTimersByTime(199)
      await Promise.resolve()
      expect(answered).toBeFalse()
      jest.advanceTimersByTime(1)
      await held
    }
    const tarpit = createTarpit(200)
    for (const others of [undefined, {}]) expect(tarpit(others, busy)).toBeUndefined()
    expect(tarpit(rules, new AppError('unauthenticated', 'credentials_wrong', same('Wrong.')))).toBeUndefined()
    expect(tarpit(rules, new AppError('unavailable', 'database_unavailable', same('Away.')))).toBeUndefined()
    expect(tarpit(rules, new Error('other'))).toBeUndefined()
  })

  test('is answered at once while a thousand are held', async () => {
    const tarpit = createTarpit(50)
    const held = Array.from({ length: 1000 }, () => tarpit(rules, busy))
    expect(held).not.toContain(undefined)
    expect(tarpit(rules, busy)).toBeUndefined()
    jest.advanceTimersByTime(50)
    await Promise.all(held)
    expect(tarpit(rules, busy)).toBeDefined()
  })
})
