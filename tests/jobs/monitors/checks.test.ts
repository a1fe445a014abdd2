/** What checks find, of real servers on this machine. */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { createSocket, type Socket } from 'node:dgram'
import type { DueMonitor } from '../../../db/monitors/claim.ts'
import type { Outcome } from '../../../db/monitors/record.ts'
import { monitor, type MonitorOptions } from '../../../jobs/monitor.ts'
import { check } from '../../../jobs/monitors/start-monitors.ts'
import { startOutsideApi } from '../../kit/outside-api.ts'
import { selfSigned } from '../../kit/alert-servers.ts'

type Asking = Exclude<MonitorOptions, { push: unknown }>
type Http = Extract<MonitorOptions, { http: unknown }>['http']

const { signal } = new AbortController()

function outcome(options: Omit<Asking, 'name'>, env: Record<string, string> = {}): Promise<Outcome> {
  const due = { ...monitor({ name: 'x', ...options } as MonitorOptions), turn: 1, now: new Date(), started_at: null }
  return check(due as DueMonitor, env, signal)
}
const http = (options: Partial<Http>, more: { timeout_s?: number; env?: Record<string, string> } = {}) =>
  outcome({ http: { url: api.url, ...options }, timeout_s: more.timeout_s ?? 5 } as Asking, more.env)
const failureOf = async (asked: Promise<Outcome>) => {
  const { failure } = await asked
  return failure && [failure.reason, failure.detail.en]
}

const api = startOutsideApi(() => new Response('all is well'))
afterEach(api.reset)

/** For two days, of localhost and 127.0.0.1. */
const tls = selfSigned()
const secureServer = (hostname: string) => Bun.serve({ port: 0, hostname, tls, fetch: () => new Response('hello') })
const secure = secureServer('127.0.0.1')
const SECURE = `https://localhost:${secure.port}/`

let dns: Socket
/** Answers of the DNS server by name and type number: the record's bytes; null: no such name; else nothing. */
const RECORDS: Record<string, Buffer | null> = {
  'www.example.com 1': Buffer.from([192, 0, 2, 7]),
  'mail.example.com 15': Buffer.from([0, 10, 2, 0x6d, 0x78, 0xc0, 17]),
  'text.example.com 16': Buffer.from([5, ...Buffer.from('v=spf')]),
  'none.example.com 1': null,
}
beforeAll(async () => {
  dns = createSocket('udp4')
  dns.on('message', (query, from) => {
    const end = query.indexOf(0, 12)
    const labels = query.subarray(12, end)
    let name = ''
    for (let at = 0; at < labels.length; at += labels[at]! + 1)
      name += `${name && '.'}${labels.subarray(at + 1, at + 1 + labels[at]!)}`
    const record = RECORDS[`${name.toLowerCase()} ${query.readUInt16BE(end + 1)}`]
    if (record === undefined) return
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(record ? 0x8180 : 0x8183, 2)
    header.writeUInt16BE(record ? 1 : 0, 6)
    header.writeUInt32BE(0, 8)
    const question = query.subarray(12, end + 5)
    const answer = Buffer.from([0xc0, 12, ...question.subarray(-4), 0, 0, 0, 60, 0, record?.length ?? 0])
    dns.send(Buffer.concat([header, question, ...(record ? [answer, record] : [])]), from.port, from.address)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  dns.bind(0, '127.0.0.1', resolve)
  await promise
})
afterAll(() => {
  dns.close()
  api.stop()
  secure.stop(true)
})

test('an answer of 200 to 299 in time is well, and has a latency', async () => {
  api.usual = () => new Response(null, { status: 204 })
  const { failure, latency_ms } = await http({})
  expect(failure).toBeNull()
  expect(latency_ms).toBeGreaterThan(0)
})

test('status, body and latency are as they are wanted, or the failure says how they are', async () => {
  api.usual = () => new Response('broken', { status: 500 })
  expect(await failureOf(http({}))).toEqual(['status', 'It answered 500 instead of 2xx.'])
  expect(await failureOf(http({ status: [200, 204] }))).toEqual(['status', 'It answered 500 instead of 200, 204.'])
  expect(await failureOf(http({ status: 500, contains: 'broken' }))).toBeNull()
  expect(await failureOf(http({ status: 500, contains: 'well' }))).toEqual([
    'body',
    'Its answer does not contain "well".',
  ])
  api.usual = async () => (await Bun.sleep(20), new Response('late'))
  const slow = await http({ latency_ms: 1 })
  expect(slow.failure).toMatchObject({ reason: 'slow', detail: { pt: expect.stringContaining('até 1 ms está bem') } })
  expect(slow.latency_ms).toBeGreaterThan(1)
})

test('a server that does not answer, or cannot be reached, fails within its time', async () => {
  api.usual = () => new Promise<Response>(() => {})
  const late = ['timeout', 'It cannot be asked: no answer in time.']
  expect(await failureOf(http({}, { timeout_s: 0.2 }))).toEqual(late)
  const endless = new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('a')) })
  api.usual = () => new Response(endless)
  expect(await failureOf(http({ contains: 'b' }, { timeout_s: 0.2 }))).toEqual(late)
  expect(await failureOf(http({ url: 'http://127.0.0.1:1/' }))).toEqual([
    'network',
    'It cannot be asked: the connection was refused.',
  ])
})

