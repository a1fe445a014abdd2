import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { isLocal, readProxies } from '../../api/http/client-address.ts'
import { beginRequest } from '../../api/http/request-context.ts'
import { recordBeat, recordStop, thisProcess } from '../../db/monitoring/programs.ts'
import { until } from '../kit/program.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const health = async () => (await (await api.call('GET', '/health')).json()) as Record<string, { status: string }>

test('health names the api, the database and each role, with status and latency', async () => {
  const answer = await health()
  expect(answer.status as unknown).toBe('ok')
  for (const role of ['api', 'database', 'cache', 'stream', 'objects', 'history', 'journal'])
    expect(answer[role]).toEqual({ status: 'ok', latency_ms: expect.any(Number) } as never)
})

test('a role that is away makes health degraded, and names it', async () => {
  await api.db.sql`alter table cache_entries rename to cache_away`
  try {
    const answer = await api.call('GET', '/health')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      status: 'degraded',
      cache: { status: 'down' },
      database: { status: 'ok' },
    })
  } finally {
    await api.db.sql`alter table cache_away rename to cache_entries`
    await until('the cache to be asked again', async () => (await health()).cache!.status === 'ok')
  }
})

test('a database that answers and takes no writes makes health degraded', async () => {
  const full = await testApi()
  const { sql } = full.db
  try {
    // As a full disk answers.
    await sql`create function full_disk() returns trigger language plpgsql as
      $$begin raise 'No space left on device' using errcode = '53100'; end$$`
    await sql`create trigger full_disk before insert on write_checks execute function full_disk()`
    const answer = await full.call('GET', '/health')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      status: 'degraded',
      writes: { status: 'down' },
      database: { status: 'ok' },
    })
  } finally {
    await full.close()
  }
})

test('a program that is silent makes health degraded, and metrics counts it', async () => {
  const { sql } = api.db
  const jobs = thisProcess('jobs')
  await recordBeat(sql, jobs)
  expect(await (await api.call('GET', '/health')).json()).toMatchObject({
    status: 'ok',
    programs: [{ program: 'jobs', status: 'ok', at_work: 1 }],
  })
  await sql`update programs set seen_at = now() - interval '1 minute'`
  const answer = await api.call('GET', '/health')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    status: 'degraded',
    programs: [{ program: 'jobs', status: 'silent', at_work: 0 }],
  })
  expect(await (await api.call('GET', '/metrics')).json()).toMatchObject({ silent_programs: 1 })
  await recordStop(sql, jobs)
  expect(await (await api.call('GET', '/health')).json()).toMatchObject({ status: 'ok', programs: [] })
})

test('metrics is JSON for people and Prometheus text for a scraper', async () => {
  await api.token('viewer')
  const figures = (await (await api.call('GET', '/metrics')).json()) as Record<string, unknown>
  expect(figures).toMatchObject({
    api_status: 'ok',
    database_status: 'connected',
    cache_status: 'connected',
    active_users: 1,
    embalagens_count: 0,
  })
  expect(new Date(figures.timestamp as string).getTime()).toBeGreaterThan(Date.now() - 60_000)
  const scraped = await api.call('GET', '/metrics', { headers: { accept: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1' } })
  expect(scraped.headers.get('content-type')).toStartWith('text/plain')
  const text = await scraped.text()
  expect(text).toMatch(/^doca_http_requests_total\{method="GET",route="\/metrics",status="200"\} [1-9]/m)
  const [, counted] = /^doca_http_requests_total\{method="GET",route="\/metrics",status="200"\} (\d+)/m.exec(text)!
  const labels = 'le="+Inf",method="GET",route="/metrics",status="200"'
  expect(text).toContain(`doca_http_request_duration_seconds_bucket{${labels}} ${counted}\n`)
  expect(text).toMatch(/^doca_database_up 1$/m)
})

test('with METRICS_TOKEN, metrics needs it', async () => {
  const guarded = await testApi({ METRICS_TOKEN: 'scrape-me' })
  const scrape = async (token: string) =>
    (await guarded.call('GET', '/metrics', { headers: { authorization: `Bearer ${token}` } })).status
  try {
    expect((await guarded.call('GET', '/metrics')).status).toBe(401)
    expect(await scrape('scrape-you')).toBe(401)
    expect(await scrape('scrape-me')).toBe(200)
  } finally {
    await guarded.close()
  }
})

test('only what asks from this machine by itself counts as this machine; a proxy on it does not', () => {
  const asks = (address: string | null, headers: Record<string, string> = {}, proxies: string[] = []) => {
    const request = new Request('http://localhost/metrics', { headers })
    const requestIP = () => (address === null ? null : { address, family: 'IPv4' as const, port: 4711 })
    beginRequest(request, { requestIP }, readProxies(proxies))
    return isLocal(request)
  }
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    expect([address, asks(address)]).toEqual([address, true])
  for (const address of ['192.0.2.1', '10.0.0.1', '::ffff:192.0.2.1', '2001:db8::1', '::', '0.0.0.0', null])
    expect([address, asks(address)]).toEqual([address, false])
  for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
    for (const said of ['127.0.0.1', '192.0.2.1', 'x', ''])
      for (const proxies of [[], ['127.0.0.0/8']]) expect(asks('127.0.0.1', { [name]: said }, proxies)).toBe(false)
})

test('liveness and readiness answer without a token', async () => {
  expect(await (await api.call('GET', '/health/live')).json()).toEqual({ status: 'ok' })
  expect((await api.call('GET', '/health/ready')).status).toBe(200)
})
