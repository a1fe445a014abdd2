/** How large a body may be, and what is said of one that is larger, or of another shape. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { jsonRoutes } from './json-routes.ts'

setDefaultTimeout(120_000)

const KIB = 1024
const { api, routes, post } = jsonRoutes()

test('where people sign in, more than 16 KiB is a 413', async () => {
  const small = routes()
    .filter(({ limit_bytes }) => limit_bytes === 16 * KIB)
    .map(({ path }) => path)
  expect(small.toSorted()).toEqual([
    '/2fa/disable',
    '/2fa/recovery-codes',
    '/2fa/verify',
    '/first-password',
    '/login',
    '/me/api-keys',
    '/me/password',
    '/token/refresh',
  ])
  const method = (path: string) => (path === '/me/password' ? 'PUT' : 'POST')
  for (const path of small) {
    const body = (size: number) => JSON.stringify({ unknown: 'a'.repeat(size - '{"unknown":""}'.length) })
    expect([path, (await post(path, body(16 * KIB), method(path))).status]).toEqual([path, 422])
    const answer = await post(path, body(16 * KIB + 1), method(path))
    expect([path, answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      path,
      413,
      'The body is larger than 16 KiB.',
    ])
  }
})

test('a compressed body is a 415 that says so, whoever would read it', async () => {
  const send = (path: string, type: string, encoding: string) =>
    api().call('POST', path, {
      as: 'admin',
      body: Bun.gzipSync('{"conf":{}}'),
      headers: { 'content-type': type, 'content-encoding': encoding },
    })
  for (const [path, type] of [
    ['/login', 'application/json'],
    ['/jobs/free/trigger', 'application/json'],
    ['/embalagens/import', 'text/csv'],
    ['/charts?name=a.csv', 'text/csv'],
    ['/webhook/airflow', 'application/json'],
  ] as const)
    for (const encoding of ['gzip', 'GZIP', 'br', 'identity, gzip']) {
      const answer = await send(path, type, encoding)
      const { code } = (await answer.json()) as { code: string }
      expect([path, encoding, answer.status, code]).toEqual([path, encoding, 415, 'body_encoding_unsupported'])
    }
  const plain = { 'content-type': 'application/json', 'content-encoding': 'identity' }
  const answer = await api().call('POST', '/jobs/free/trigger', { as: 'admin', body: '{"conf":{}}', headers: plain })
  expect(answer.status).toBe(202)
})

describe('what a body is told of its outline', () => {
  const told = async (path: string, body: string, method?: string) => {
    const answer = await post(path, body, method)
    const {
      code,
      detail,
      errors = [],
    } = (await answer.json()) as {
      code: string
      detail: string
      errors?: Array<{ path: string; message: string }>
    }
    return { status: answer.status, code, detail, errors }
  }

  test('a list is not an object', async () => {
    expect(await told('/users', '[1,2,3]')).toMatchObject({
      status: 422,
      errors: [{ path: '/', message: 'must be an object' }],
    })
  })

  test('20,000 values are read, more are a 413', async () => {
    const conf = (length: number) => JSON.stringify({ conf: { n: Array(length).fill(1) } })
    expect((await told('/jobs/free/trigger', conf(19_990))).status).toBe(202)
    expect(await told('/jobs/free/trigger', conf(20_001))).toMatchObject({
      status: 413,
      code: 'body_too_many_values',
      detail: 'The body holds more than 20000 fields and items of lists.',
    })
  })

  test('a field may have a name of 1,000 characters, and no longer one, wherever it stands', async () => {
    const conf = (length: number) => JSON.stringify({ conf: { list: [{ ['k'.repeat(length)]: 1 }] } })
    expect((await told('/jobs/free/trigger', conf(1000))).status).toBe(202)
    for (const [path, body] of [
      ['/jobs/free/trigger', conf(1001)],
      ['/users', JSON.stringify({ ['~/'.repeat(500_000)]: 1 })],
      ['/events', JSON.stringify([{ ['~/'.repeat(500_000)]: 1 }])],
    ] as const)
      expect([path, await told(path, body)]).toMatchObject([
        path,
        { status: 422, errors: [{ path: '/', message: 'has a field whose name is longer than 1000 characters' }] },
      ])
  })

  test('a hundred unknown fields are named, and the rest counted', async () => {
    const { status, errors } = await told(
      '/users',
      JSON.stringify(
        Object.fromEntries(
          Array(250)
            .keys()
            .map((i) => [`k~/${i}`, i]),
        ),
      ),
    )
    expect([status, errors.length]).toEqual([422, 101])
    expect(errors[0]).toEqual({ path: '/k~0~10', message: 'is unknown' })
    expect(errors[100]).toEqual({ path: '/', message: 'and 150 more' })
    const many = Array.from({ length: 250 }, (_, i) => `k${i}`).join('&')
    const answer = (await (await api().call('GET', `/me?${many}`, { as: 'viewer' })).json()) as {
      errors: unknown[]
    }
    expect(answer.errors.at(-1)).toEqual({ path: '/', message: 'and 150 more' })
  })

  test('a list that is too long is named alone', async () => {
    const item = {
      sku: 'A',
      name: 'A',
      material: 'paper',
      kind: 'box',
      unit_cost: '1',
      currency: 'BRL',
    }
    expect(await told('/embalagens', JSON.stringify({ ...item, tags: Array(5000).fill(1) }))).toMatchObject({
      status: 422,
      errors: [{ path: '/tags', message: expect.stringMatching(/^must have at most \d+ items$/) }],
    })
  })

  test('a thousand bad events are told of as far as a hundred errors go', async () => {
    const { status, errors } = await told('/events', JSON.stringify(Array(1000).fill({})))
    expect([status, errors.length]).toEqual([422, 100])
    expect(errors[0]!.path).toBe('/0/sku')
    expect(errors.at(-1)).toEqual({
      path: '/',
      message: 'holds too many errors to list; the last 966 events were not checked',
    })
  })
})
