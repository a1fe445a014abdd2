import { afterAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createApiClient, type ApiClient } from '../../jobs/api-client.ts'
import { retryAfter } from '../../lib/asked-wait.ts'

setDefaultTimeout(120_000)

/** What the server answers, one after the other; then 200. */
let answers: Array<() => Response>
let asked: string[]
let logins: number
let refreshes: number
let expires_in: number
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const { pathname } = new URL(request.url)
    const given = () => {
      const n = logins + refreshes
      return Response.json({ access_token: `token-${n}`, refresh_token: `refresh-${n}`, expires_in })
    }
    asked.push(`${pathname} ${request.headers.get('authorization') ?? ''}`.trim())
    if (pathname === '/login') return (logins++, given())
    if (pathname === '/token/refresh') return (refreshes++, given())
    return answers.shift()?.() ?? new Response('here')
  },
})
afterAll(() => server.stop(true))
beforeEach(() => {
  answers = []
  asked = []
  logins = refreshes = 0
  expires_in = 900
})

const clientOf = (patience_s?: number): ApiClient =>
  createApiClient({
    url: `http://127.0.0.1:${server.port}/`,
    username: 'service',
    password: async () => 'secret',
    metrics_token: undefined,
    ...(patience_s !== undefined && { patience_s }),
  })
const signal = new AbortController().signal
const busy = (status: number, after?: string) => () =>
  new Response('busy', { status, headers: after === undefined ? {} : { 'retry-after': after } })

test('a busy API is asked again when it says so, with one sign-in', async () => {
  answers = [busy(429, '0'), busy(503, '0'), busy(503)]
  const answer = await clientOf().get('/x', { signal, as: 'service' })
  expect([answer.status, await answer.text()]).toEqual([200, 'here'])
  expect(asked.slice(0, 2)).toEqual(['/login', '/x Bearer token-1'])
  expect(asked).toHaveLength(5)
})

test('without patience left, or asked to wait for longer than that, the refusal is the answer', async () => {
  answers = [busy(503, '3600')]
  expect((await clientOf().get('/x', { signal, as: 'service' })).status).toBe(503)
  answers = [busy(429)]
  expect((await clientOf(0).get('/x', { signal, as: 'service' })).status).toBe(429)
})

test('who does not sign in wants the answer as it is', async () => {
  answers = [busy(503, '0')]
  expect((await clientOf().get('/health', { signal })).status).toBe(503)
  expect(asked).toEqual(['/health'])
})

test('a token is used again, exchanged before it ends, and made anew when its session was ended', async () => {
  const client = clientOf()
  for (let i = 0; i < 2; i++) await client.get('/x', { signal, as: 'service' })
  expect([logins, refreshes]).toEqual([1, 0])
  answers = [busy(401)]
  expect((await client.get('/x', { signal, as: 'service' })).status).toBe(200)
  expect([logins, refreshes]).toEqual([2, 0])
  // A token that is as good as over when it comes.
  expires_in = 10
  answers = [busy(401)]
  await client.get('/x', { signal, as: 'service' })
  await client.get('/x', { signal, as: 'service' })
  expect([logins, refreshes]).toEqual([3, 1])
})

test('an API that refuses a fresh token is believed', async () => {
  answers = [busy(401), busy(401)]
  expect((await clientOf().get('/x', { signal, as: 'service' })).status).toBe(401)
  expect(logins).toBe(2)
})

test('an abort ends the wait at once', async () => {
  answers = [busy(503, '100')]
  const abort = new AbortController()
  const call = clientOf().get('/x', { signal: abort.signal, as: 'service' })
  setTimeout(() => abort.abort(new Error('the run is over')), 50)
  await expect(call).rejects.toThrow('the run is over')
})

test('an API that starts a little later is waited for; one that never does is named', async () => {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const client = createApiClient({
    url: `http://me:hidden@127.0.0.1:${port}`,
    username: 'service',
    password: async () => 'secret',
    metrics_token: undefined,
    patience_s: 0.6,
  })
  const asked = client.get('/x', { signal, as: 'service' })
  await expect(asked).rejects.toThrow(new RegExp(`The API at http://127.0.0.1:${port} cannot be reached.*bun run api`))
})

test.each([
  ['3', 3000],
  ['0', 0],
  ['Wed, 21 Oct 2015 07:28:05 GMT', 5000],
  ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['soon', null],
  ['-1', null],
  ['', null],
])('Retry-After: %s', (text, expected) => {
  const answer = new Response('', { headers: { 'retry-after': text } })
  const now_ms = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT')
  expect(retryAfter(answer, now_ms)).toBe(expected)
})
