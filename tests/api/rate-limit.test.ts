import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { AppError } from '../../lib/errors.ts'
import { createRateLimiter } from '../../api/http/rate-limit.ts'
import type { Cache } from '../../db/engines/cache/cache.ts'
import { withBreaker } from '../../db/engines/cache/breaker.ts'
import { createSqlCache } from '../../db/engines/cache/sql/cache.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let cache: Cache
beforeAll(async () => {
  database = await testDatabase()
  cache = createSqlCache(database.sql)
})
afterAll(() => database.close())

/** A limiter whose clock stands still until told. */
function limiterAt(start_ms: number, shared: Cache = cache) {
  const clock = { now_ms: start_ms }
  const limiter = createRateLimiter(shared, () => clock.now_ms)
  /** How many of `count` requests are let through. */
  async function passed(key: string, limit: number, count: number): Promise<number> {
    let through = 0
    for (let n = 0; n < count; n++)
      await limiter.take(key, limit).then(
        () => through++,
        (err) => expect(err).toMatchObject({ code: 'rate_limited', kind: 'rate_limited' }),
      )
    return through
  }
  return { clock, limiter, passed }
}

const MINUTE_MS = 60_000
const START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
const key = () => `key-${crypto.randomUUID()}`

describe('the sliding window', () => {
  test('exactly as many as the limit pass, also when all come at once', async () => {
    const { limiter } = limiterAt(START)
    const one = key()
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => limiter.take(one, 20)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  })

  test('it slides: half a minute later half of it is free again, and who waits as told gets in', async () => {
    const { clock, limiter, passed } = limiterAt(START + 59_000)
    const one = key()
    expect(await passed(one, 60, 70)).toBe(60)
    clock.now_ms = START + MINUTE_MS + 30_000
    expect(await passed(one, 60, 70)).toBe(30)
    const refusal = await limiter.take(one, 60).catch((err: unknown) => err as AppError)
    const wait_s = (refusal as AppError).retry_after_s!
    expect(wait_s).toBeGreaterThan(0)
    clock.now_ms += wait_s * 1000
    expect(await passed(one, 60, 1)).toBe(1)
  })

  test('two minutes later it is empty', async () => {
    const { clock, passed } = limiterAt(START)
    const one = key()
    expect(await passed(one, 10, 20)).toBe(10)
    clock.now_ms += 2 * MINUTE_MS
    expect(await passed(one, 10, 20)).toBe(10)
  })

  test('being refused does not count', async () => {
    const { clock, passed } = limiterAt(START)
    const one = key()
    expect(await passed(one, 10, 500)).toBe(10)
    clock.now_ms += MINUTE_MS + 30_000
    expect(await passed(one, 10, 20)).toBe(5)
  })

  test('keys do not touch each other', async () => {
    const { passed } = limiterAt(START)
    expect(await passed(key(), 5, 10)).toBe(5)
    expect(await passed(key(), 5, 10)).toBe(5)
  })
})

describe('replicas', () => {
  test('share the limit', async () => {
    const one = key()
    expect(await limiterAt(START).passed(one, 40, 40)).toBe(40)
    expect(await limiterAt(START).passed(one, 40, 10)).toBeLessThanOrEqual(1)
  })

  test('remember the minute before, which another replica has counted', async () => {
    const one = key()
    expect(await limiterAt(START).passed(one, 40, 40)).toBe(40)
    expect(await limiterAt(START + MINUTE_MS + 15_000).passed(one, 40, 40)).toBeLessThanOrEqual(11)
  })

  test('without the cache each holds the limit by itself, without waiting for it', async () => {
    let asked = 0
    const away = {
      ...cache,
      increment: () => (asked++, Promise.reject(new Error('away'))),
      get: () => Promise.reject(new Error('away')),
    }
    const { passed } = limiterAt(START, withBreaker(away))
    expect(await passed(key(), 20, 200)).toBe(20)
    expect(asked).toBe(1)
  })
})

describe('the API', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await testApi({ RATE_LIMIT_PER_MIN: '6', RATE_LIMIT_ANONYMOUS_PER_MIN: '4' })
    // The clock stands still: no test sees the window slide.
    api.clock.now_ms = START
  })
  afterAll(() => api.close())

  test('a user has a limit of their own, told in every answer, and the refusal says when to come back', async () => {
    const left: Array<string | null> = []
    for (let n = 0; n < 6; n++) {
      const answer = await api.call('GET', '/me', { as: 'viewer' })
      expect(answer.status).toBe(200)
      left.push(answer.headers.get('ratelimit-remaining'))
    }
    expect(left).toEqual(['5', '4', '3', '2', '1', '0'])
    const refused = await api.call('GET', '/me', { as: 'viewer' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('ratelimit-limit')).toBe('6')
    expect((await api.call('GET', '/me', { as: 'operator' })).status).toBe(200)
  })

  test('strangers share one by address, guessing tokens included; liveness is free', async () => {
    const guess = { headers: { authorization: 'Bearer not.a.token' } }
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push((await api.call('GET', '/me', guess)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429])
    expect((await api.call('GET', '/docs/json')).status).toBe(429)
    expect((await api.call('GET', '/health/live')).status).toBe(200)
    // Who is signed in and tries what they may not is counted with them.
    expect((await api.call('GET', '/audit', { as: 'operator' })).status).toBe(429)
    expect((await api.call('GET', '/me', { as: 'operator' })).status).toBe(200)
  })
})

describe('sign-in and refresh', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await testApi({
      RATE_LIMIT_ANONYMOUS_PER_MIN: '4',
      RATE_LIMIT_SIGN_IN_PER_MIN: '3',
      RATE_LIMIT_REFRESH_PER_MIN: '2',
    })
    await api.token('viewer')
    api.clock.now_ms = START
  })
  afterAll(() => api.close())
  const login = () => api.call('POST', '/login', { json: { username: 'viewer', password: PASSWORD } })
  const verify = () => api.call('POST', '/2fa/verify', { json: { code: '123456', challenge: 'none' } })
  const refresh = () => api.call('POST', '/token/refresh', { json: { refresh_token: 'none' } })
  const statuses = async (count: number, ask: () => Promise<Response>) => {
    const all: number[] = []
    for (let n = 0; n < count; n++) all.push((await ask()).status)
    return all
  }

  test('have budgets of their own: neither other requests without a token nor the other of the two use them up', async () => {
    expect(await statuses(6, () => api.call('GET', '/me'))).toEqual([401, 401, 401, 401, 429, 429])
    expect(await statuses(3, refresh)).toEqual([401, 401, 429])
    expect(await statuses(2, login)).toEqual([200, 200])
    // The second step of sign-in shares the budget of the first.
    expect(await statuses(2, verify)).toEqual([401, 429])
    expect(await statuses(1, login)).toEqual([429])
    expect(await statuses(1, () => api.call('GET', '/me', { as: 'viewer' }))).toEqual([200])
    // A code that ends an enrolment counts with its user.
    expect((await api.call('POST', '/2fa/verify', { as: 'viewer', json: { code: '123456' } })).status).toBe(409)
  })
})
