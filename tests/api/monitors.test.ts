/** Monitors and push URLs over HTTP. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createApp } from '../../api/app.ts'
import { lastEvents, readMonitor } from '../../db/monitors/read.ts'
import { registerMonitors } from '../../db/monitors/register.ts'
import { pingToken } from '../../db/monitors/tokens.ts'
import { PING_SECRET, testApi, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

type Body = Record<string, unknown>

let api: TestApi
beforeAll(async () => {
  api = await testApi({ RATE_LIMIT_PING_PER_MIN: '60' })
  const common = { every_s: 60, timeout_s: 10, failures: 2, file: '/srv/jobs/monitors.ts' }
  const url = 'https://shop.example.com/health?key=s3cret'
  const http = {
    url,
    method: 'GET',
    body: null,
    headers: { 'x-key': 's3cret' },
    headers_from_env: {},
    status: [],
    contains: null,
    latency_ms: null,
    certificate_days: 14,
    ca: null,
    follow_to: [],
  } as const
  const push = { every_s: 3600, schedule: null, timezone: 'UTC', grace_s: 300 }
  await registerMonitors(api.db.sql, [
    {
      name: 'shop',
      kind: 'http',
      ask: { ...http, headers: { ...http.headers }, status: [], follow_to: [] },
      ...common,
    },
    { name: 'backup', kind: 'push', ask: push, ...common, failures: 1 },
  ])
})
afterAll(() => api.close())

const TOKEN = pingToken(PING_SECRET, 'backup')
const bodyOf = async (answer: Response) => [answer.status, (await answer.json()) as Body] as const

test('a ping is recorded when it is answered, with any method of the tools in crontabs and the end of what it says', async () => {
  const { sql } = api.db
  for (const [method, path, kind] of [
    ['GET', '', 'success'],
    ['HEAD', '', 'success'],
    ['GET', '/start', 'start'],
    ['POST', '/fail', 'fail'],
    ['POST', '', 'success'],
  ] as const) {
    const answer = await api.call(method, `/ping/${TOKEN}${path}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    if (method !== 'HEAD') expect(await answer.json()).toEqual({ monitor: 'backup', signal: kind })
    expect((await lastEvents(sql, 'backup', 1))[0]!.kind).toBe(kind)
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await api.call('POST', `/ping/${TOKEN}/fail`, { body: `${'á'.repeat(5000)} done\0`, headers })
  const log = (await lastEvents(sql, 'backup', 1))[0]!.log!
  expect([log.length, log.slice(-6)]).toEqual([4095, 'á done'])
  expect(await readMonitor(sql, 'backup')).toMatchObject({ state: 'down' })
})

test('a wrong token is told nothing, costs no statement, and its body is not read', async () => {
  let statements = 0
  const counting = new Proxy(api.db.sql, {
    apply: (target, self, args) => (statements++, Reflect.apply(target, self, args)),
  })
  const parts = { answers: api.answers }
  const app = createApp({
    ...parts,
    config: api.config,
    log: api.log,
    db: { ...api.db, sql: counting },
    ping_secret: PING_SECRET,
  } as never)
  for (const token of [
    'x',
    TOKEN.slice(0, -1),
    TOKEN.replace('backup', 'shop'),
    pingToken('another secret of 32', 'backup'),
  ]) {
    let read = false
    const body = new ReadableStream({ pull: (one) => ((read = true), one.close()) }, { highWaterMark: 0 })
    const request = new Request(`http://localhost/ping/${token}`, { method: 'POST', body })
    const [status, problem] = await bodyOf(await app.handle(request))
    expect([status, problem.code, read]).toEqual([404, 'ping_unknown', false])
    expect(JSON.stringify(problem)).not.toContain(token.slice(-10))
  }
  expect(statements).toBe(0)
  expect((await app.handle(new Request(`http://localhost/ping/${TOKEN}/start`))).status).toBe(200)
  expect(statements).toBeGreaterThan(0)
  // Right, but of a monitor that is not pinged.
  expect(await bodyOf(await api.call('GET', `/ping/${pingToken(PING_SECRET, 'shop')}`))).toMatchObject([
    404,
    { code: 'ping_unknown' },
  ])
})

test('a body beyond all logs is refused', async () => {
  const answer = await api.call('POST', `/ping/${TOKEN}`, { body: 'x'.repeat(1024 * 1024 + 1) })
  expect(answer.status).toBe(413)
})

test('no line of the log has the token', async () => {
  const lines: string[] = []
  const log = { ...api.log, info: (line: unknown) => lines.push(JSON.stringify(line)) }
  const app = createApp({
    config: api.config,
    db: api.db,
    log,
    answers: api.answers,
    ping_secret: PING_SECRET,
  } as never)
  for (const [method, path] of [
    ['GET', `/ping/${TOKEN}`],
    ['POST', `/ping/${TOKEN}/start`],
    ['PUT', `/ping/${TOKEN}/fail`],
    ['GET', `/ping/${TOKEN}/none`],
    ['GET', `/PING/${TOKEN}`],
    ['GET', `/ping//${TOKEN}`],
    ['GET', `/ping/${TOKEN.replace('.', '%2E')}`],
    ['GET', `/ping/${TOKEN.slice('backup.'.length)}`],
  ] as const)
    await app.handle(new Request(`http://localhost${path}`, { method }))
  // Elysia logs after it has answered.
  await until('the lines', () => Promise.resolve(lines.length === 8))
  expect(lines[0]).toContain('"path":"/ping/backup…"')
  expect(lines.join('\n')).not.toContain(TOKEN.slice(-10))
})

test('pings have a budget of their own', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 61; i++) statuses.push((await api.call('GET', '/ping/x')).status)
  expect(statuses).toContain(429)
  expect((await api.call('GET', '/health/live')).status).toBe(200)
  expect((await api.call('GET', '/docs/problems')).status).toBe(200)
})

test('a list and the details say how monitors do, and no secret; the push URL is for admins', async () => {
  const [status, page] = await bodyOf(await api.call('GET', '/monitors', { as: 'viewer' }))
  expect([status, page]).toMatchObject([
    200,
    {
      items: [
        { name: 'backup', kind: 'push', target: 'every 3600 s', every_s: null, deadline: expect.any(String) },
        { name: 'shop', kind: 'http', target: 'https://shop.example.com/health', every_s: 60, state: 'new' },
      ],
      next_cursor: null,
    },
  ])
  const of = async (name: string, as: 'viewer' | 'admin') =>
    (await bodyOf(await api.call('GET', `/monitors/${name}`, { as, headers: { 'accept-language': 'pt-BR' } })))[1]
  const shop = await of('shop', 'admin')
  expect(shop).toMatchObject({
    ping_path: null,
    events: [],
    hours: [],
    uptimes: [{ hours: 24 }, { hours: 168 }, { hours: 720 }],
  })
  expect(JSON.stringify([page, shop])).not.toContain('s3cret')
  expect(await of('backup', 'viewer')).toMatchObject({
    ping_path: null,
    state: 'down',
    detail: expect.stringContaining('avisou'),
  })
  expect(await of('backup', 'admin')).toMatchObject({ ping_path: `/ping/${TOKEN}` })
  const first = (await bodyOf(await api.call('GET', '/monitors?limit=1', { as: 'viewer' })))[1]
  const next = await bodyOf(await api.call('GET', `/monitors?limit=1&cursor=${first.next_cursor}`, { as: 'viewer' }))
  expect(next[1]).toMatchObject({ items: [{ name: 'shop' }], next_cursor: null })
  expect((await bodyOf(await api.call('GET', '/monitors/none', { as: 'viewer' })))[1]).toMatchObject({
    code: 'monitor_not_found',
  })
  expect((await api.call('GET', '/monitors')).status).toBe(401)
})