test('a text is found in the charset that the answer names; one that is not known is read as UTF-8', async () => {
  const latin = Buffer.from('São Paulo', 'latin1')
  const answerWith = (body: Uint8Array<ArrayBuffer>, type: string) => {
    api.usual = () => new Response(body, { headers: { 'content-type': type } })
    return failureOf(http({ contains: 'São' }))
  }
  expect(await answerWith(latin, 'text/html; charset=ISO-8859-1')).toBeNull()
  expect(await answerWith(latin, 'text/html;charset="windows-1252"; x=y')).toBeNull()
  expect(await answerWith(latin, 'text/html')).toEqual(['body', 'Its answer does not contain "São".'])
  expect(await answerWith(Buffer.from('São Paulo'), 'text/html; charset=nada')).toBeNull()
})

test('redirects without end, and one that is no web address, are said to be that', async () => {
  api.usual = () => Response.redirect('/again', 302)
  expect(await failureOf(http({}))).toEqual(['redirect', 'It redirects more than 5 times in a row.'])
  api.usual = () => new Response(null, { status: 302, headers: { location: 'file:///etc/passwd' } })
  expect(await failureOf(http({}))).toEqual(['redirect', 'It answered 302 and leads to file:, which is not followed.'])
})

test('a body without end is searched at its beginning alone', async () => {
  let sent = 0
  const endless = new ReadableStream({
    pull: (body) => void ((sent += 65_536), body.enqueue(new Uint8Array(65_536).fill(97))),
  })
  api.usual = () => new Response(endless)
  expect(await failureOf(http({ contains: 'b' }))).toMatchObject(['body', expect.anything()])
  expect(sent).toBeLessThan(16 * 1024 * 1024)
})

test('a redirect is followed on the same host alone, unless another is named', async () => {
  const other = startOutsideApi(() => new Response('the other one'))
  const there = other.url.replace('127.0.0.1', 'localhost')
  const moved = (to: string) => (url: URL) =>
    url.pathname === '/' ? new Response(null, { status: 302, headers: { location: to } }) : new Response('moved here')
  api.usual = moved('/new')
  expect(await failureOf(http({ contains: 'moved here' }))).toBeNull()
  expect(await failureOf(http({ status: 302 }))).toBeNull()
  api.usual = moved(there)
  expect(await failureOf(http({}))).toEqual([
    'redirect',
    `It answered 302 and leads to ${new URL(there).origin}, which is not followed.`,
  ])
  expect(other.asked).toEqual([])
  expect(await failureOf(http({ follow_to: ['localhost'], contains: 'the other one' }))).toBeNull()
  api.usual = (url) => new Response(null, { status: 301, headers: { location: `/${url.pathname}x` } })
  expect(await failureOf(http({}))).toMatchObject(['redirect', expect.anything()])
  api.usual = moved('file:///etc/passwd')
  expect(await failureOf(http({}))).toMatchObject(['redirect', expect.anything()])
  other.stop()
})

