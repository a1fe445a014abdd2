/** The API behind its real socket: addresses, HTTPS, oversized answers and requests; slow clients are in server.slow. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import { join } from 'node:path'
import { readApiConfig } from '../../api/config.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { signInAsAdmin, startApi, type ApiProgram } from '../kit/api-program.ts'
import { until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
})
afterAll(() => database.close())

const PRODUCTION = {
  NODE_ENV: 'production',
  PASSWORD_ROUNDS: '600000',
  JWT_SECRET: 'a secret that only tests know, 32 bytes',
  TOTP_KEY: 'a key that only tests know, 32 bytes',
}
const start = (env: Record<string, string>) => startApi({ DATABASE_URL: database.url, DATA_DIR: folder, ...env })

describe('addresses', () => {
  let api: ApiProgram
  beforeAll(async () => {
    api = await start({ TRUSTED_PROXIES: '127.0.0.0/8', RATE_LIMIT_ANONYMOUS_PER_MIN: '2' })
  })
  afterAll(() => api.kill('SIGKILL'))
  const from = (forwarded: string) =>
    fetch(`${api.url}/me`, { headers: { 'x-forwarded-for': forwarded } }).then(({ status }) => status)

  test('a trusted proxy says who asks; what the client itself wrote before is not believed', async () => {
    expect([await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.1')]).toEqual([401, 401, 429])
    expect(await from('203.0.113.2')).toBe(401)
    // Another spoofed first entry does not make another client.
    expect(await from('198.51.100.7, 203.0.113.1')).toBe(429)
    expect(await from('198.51.100.7, 203.0.113.1, 127.0.0.9')).toBe(429)
  })

  test('a port behind the address, and brackets round it, belong to the address', async () => {
    const asked = ['203.0.113.7:50123', '203.0.113.7:50124', '203.0.113.7', '203.0.113.8:50123']
    const asked6 = ['[2001:db8:7::1]:50123', '[2001:db8:7::1]', '2001:db8:7::1', '[2001:db8:8::1]:1']
    const statuses: number[] = []
    for (const address of [...asked, ...asked6]) statuses.push(await from(address))
    expect(statuses).toEqual([401, 401, 429, 401, 401, 401, 429, 401])
  })

  test('an IPv6 network is one stranger, however many addresses of it ask', async () => {
    const asked = ['2001:db8::1', '2001:DB8:0:0:ffff::2', '2001:db8::3', '2001:db8:0:1::1']
    const statuses: number[] = []
    for (const address of asked) statuses.push(await from(address))
    expect(statuses).toEqual([401, 401, 429, 401])
  })

  test('the access log names the address and the user of a request', async () => {
    const authorization = `Bearer ${await signInAsAdmin(api.url)}`
    await fetch(`${api.url}/me`, { headers: { authorization, 'x-forwarded-for': '192.0.2.7' } })
    const lineOf = (address: string) =>
      api
        .output()
        .split('\n')
        .find((line) => line.includes('"log":"access"') && line.includes(`"address":"${address}"`))
    const signed_in = JSON.parse(await until('the line', () => lineOf('192.0.2.7'))) as object
    expect(signed_in).toMatchObject({ path: '/me', status: 200, user_id: expect.any(String), username: 'admin' })
    expect(JSON.parse(lineOf('203.0.113.2')!)).not.toHaveProperty('user_id')
  })

  test('behind HTTPS of a proxy browsers are told to stay with it', async () => {
    const ask = (proto: string) => fetch(`${api.url}/health/live`, { headers: { 'x-forwarded-proto': proto } })
    expect((await ask('https')).headers.get('strict-transport-security')).toContain('max-age=')
    expect((await ask('http')).headers.get('strict-transport-security')).toBeNull()
  })
})

test('in production without TRUSTED_PROXIES nobody may say where they come from, nor read metrics through a proxy', async () => {
  const { url, kill } = await start({ ...PRODUCTION, RATE_LIMIT_ANONYMOUS_PER_MIN: '4' })
  const metrics = (headers: Record<string, string>) => fetch(`${url}/metrics`, { headers })
  const [ours, theirs] = [await metrics({}), await metrics({ 'x-forwarded-for': '203.0.113.9' })]
  const ask = (n: number) => fetch(`${url}/me`, { headers: { 'x-forwarded-for': `203.0.113.${n}` } })
  const statuses: number[] = []
  for (let n = 0; n < 4; n++) statuses.push((await ask(n)).status)
  kill('SIGKILL')
  // After these two.
  expect(statuses).toEqual([401, 401, 429, 429])
  expect([ours.status, theirs.status]).toEqual([200, 401])
})

test('TLS_CERT and TLS_KEY turn on HTTPS, and plain HTTP is no longer served', async () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const command = [
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
  ]
  expect(Bun.spawnSync([...command, ...subject]).exitCode).toBe(0)
  const { port, output, kill } = await start({ TLS_CERT: cert, TLS_KEY: key })
  const answer = await fetch(`https://localhost:${port}/health/live`, { tls: { ca: await Bun.file(cert).text() } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('strict-transport-security')).toContain('max-age=')
  expect(output()).toContain(`https://127.0.0.1:${port}`)
  await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow()
  for (const [words, taken] of [
    ['-tls1_1', false],
    ['-tls1_2 -cipher AES128-SHA', false],
    ['-tls1_2 -cipher AES128-GCM-SHA256', false],
    ['-tls1_2 -cipher ECDHE-RSA-AES128-SHA', false],
    ['-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256', true],
    ['-tls1_3', true],
  ] as const) {
    const command = ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-CAfile', cert, ...words.split(' ')]
    const { exitCode } = Bun.spawnSync(command, { stdin: new Uint8Array(), timeout: 20_000 })
    expect([words, exitCode === 0]).toEqual([words, taken])
  }
  kill('SIGKILL')
  expect(() => readApiConfig({ TLS_CERT: cert })).toThrow('belong together')
  expect(() => readApiConfig({ TLS_CERT: cert, TLS_KEY: join(folder, 'nowhere') })).toThrow('cannot be read')
  expect(() => readApiConfig({ TRUSTED_PROXIES: '10.0.0.0/33' })).toThrow('TRUSTED_PROXIES')
})

describe('large answers and requests', () => {
  let api: ApiProgram
  beforeAll(async () => void (api = await start({})))
  afterAll(() => api.kill('SIGKILL'))

  test('a list that is longer than a send buffer arrives whole, also to HTTP/1.0, and for HEAD without its body', async () => {
    const authorization = `Bearer ${await signInAsAdmin(api.url)}`
    const rows = Array.from({ length: 100 }, (_, n) => `P${n},${'ç'.repeat(150)} ${n},paper,box,1.50,BRL`)
    const csv = ['sku,name,material,kind,unit_cost,currency', ...rows].join('\n')
    const url = `${api.url}/embalagens`
    const headers = { authorization, 'content-type': 'text/csv' }
    expect((await fetch(`${url}/import`, { method: 'POST', body: csv, headers })).status).toBe(200)

    const get = { headers: { authorization } }
    const page = await (await fetch(`${url}?limit=100`, get)).text()
    expect((JSON.parse(page) as { items: unknown[] }).items).toHaveLength(100)
    expect(page.length).toBeGreaterThan(40_000)
    const again = await Promise.all(
      Array.from({ length: 40 }, async () => (await fetch(`${url}?limit=100`, get)).text()),
    )
    expect(new Set(again)).toEqual(new Set([page]))
    const head = await fetch(`${url}?limit=100`, { ...get, method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const old = await exchange(
      api.port,
      `GET /embalagens?limit=100 HTTP/1.0\r\nauthorization: ${authorization}\r\n\r\n`,
    )
    expect(old.slice(old.indexOf('\r\n\r\n') + 4)).toBe(page)
  })

  test('an address and headers of more than 16 KiB are a problem, in every route and in none', async () => {
    for (const [path, headers] of [
      ['/health/live', { 'x-huge': 'a'.repeat(17_000) }],
      ['/embalagens', { cookie: 'a'.repeat(40_000) }],
      ['/nowhere', { 'x-huge': 'a'.repeat(17_000) }],
      [`/health/live?${'a'.repeat(17_000)}`, {}],
    ] as Array<[string, Record<string, string>]>) {
      const answer = await fetch(`${api.url}${path}`, { headers })
      const { code, status } = (await answer.json()) as { code: string; status: number }
      expect([path.slice(0, 20), answer.status, status, code]).toEqual([
        path.slice(0, 20),
        431,
        431,
        'headers_too_large',
      ])
    }
    expect((await fetch(`${api.url}/health/live`, { headers: { 'x-large': 'a'.repeat(15_000) } })).status).toBe(200)
  })

  test('ten megabytes of headers are refused, and the API goes on', async () => {
    const answer = await fetch(`${api.url}/health/live`, {
      headers: { 'x-huge': 'a'.repeat(10_000_000) },
    })
      .then(({ status }) => status)
      .catch(() => 'closed' as const)
    expect([431, 'closed']).toContain(answer)
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200)
  })
})

/** Sends `request` and returns all that comes until the server closes. */
async function exchange(port: number, request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const parts: Buffer[] = []
  const socket = connect(port, '127.0.0.1', () => socket.write(request))
  socket.on('error', reject).on('data', (part: Buffer) => parts.push(part))
  socket.on('end', () => resolve(Buffer.concat(parts).toString()))
  return promise
}
