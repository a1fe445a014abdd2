import { expect, setDefaultTimeout, test } from 'bun:test'
import { NO_METRICS } from '../../../lib/metrics/metrics.ts'
import { serveMetrics, type MetricsConfig } from '../../../lib/metrics/serve.ts'
import { freePort } from '../../kit/program.ts'

setDefaultTimeout(120_000)

const config = (more: Partial<MetricsConfig> = {}): MetricsConfig => ({
  port: freePort(),
  host: '127.0.0.1',
  token: undefined,
  production: false,
  ...more,
})

async function statusOf({ port }: MetricsConfig, path = '/metrics', token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
}

test('without a port nothing is served and nothing measured', async () => {
  const { metrics, stop } = await serveMetrics('test', '1.2.3', config({ port: undefined }))
  expect(metrics).toBe(NO_METRICS)
  await stop()
})

test('a scraper gets the figures of the program and of its process, and there is nothing else', async () => {
  const one = config({ production: true })
  const { metrics, stop } = await serveMetrics('test', '1.2.3', one)
  metrics.counter('doca_things_total', 'Things.', ['kind'])(['a'], 2)
  const answer = await fetch(`http://127.0.0.1:${one.port}/metrics`)
  expect(answer.headers.get('content-type')).toStartWith('text/plain')
  const text = await answer.text()
  expect(text).toContain('doca_things_total{kind="a"} 2\n')
  expect(text).toContain('doca_build_info{program="test",version="1.2.3"} 1\n')
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
  expect(await statusOf(one, '/')).toBe(404)
  await stop()
})

test('with a token it is asked for', async () => {
  const one = config({ token: 'scrape-me' })
  const { stop } = await serveMetrics('test', '1.2.3', one)
  expect(await statusOf(one)).toBe(401)
  expect(await statusOf(one, '/metrics', 'scrape-you')).toBe(401)
  expect(await statusOf(one, '/metrics', 'scrape-me')).toBe(200)
  await stop()
})

test('a port that is taken is told with its variable', async () => {
  const one = config()
  const { stop } = await serveMetrics('test', '1.2.3', one)
  await expect(serveMetrics('test', '1.2.3', one)).rejects.toThrow('METRICS_PORT')
  await stop()
})
