/** How monitors are defined. */
import { expect, test } from 'bun:test'
import { monitor, type MonitorOptions } from '../../../jobs/monitor.ts'
import { englishIn, refusal } from '../../kit/texts.ts'

const problemsOf = (options: object) => refusal(() => monitor(options as MonitorOptions))

test('what is left out has its usual value', () => {
  expect(monitor({ name: 'shop', http: { url: 'https://shop.example.com/', status: 204 } })).toMatchObject({
    every_s: 60,
    timeout_s: 10,
    failures: 2,
    ask: { method: 'GET', status: [204], headers: {}, contains: null, certificate_days: null, follow_to: [] },
  })
  expect(monitor({ name: 'shop', every_s: 5, tcp: { host: 'db', port: 5432 } })).toMatchObject({ timeout_s: 5 })
  expect(monitor({ name: 'backup', push: { schedule: '0 2 * * *' } })).toMatchObject({
    failures: 1,
    ask: { grace_s: 300, timezone: 'UTC', every_s: null },
  })
})

test('everything that is wrong is said at once', () => {
  const said = problemsOf({ name: 'Shop', every_s: 1, retries: 3, http: { url: 'ftp://x', latency: 3, status: 20 } }).en
  for (const part of ['name must', 'every_s must', 'retries is not', 'latency is not', 'url must', 'status must'])
    expect(said).toContain(part)
})

test.each<[object, string]>([
  [{ name: 'x' }, 'one of http, tcp, dns and push'],
  [{ name: 'x', tcp: {}, dns: {} }, 'one of http, tcp, dns and push'],
  [{ name: 'x', http: { url: 'https://ana:secret@x/' } }, 'headers_from_env'],
  [{ name: 'x', http: { url: 'http://x/', certificate_days: 3 } }, 'needs an https address'],
  [{ name: 'x', http: { url: 'http://x/', body: 'a' } }, "method: 'POST'"],
  [{ name: 'x', http: { url: 'http://x/', headers: { 'a b': 'c' } } }, 'headers must be'],
  [{ name: 'x', http: { url: 'http://x/', method: 'HEAD', contains: 'a' } }, 'which HEAD has not'],
  [{ name: 'x', timeout_s: 61, tcp: { host: 'x', port: 1 } }, 'timeout_s must'],
  [{ name: 'x', every_s: 20, timeout_s: 30, tcp: { host: 'x', port: 1 } }, 'at most every_s'],
  [{ name: 'x', tcp: { host: '', port: 0 } }, 'port must be'],
  [{ name: 'x', dns: { name: 'x', type: 'ANY' } }, 'type must be one of'],
  [{ name: 'x', dns: { name: 'x', server: 'ns.example.com' } }, 'server must be an address'],
  [{ name: 'x', push: {} }, 'every_s or a schedule'],
  [{ name: 'x', push: { every_s: 60, schedule: '@daily' } }, 'every_s or a schedule'],
  [{ name: 'x', push: { schedule: 'often' } }, 'cannot be read'],
  [{ name: 'x', push: { schedule: '@daily', timezone: 'Mars' } }, 'Mars'],
  [{ name: 'x', every_s: 60, push: { every_s: 60 } }, 'every_s is not an option of it'],
])('%j is refused: %s', (options, said) => {
  const { en, pt } = problemsOf(options)
  expect(en).toContain(said)
  expect([englishIn(pt), pt]).toEqual([undefined, pt])
})
