import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const login = (body: Bun.BodyInit, headers = { 'content-type': 'application/json' }) =>
  api.call('POST', '/login', { body, headers })

describe('problems', () => {
  test('an error is problem+json with a code, a sentence and the request id of the header', async () => {
    const answer = await api.call('GET', '/nowhere', { as: 'viewer' })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toEqual({
      type: '/docs/problems/route_not_found',
      title: 'Not Found',
      status: 404,
      detail: 'There is no such route; GET /docs lists them.',
      code: 'route_not_found',
      request_id: answer.headers.get('x-request-id')!,
    })
  })

  test('a wrong method on a known path is a 405 that names the right ones', async () => {
    const answer = await api.call('DELETE', '/me', { as: 'operator' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET')
  })

  test('JSON that is no object is refused, also where nothing is expected', async () => {
    for (const body of ['"AAA"', '1', 'null', 'true', '[]', '[{}]']) {
      const headers = { 'content-type': 'application/json' }
      expect((await api.call('POST', '/logout', { as: 'operator', body, headers })).status).toBe(422)
    }
  })

  test('a fixed path is not taken for an id of its neighbour', async () => {
    const answer = await api.call('DELETE', '/embalagens/export', { as: 'operator' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await api.call('HEAD', '/embalagens/export', { as: 'viewer' })).status).not.toBe(405)
  })

  test('an unforeseen error tells nothing of its inside', async () => {
    await api.db.sql`alter table sessions rename to sessions_away`
    try {
      const answer = await api.call('GET', '/me', { headers: { authorization: `Bearer ${await api.token('viewer')}` } })
      expect(answer.status).toBe(500)
      expect(await answer.text()).not.toMatch(/sessions|select|relation/i)
    } finally {
      await api.db.sql`alter table sessions_away rename to sessions`
    }
  })
})

describe('denial comes before validation', () => {
  test('a protected route says 401 without a token, whatever its input', async () => {
    for (const path of ['/me', '/embalagens?limit=abc', '/embalagens/not-a-uuid', '/never/heard/of/it'])
      expect((await api.call('GET', path)).status).toBe(401)
    const broken = await api.call('POST', '/logout', {
      body: '{broken',
      headers: { 'content-type': 'application/json' },
    })
    expect(broken.status).toBe(401)
    expect(broken.headers.get('www-authenticate')).toStartWith('Bearer')
  })

  test('paths that only look public need a token', async () => {
    for (const path of ['/docs/../me', '/%64ocs', '/health/../me', '//login', '/login/', '/docs/..%2fme', '/HEALTH'])
      expect([401, 302, 200]).toContain((await api.call('GET', path)).status)
    expect((await api.call('GET', '/docs/..%2f..%2fpackage.json')).status).toBe(401)
    expect((await api.call('GET', '//login')).status).toBe(401)
  })
})

describe('bodies', () => {
  test('malformed JSON is a 400, and says so', async () => {
    for (const body of ['{', '', 'nul', '{"username":"a",}']) {
      const answer = await login(body)
      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { code: string }).code).toBe('body_not_json')
    }
  })

  test('a body that nests a hundred thousand levels is a 400', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect((await login(deep)).status).toBe(413)
    const headers = { 'content-type': 'application/json' }
    const answer = await api.call('POST', '/users', { as: 'admin', body: deep, headers })
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { code: string }).code).toBe('body_too_deep')
  })

  test('a body over 1 MiB is a 413, announced or not', async () => {
    const huge = JSON.stringify({ username: 'a'.repeat(1024 * 1024), password: 'x' })
    expect((await login(huge)).status).toBe(413)
    const parts = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(0x20)),
    })
    expect((await login(parts as unknown as Bun.BodyInit)).status).toBe(413)
  })

  test('invalid UTF-8 and prototype keys are refused', async () => {
    expect((await login(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400)
    expect((await login('{"username":"a","password":"b","__proto__":{"role":"admin"}}')).status).toBe(400)
  })

  test('a key twice in one object is refused, however it is written; the same key in two objects is not', async () => {
    for (const body of [
      '{"username":"a","password":"b","username":"admin"}',
      '{"username":"a","password":"b","user\\u006eame":"admin"}',
      '{"username":"a","password":{"x":1,"x":1}}',
      '[{"a":1},{"a":1,"a":2}]',
    ]) {
      const answer = await login(body)
      expect([body, answer.status]).toEqual([body, 400])
      expect(((await answer.json()) as { code: string }).code).toBe('body_key_repeated')
    }
    for (const body of ['{"a":{"x":1},"b":{"x":1}}', '{"a":[{"x:":":"},{"x:":"{\\":\\""}]}', '{"":{"":1}}'])
      expect((await login(body)).status).toBe(422)
  })

  test('a whole number beyond 2^53 is refused, not rounded; decimals are as exact as JSON has them', async () => {
    const trigger = (conf: string) =>
      api.call('POST', '/jobs/nowhere/trigger', {
        as: 'operator',
        body: `{"conf":${conf}}`,
        headers: { 'content-type': 'application/json' },
      })
    for (const number of ['9007199254740993', '-9007199254740992', '[1,{"n":123456789012345678901234567890}]']) {
      const answer = await trigger(`{"n":${number}}`)
      expect([number, answer.status]).toEqual([number, 422])
      expect(await answer.text()).toContain('beyond 2^53')
    }
    for (const number of ['9007199254740991', '1e300', '0.1', '"9007199254740993"'])
      expect((await trigger(`{"n":${number}}`)).status).toBe(404)
  })

  test('a content type is one in any case, and with any parameter', async () => {
    for (const type of ['Application/JSON', 'application/json;charset=UTF-8', 'application/json ; charset=utf-8'])
      expect((await login('{"username":"a","password":"b"}', { 'content-type': type })).status).toBe(401)
    expect((await login('{}', { 'content-type': 'application/jsonp' })).status).toBe(415)
  })

  test('an unknown field is a 422 that names it', async () => {
    const answer = await login('{"username":"a","password":"b","role":"admin"}')
    expect(answer.status).toBe(422)
    const problem = (await answer.json()) as { code: string; errors: { path: string }[] }
    expect(problem.code).toBe('validation_failed')
    expect(problem.errors.map((error) => error.path)).toEqual(['/role'])
  })

  test('every missing field is named', async () => {
    const problem = (await (await login('{}')).json()) as { errors: { path: string }[] }
    expect(new Set(problem.errors.map((error) => error.path))).toEqual(new Set(['/username', '/password']))
  })

  test('a body that is not JSON is not taken for one', async () => {
    const answer = await login('username=a&password=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer.status).toBe(415)
    expect((await login('hello', { 'content-type': 'text/plain' })).status).toBe(415)
  })
})

describe('addresses', () => {
  test('what is no UTF-8 behind a % is a 400, a plain % included', async () => {
    for (const path of [
      '/embalagens?q=%ff%fe',
      '/embalagens?q=%zz',
      '/embalagens?q=100%',
      '/jobs/%c0%af',
      '/users/%ff',
    ]) {
      const answer = await api.call('GET', path, { as: 'admin' })
      expect([path, answer.status]).toEqual([path, 400])
      expect(((await answer.json()) as { code: string }).code).toBe('address_malformed')
    }
    expect((await api.call('GET', '/embalagens?q=100%25', { as: 'viewer' })).status).toBe(200)
    expect((await api.call('GET', '/embalagens?q=%ff')).status).toBe(401)
  })

  test('a parameter given twice is a 422 that names it', async () => {
    for (const query of ['limit=1&limit=2', 'q=a&material=paper&q=b', 'limit=1&lim%69t=1', 'q&q']) {
      const answer = await api.call('GET', `/embalagens?${query}`, { as: 'viewer' })
      expect([query, answer.status]).toEqual([query, 422])
      const [error] = ((await answer.json()) as { errors: { path: string }[] }).errors
      expect(['/limit', '/q']).toContain(error!.path)
    }
    expect((await api.call('GET', '/embalagens?limit=1&&q=a&', { as: 'viewer' })).status).toBe(200)
  })

  test('an id is a UUID as it stands in answers, nothing that only means one', async () => {
    const id = crypto.randomUUID()
    for (const path of ['/embalagens', '/users', '/runs', '/alerts']) {
      for (const odd of [`urn:uuid:${id}`, `%7B${id}%7D`, id.replaceAll('-', ''), `${id}%00`, `${id}%27--`])
        expect([odd, (await api.call('GET', `${path}/${odd}`, { as: 'admin' })).status]).toEqual([odd, 422])
      for (const good of [id, id.toUpperCase()])
        expect([good, (await api.call('GET', `${path}/${good}`, { as: 'admin' })).status]).toEqual([good, 404])
    }
  })
})

describe('docs', () => {
  test.each(['/docs', '/redoc'])('%s and its assets come from here, nothing from outside', async (path) => {
    const page = await (await api.call('GET', path)).text()
    expect(page).not.toMatch(/https?:\/\//)
    for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await api.call('GET', path!)).status).toBe(200)
  })

  test('the OpenAPI document is the same each time, and says nothing of how a route is let in', async () => {
    const [first, second] = [await api.call('GET', '/docs/json'), await api.call('GET', '/docs/json')]
    const text = await first.text()
    expect(await second.text()).toBe(text)
    expect(text).not.toMatch(/"(access|tarpit|before_password_change|before_enrolment|fresh_proof|uncounted)"/)
  })

  test('the OpenAPI document lists the routes with their problems', async () => {
    const document = (await (await api.call('GET', '/docs/json')).json()) as {
      openapi: string
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
    }
    expect(document.openapi).toStartWith('3.')
    expect(Object.keys(document.paths)).toContain('/metrics')
    expect(Object.keys(document.paths['/login']!.post!.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '413', '422']),
    )
  })
})

test('answers carry security headers and keep a sane request id of the client', async () => {
  const answer = await api.call('GET', '/health/live', { headers: { 'x-request-id': 'client-id-1' } })
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('x-request-id')).toBe('client-id-1')
  const odd = await api.call('GET', '/health/live', { headers: { 'x-request-id': 'a b\t"' } })
  expect(odd.headers.get('x-request-id')).not.toBe('a b\t"')
})
