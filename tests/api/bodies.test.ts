/** No body within its limit keeps the event loop. The routes come from the OpenAPI document, so that a new one is tried, too. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../kit/api.ts'
import { routesWithBodies, worstBodies, type BodyRoute } from '../kit/worst-bodies.ts'

setDefaultTimeout(120_000)

const KIB = 1024
const HEADERS = { 'content-type': 'application/json' }

let api: TestApi
let routes: BodyRoute[]
beforeAll(async () => {
  api = await testApi()
  routes = routesWithBodies((await (await api.call('GET', '/docs/json')).json()) as object)
  const strict = {
    type: 'object',
    properties: { on: { type: 'string', format: 'date-time' } },
    additionalProperties: false,
  }
  await api.db.sql`insert into jobs (name, schedule, timezone, overlap, conf_schema)
    values ('strict', '@daily', 'UTC', 'allow', ${api.db.sql.json(strict)}), ('free', '@daily', 'UTC', 'allow', null)`
})
afterAll(() => api.close())

const post = (path: string, body: string, method = 'POST') =>
  api.call(method, path.replace('{id}', crypto.randomUUID()).replace('{name}', 'free'), {
    as: 'admin',
    body,
    headers: HEADERS,
  })

/** Milliseconds between two turns of a timer while `work` is done, at most. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 1)
  await work()
  tick()
  clearInterval(timer)
  return longest
}

/** The shortest of a few tries: other programs may take the processor at any time. */
async function longestTurnAlone(work: () => Promise<unknown>, enough_ms: number): Promise<number> {
  let shortest = Infinity
  for (let i = 0; i < 15 && shortest > enough_ms; i++) shortest = Math.min(shortest, await longestTurn(work))
  return shortest
}

/** Four times what JSON.parse alone takes for the largest list, on a busy machine more; `bench bodies` has the hard figure. */
async function mostMs(): Promise<number> {
  const largest = worstBodies(KIB * KIB)['numbers beyond counting']!
  return Math.max(100, 4 * (await longestTurnAlone(async () => JSON.parse(largest), 0)))
}

describe('no body within its limit keeps the event loop:', () => {
  test('the worst of each route', async () => {
    expect(routes.length).toBeGreaterThan(20)
    const most_ms = await mostMs()
    const slow: Array<[string, number]> = []
    for (const { method, path, limit_bytes, bodies } of routes) {
      for (const [name, body] of Object.entries(bodies())) {
        expect([path, name, body.length <= limit_bytes]).toEqual([path, name, true])
        const ms = await longestTurnAlone(async () => {
          const answer = await post(path, body, method)
          const text = await answer.text()
          expect([path, name, answer.status < 500, text.length < 50_000]).toEqual([path, name, true, true])
        }, most_ms)
        if (ms > most_ms) slow.push([`${method} ${path}: ${name}`, Math.round(ms)])
      }
    }
    expect(slow).toEqual([])
  })

  test('a conf that its job checks', async () => {
    const most_ms = await mostMs()
    for (const [name, value] of Object.entries(worstBodies(KIB * KIB - 20))) {
      const body = `{"conf":${value.startsWith('{') ? value : `{"on":${value}}`}}`
      const ms = await longestTurnAlone(() => post('/jobs/strict/trigger', body), most_ms)
      expect([name, ms < most_ms ? 'quick' : ms]).toEqual([name, 'quick'])
    }
  })

  test('a query as long as an address may be', async () => {
    const most_ms = await mostMs()
    const names = Array.from({ length: 2500 }, (_, i) => `k${i.toString(36)}`).join('&')
    for (const path of [
      `/me?${names}`,
      `/embalagens?${names}`,
      `/embalagens?q=${'%20'.repeat(5000)}`,
      `/${'a/'.repeat(7500)}`,
    ])
      expect(await longestTurnAlone(() => api.call('GET', path, { as: 'viewer' }), most_ms)).toBeLessThan(most_ms)
  })
})

test('where people sign in, more than 16 KiB is a 413', async () => {
  const small = routes.filter(({ limit_bytes }) => limit_bytes === 16 * KIB).map(({ path }) => path)
  expect(small.toSorted()).toEqual([
    '/2fa/disable',
    '/2fa/recovery-codes',
    '/2fa/verify',
    '/login',
    '/me/password',
    '/token/refresh',
  ])
  const method = (path: string) => (path === '/me/password' ? 'PUT' : 'POST')
  for (const path of small) {
    const body = (size: number) => JSON.stringify({ unknown: 'a'.repeat(size - '{"unknown":""}'.length) })
    expect([path, (await post(path, body(16 * KIB), method(path))).status]).toEqual([path, 422])
    const answer = await post(path, body(16 * KIB + 1), method(path))
    expect([path, answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      path,
      413,
      'The body is larger than 16 KiB.',
    ])
  }
})

describe('what a body is told of its outline', () => {
  const told = async (path: string, body: string, method?: string) => {
    const answer = await post(path, body, method)
    const {
      code,
      detail,
      errors = [],
    } = (await answer.json()) as {
      code: string
      detail: string
      errors?: Array<{ path: string; message: string }>
    }
    return { status: answer.status, code, detail, errors }
  }

  test('a list is not an object', async () => {
    expect(await told('/users', '[1,2,3]')).toMatchObject({
      status: 422,
      errors: [{ path: '/', message: 'must be an object' }],
    })
  })

  test('20,000 values are read, more are a 413', async () => {
    const conf = (length: number) => JSON.stringify({ conf: { n: Array(length).fill(1) } })
    expect((await told('/jobs/free/trigger', conf(19_990))).status).toBe(202)
    expect(await told('/jobs/free/trigger', conf(20_001))).toMatchObject({
      status: 413,
      code: 'body_too_many_values',
      detail: 'The body holds more than 20000 fields and items of lists.',
    })
  })

  test('a hundred unknown fields are named, and the rest counted', async () => {
    const { status, errors } = await told(
      '/users',
      JSON.stringify(
        Object.fromEntries(
          Array(250)
            .keys()
            .map((i) => [`k~/${i}`, i]),
        ),
      ),
    )
    expect([status, errors.length]).toEqual([422, 101])
    expect(errors[0]).toEqual({ path: '/k~0~10', message: 'is unknown' })
    expect(errors[100]).toEqual({ path: '/', message: 'and 150 more' })
    const many = Array.from({ length: 250 }, (_, i) => `k${i}`).join('&')
    const answer = (await (await api.call('GET', `/me?${many}`, { as: 'viewer' })).json()) as {
      errors: unknown[]
    }
    expect(answer.errors.at(-1)).toEqual({ path: '/', message: 'and 150 more' })
  })

  test('a list that is too long is named alone', async () => {
    const item = {
      sku: 'A',
      name: 'A',
      material: 'paper',
      kind: 'box',
      unit_cost: '1',
      currency: 'BRL',
    }
    expect(await told('/embalagens', JSON.stringify({ ...item, tags: Array(5000).fill(1) }))).toMatchObject({
      status: 422,
      errors: [{ path: '/tags', message: expect.stringMatching(/^must have at most \d+ items$/) }],
    })
  })

  test('a thousand bad events are told of as far as a hundred errors go', async () => {
    const { status, errors } = await told('/events', JSON.stringify(Array(1000).fill({})))
    expect([status, errors.length]).toEqual([422, 100])
    expect(errors[0]!.path).toBe('/0/sku')
    expect(errors.at(-1)).toEqual({
      path: '/',
      message: 'holds too many errors to list; the last 966 events were not checked',
    })
  })
})
