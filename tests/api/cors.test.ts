import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readApiConfig } from '../../api/config.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

const ORIGIN = 'https://intranet.example.com'
let api: TestApi
beforeAll(async () => void (api = await testApi({ CORS_ORIGINS: `${ORIGIN}, http://localhost:5173` })))
afterAll(() => api.close())

const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin')

test('a named origin may read answers, errors and our headers; caches keep origins apart', async () => {
  for (const path of ['/health/live', '/me']) {
    const answer = await api.call('GET', path, { headers: { origin: ORIGIN } })
    expect(allowed(answer)).toBe(ORIGIN)
    expect(answer.headers.get('vary')).toContain('Origin')
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag')
  }
})

/** What browsers show to scripts by themselves. */
const SAFE = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]
/** For the browser itself, or a proxy. */
const NOT_FOR_SCRIPTS =
  /^(access-control-.*|content-encoding|content-security-policy|cross-origin-.*|referrer-policy|set-cookie|strict-transport-security|vary|x-accel-buffering|x-content-type-options|x-frame-options)$/

test('scripts of a named origin may read every header that any answer has', async () => {
  const few = await testApi({ CORS_ORIGINS: ORIGIN, RATE_LIMIT_SIGN_IN_PER_MIN: '1' })
  const seen = new Set<string>()
  let exposed: string | null = null
  const ask = async (...[method, path, options]: Parameters<TestApi['call']>) => {
    const answer = await few.call(method, path, { ...options, headers: { ...options?.headers, origin: ORIGIN } })
    exposed ??= answer.headers.get('access-control-expose-headers')
    expect(answer.headers.get('access-control-expose-headers')).toBe(exposed)
    for (const name of answer.headers.keys()) if (!SAFE.includes(name) && !NOT_FOR_SCRIPTS.test(name)) seen.add(name)
    await answer.body?.cancel()
    return answer
  }
  try {
    for (const { method, path } of few.routes)
      if (method === 'GET' && !path.includes('stream'))
        await ask(method, path.replaceAll(/:\w+/g, 'x'), { as: 'admin' })
    const json = { sku: 'C-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }
    const once = { as: 'operator', json, headers: { 'idempotency-key': 'once' } } as const
    const made = await ask('POST', '/embalagens', once)
    expect((await ask('POST', '/embalagens', once)).headers.get('idempotency-replayed')).toBe('true')
    const [etag, path] = ['etag', 'location'].map((name) => made.headers.get(name)!) as [string, string]
    expect((await ask('GET', path, { as: 'viewer', headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask('GET', '/me')).status).toBe(401)
    expect((await ask('PATCH', '/embalagens', { as: 'operator' })).status).toBe(405)
    const login = { json: { username: 'nobody', password: 'wrong password' } }
    const statuses = [await ask('POST', '/login', login), await ask('POST', '/login', login)].map(
      ({ status }) => status,
    )
    expect(statuses).toEqual([401, 429])
    const listed = exposed!.split(', ').filter((name) => !SAFE.includes(name))
    expect(listed.toSorted()).toEqual([...seen].toSorted())
  } finally {
    await few.close()
  }
})

test('any other origin is told nothing', async () => {
  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null', `${ORIGIN}:8443`]) {
    const answer = await api.call('GET', '/health/live', { headers: { origin } })
    expect(allowed(answer)).toBeNull()
    expect(answer.headers.get('vary')).toContain('Origin')
  }
})

test('the question beforehand is answered without a token, and permits only what is named', async () => {
  const ask = (origin: string) =>
    api.call('OPTIONS', '/embalagens', { headers: { origin, 'access-control-request-method': 'POST' } })
  const yes = await ask(ORIGIN)
  expect(yes.status).toBe(204)
  expect(yes.headers.get('access-control-allow-methods')).toContain('PUT')
  const headers = yes.headers.get('access-control-allow-headers')!.split(', ')
  expect(headers).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'if-match', 'idempotency-key', 'last-event-id']),
  )
  const no = await ask('https://evil.example')
  expect([no.status, allowed(no), no.headers.get('access-control-allow-methods')]).toEqual([204, null, null])
})

test('without CORS_ORIGINS no answer mentions origins', async () => {
  const plain = await testApi()
  try {
    const answer = await plain.call('GET', '/health/live', { headers: { origin: ORIGIN } })
    expect([allowed(answer), answer.headers.get('vary')]).toEqual([null, null])
  } finally {
    await plain.close()
  }
})

test('what is no origin is a problem of the configuration', () => {
  for (const origin of ['intranet.example.com', `${ORIGIN}/`, '*'])
    expect(() => readApiConfig({ CORS_ORIGINS: origin })).toThrow('CORS_ORIGINS')
})
