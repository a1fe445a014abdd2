/** What decides who may ask is the path of the route that answers, however a request writes host and path. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createTokens } from '../../api/auth/tokens.ts'
import { connect } from '../../db/engines/connect.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { insertSession } from '../../db/users/sessions.ts'
import { insertUser, type UserRole } from '../../db/users/users.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { startApi, type ApiProgram } from '../kit/api-program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const SECRET = 'a secret that only tests know, 32 bytes'
const tokens: Partial<Record<UserRole, string>> = {}
let database: TestDatabase
let folder: string
let api: ApiProgram
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, JWT_SECRET: SECRET, LOCALE: 'en' }
  api = await startApi({ ...env, RATE_LIMIT_ANONYMOUS_PER_MIN: '100000' })
  const db = await connect(readDbConfig(envReader(env)), createLog('api', 'silent'), ['sql'])
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const user = await insertUser(db.sql, { username: `a ${role}`, password_hash: 'none', role })
    tokens[role] = await createTokens(SECRET, 900).issue(user!.id, await insertSession(db.sql, user!.id, 3600))
  }
  await db.close()
})
afterAll(async () => {
  api.kill('SIGKILL')
  await database.close()
})

/** The status, and the body, of a request written byte by byte; 0 where the connection is closed without a word. */
async function say(
  line: string,
  headers: string[] = [],
  as?: UserRole,
  body = '',
): Promise<{ status: number; body: string }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let said = ''
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: api.port,
    socket: { data: (_, bytes) => void (said += bytes.toString('latin1')), close: () => resolve() },
  })
  const all = [line, ...headers, ...(as ? [`Authorization: Bearer ${tokens[as]}`] : []), 'Connection: close', '', body]
  socket.write(Buffer.from(all.join('\r\n'), 'latin1'))
  await promise
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? 0), body: said.split('\r\n\r\n').slice(1).join() }
}

