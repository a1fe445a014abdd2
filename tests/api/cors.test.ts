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
  expect(yes.headers.get('access-control-allow-headers')).toContain('if-match')
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