test('headers, also those of the environment, go to the address itself and to no other', async () => {
  const seen: Array<string | null> = []
  const server = (redirect: () => string | null) =>
    Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(request) {
        seen.push(request.headers.get('authorization'))
        const location = redirect()
        return new Response(null, location === null ? {} : { status: 307, headers: { location } })
      },
    })
  const second = server(() => null)
  const first = server(() => `http://127.0.0.1:${second.port}/`)
  const options = { url: `http://127.0.0.1:${first.port}/`, headers_from_env: { authorization: 'SHOP_TOKEN' } }
  expect(await failureOf(http(options, { env: { SHOP_TOKEN: 'Bearer x' } }))).toBeNull()
  expect(seen).toEqual(['Bearer x', null])
  expect(await failureOf(http(options))).toMatchObject(['configuration', expect.stringContaining('SHOP_TOKEN')])
  await Promise.all([first.stop(true), second.stop(true)])
})

test('a certificate that ends too soon is told beside the answer; one that is not trusted, or of another host, fails', async () => {
  const ask = (certificate_days: number) => http({ url: SECURE, ca: tls.cert, certificate_days })
  expect(await ask(1)).toMatchObject({ failure: null, certificate: null, certificate_ends_at: expect.any(Date) })
  const certificate = { en: expect.stringMatching(/^It is good for 1 more days, until .*; at least 14 are wanted\.$/) }
  expect(await ask(14)).toMatchObject({ failure: null, certificate })
  expect(await failureOf(http({ url: SECURE }))).toMatchObject(['certificate', expect.stringContaining('not trusted')])
  const other = secureServer('127.0.0.2')
  const url = `https://127.0.0.2:${other.port}/`
  expect(await failureOf(http({ url, ca: tls.cert }))).toMatchObject(['certificate', expect.anything()])
  await other.stop(true)
})

test('a TCP port takes a connection, or does not', async () => {
  const server = Bun.listen({ port: 0, hostname: '127.0.0.1', socket: { data() {} } })
  const tcp = (port: number) => outcome({ tcp: { host: '127.0.0.1', port } } as Omit<Asking, 'name'>)
  expect(await tcp(server.port)).toMatchObject({ failure: null, latency_ms: expect.any(Number) })
  server.stop(true)
  expect(await failureOf(tcp(1))).toEqual(['network', 'No connection can be made: the connection was refused.'])
})

test('a DNS name has the record that is wanted, another, or none; a server that is silent is late', async () => {
  const server = `127.0.0.1:${dns.address().port}`
  const ask = (name: string, more: object = {}) =>
    outcome({ dns: { name, server, ...more }, timeout_s: 0.5 } as Omit<Asking, 'name'>)
  expect(await failureOf(ask('www.example.com'))).toBeNull()
  expect(await failureOf(ask('www.example.com', { value: '192.0.2.7' }))).toBeNull()
  expect(await failureOf(ask('www.example.com', { value: '192.0.2.8' }))).toEqual([
    'value',
    'It is 192.0.2.7, and not 192.0.2.8.',
  ])
  expect(await failureOf(ask('mail.example.com', { type: 'MX', value: '10 MX.example.com.' }))).toBeNull()
  expect(await failureOf(ask('text.example.com', { type: 'TXT', value: 'v=spf' }))).toBeNull()
  expect(await failureOf(ask('none.example.com'))).toEqual(['no_record', 'There is no record none.example.com A.'])
  expect(await failureOf(ask('silent.example.com'))).toEqual(['timeout', 'No answer in time.'])
})