describe('a host cannot move the path', () => {
  test('a short host does not make a protected route public', async () => {
    for (const host of ['a', 'ab', 'abc', 'a:1', 'abcd', 'x'.repeat(200)])
      for (const path of ['/docs/audit', '/docs/embalagens', '/redoc/jobs', '/docs/me', '/docs/metrics']) {
        const { status, body } = await say(`GET ${path} HTTP/1.1`, [`Host: ${host}`])
        expect([host, path, status]).toEqual([host, path, 404])
        expect(body).not.toContain('"items"')
      }
  })

  test('nor does it move a viewer to a route of admins', async () => {
    for (const host of ['a', 'ab', 'abc', 'abcd'])
      for (const path of ['/me/audit', '/jobs/audit', '/jobs/users', '/silences/audit'])
        expect([403, 404, 405]).toContain((await say(`GET ${path} HTTP/1.1`, [`Host: ${host}`], 'viewer')).status)
  })

  test('a short host is a host like any other', async () => {
    for (const host of ['a', 'api', 'db:1']) {
      expect((await say('GET /health/live HTTP/1.1', [`Host: ${host}`])).status).toBe(200)
      expect((await say('GET /embalagens?limit=1 HTTP/1.1', [`Host: ${host}`], 'viewer')).status).toBe(200)
      expect((await say('GET /embalagens?limit=x HTTP/1.1', [`Host: ${host}`], 'viewer')).status).toBe(422)
      const slashes = '/embalagens?q=/a/b&limit=x/y'
      expect((await say(`GET ${slashes} HTTP/1.1`, [`Host: ${host}`], 'viewer')).status).toBe(422)
      expect((await say('GET /runs/nothing HTTP/1.1', [`Host: ${host}`], 'viewer')).status).toBe(422)
      expect((await say('HEAD /jobs/nothing HTTP/1.1', [`Host: ${host}`], 'viewer')).status).toBe(404)
    }
  })

  test('nor does a short host lose a body', async () => {
    const body = JSON.stringify({ username: 'nobody', password: 'wrong' })
    const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`]
    for (const line of ['POST /login HTTP/1.0', 'POST /login HTTP/1.1'])
      expect((await say(line, line.endsWith('1') ? ['Host: a', ...headers] : headers, undefined, body)).status).toBe(
        401,
      )
  })

  test('a Host that is none is refused, whatever stands in it', async () => {
    for (const host of ['', 'a"b', 'a/b', 'a b', 'x://y/docs', 'a?b', 'u:p@h', 'a\\b', '\xff\xfe/audit'])
      for (const path of ['/xxxxx/docs/audit', '/audit', '/health/live'])
        expect((await say(`GET ${path} HTTP/1.1`, [`Host: ${host}`])).status).toBe(400)
    expect((await say('GET /health/live HTTP/1.1')).status).toBe(400)
  })

  test('two Hosts are refused, also when they are alike', async () => {
    for (const hosts of [['a.example', 'b.example'], ['a.example', 'a.example'], ['a.example, b.example'], ['a,b']])
      for (const path of ['/health/live', '/audit', '/docs'])
        expect(
          (
            await say(
              `GET ${path} HTTP/1.1`,
              hosts.map((host) => `Host: ${host}`),
            )
          ).status,
        ).toBe(400)
  })

  test('HTTP/1.0 may leave the host out, and is let in by the same rules', async () => {
    expect((await say('GET /health/live HTTP/1.0')).status).toBe(200)
    expect((await say('GET /embalagens?limit=x HTTP/1.0', [], 'viewer')).status).toBe(422)
    expect((await say('GET /audit HTTP/1.0', [], 'viewer')).status).toBe(403)
    for (const path of ['/audit', '/xxxxx/docs/audit', '/x/docs/audit'])
      expect((await say(`GET ${path} HTTP/1.0`)).status).toBe(401)
  })

  test('the whole address in the request line counts by its path', async () => {
    expect((await say('GET http://evil.example/audit HTTP/1.1', ['Host: abcd'])).status).toBe(401)
    expect((await say('GET http://a/docs/audit HTTP/1.1', ['Host: a'])).status).toBe(404)
  })
})

describe('spellings of a path', () => {
  test('none of them reaches a route of admins without being one', async () => {
    const spellings = [
      '/audit/',
      '//audit',
      '/./audit',
      '/x/../audit',
      '/docs/../audit',
      '/docs/%2e%2e/audit',
      '/%61udit',
    ]
    const more = [
      '/audit%2f',
      '/audit;x',
      '/AUDIT',
      '/audit#x',
      '/docs\\..\\audit',
      '/audit%00',
      '/audit%20',
      '/audit.',
    ]
    for (const path of [...spellings, ...more])
      for (const as of ['viewer', 'operator', undefined] as const) {
        const { status, body } = await say(`GET ${path} HTTP/1.1`, ['Host: localhost'], as)
        expect([path, as, [401, 403, 404].includes(status)]).toEqual([path, as, true])
        expect(body).not.toContain('"items"')
      }
  })

  test('a slash at the end is another path, for every role', async () => {
    for (const line of ['POST /jobs/nightly/pause/', 'POST /jobs/nightly/resume/', 'POST /silences/', 'GET /metrics/'])
      expect((await say(`${line} HTTP/1.1`, ['Host: localhost', 'Content-Length: 0'], 'operator')).status).toBe(404)
    expect((await say('GET /audit/ HTTP/1.1', ['Host: localhost'], 'admin')).status).toBe(404)
    expect((await say('GET /audit HTTP/1.1', ['Host: localhost'], 'admin')).status).toBe(200)
  })

  test('a method that no route has is no way around either', async () => {
    for (const method of ['PROPFIND', 'QUERY', 'OPTIONS', 'HEAD'])
      expect((await say(`${method} /audit HTTP/1.1`, ['Host: localhost'], 'operator')).status).toBe(403)
  })

  test('TRACE and CONNECT work nowhere, for anybody', async () => {
    for (const method of ['TRACE', 'CONNECT'])
      for (const path of ['/audit', '/health/live', '/nowhere'])
        for (const as of ['admin', undefined] as const) {
          const { status, body } = await say(
            `${method} ${path} HTTP/1.1`,
            ['Host: localhost', 'X-Told: to be kept'],
            as,
          )
          expect([method, path, status]).toEqual([method, path, 405])
          expect(body).toContain('method_not_allowed')
          expect(body).not.toContain('to be kept')
        }
    for (const target of ['example.com:443', 'a:1', '127.0.0.1:22', '[::1]:443', 'example.com:443?a=b'])
      for (const host of ['localhost', target]) {
        const { status, body } = await say(`CONNECT ${target} HTTP/1.1`, [`Host: ${host}`])
        expect([target, host, status === 400 || body.includes('method_not_allowed'), status < 500]).toEqual([
          target,
          host,
          true,
          true,
        ])
      }
  })
})
