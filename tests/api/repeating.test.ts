/** Idempotency-Key, ETag and If-Match, once for all routes: what the document says of each, and what it then does. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { reportKey } from '../../db/reports/reports.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

interface Parameter {
  name: string
  in: string
  $ref?: string
}
interface Operation {
  parameters?: Parameter[]
  responses: Record<string, unknown>
}
let api: TestApi
let operations: Array<{ route: string; method: string; path: string; operation: Operation }>
beforeAll(async () => {
  api = await testApi()
  const document = (await (await api.call('GET', '/docs/json')).json()) as {
    paths: Record<string, Record<string, Operation>>
    components: { parameters: Record<string, Parameter> }
  }
  const resolved = (parameter: Parameter): Parameter =>
    parameter.$ref ? document.components.parameters[parameter.$ref.split('/').at(-1)!]! : parameter
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], ...operation }]) => {
      const route = `${method.toUpperCase()} ${path}`
      return { route, method, path, operation: { ...operation, parameters: parameters.map(resolved) } }
    }),
  )
})
afterAll(() => api.close())

const naming = (header: string) =>
  operations.filter(({ operation }) => operation.parameters?.some(({ name }) => name === header))
const routes = (some: typeof operations) => some.map(({ route }) => route).toSorted()

const item = { sku: 'R-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1.50', currency: 'BRL' }
const silence = { rule: 'JOB_FAILED', subject: 'nobody', reason: 'a test', ends_at: '' }
/** A body for each route that takes the key; other than JSON: what to send as what. */
const BODIES: Record<string, { json?: unknown; body?: string; as: 'operator' | 'admin' }> = {
  'POST /embalagens': { as: 'operator', json: item },
  'POST /embalagens/import': {
    as: 'operator',
    body: 'sku,name,material,kind,unit_cost,currency\nR-2,a,paper,box,1,BRL',
  },
  'POST /users': { as: 'admin', json: { username: 'repeated', password: PASSWORD, role: 'viewer' } },
  'POST /events': { as: 'operator', json: { sku: 'R-1', kind: 'sale', quantity: 1 } },
  'POST /charts?name=r.csv': { as: 'operator', body: 'a,b\n1,2' },
  'POST /silences': { as: 'admin', json: silence },
  'POST /systems/{system}/orders/fill': { as: 'operator', json: { count: 2 } },
  'POST /systems/{system}/send': { as: 'operator' },
  'POST /replays': { as: 'operator', json: { name: 'repeated', source: 'orders', filter: {} } },
  'POST /orders/dead/replay': { as: 'operator', json: { rate_per_s: 10 } },
  'POST /events/failed/replay': { as: 'operator', json: { rate_per_s: 10 } },
}
/** They need a job, which no jobs program has told this database of: tests/api/jobs.test.ts repeats them. */
const ELSEWHERE = ['POST /jobs/{name}/trigger', 'POST /jobs/{name}/backfill']

test('every POST that creates takes Idempotency-Key, and answers the second time as the first', async () => {
  // An API key is shown once, and so never kept for a repeat, which is a conflict (api-keys.test.ts).
  const shown_once = 'POST /me/api-keys'
  const creating = operations.filter(
    ({ method, operation, route }) => method === 'post' && operation.responses['201'] && route !== shown_once,
  )
  for (const { route, operation } of creating)
    expect([route, operation.parameters?.map(({ name }) => name)]).toEqual([
      route,
      expect.arrayContaining(['Idempotency-Key']),
    ])
  const tried = Object.keys(BODIES).map((route) => route.split('?')[0]!)
  expect([...tried, ...ELSEWHERE].toSorted()).toEqual(routes(naming('Idempotency-Key')))

  silence.ends_at = new Date(Date.now() + 3_600_000).toISOString()
  for (const [route, { as, json, body }] of Object.entries(BODIES)) {
    const [method, path] = route.split(' ') as [string, string]
    const key = { 'idempotency-key': crypto.randomUUID(), ...(body !== undefined && { 'content-type': 'text/csv' }) }
    const at = path.replace('{system}', 'a')
    const send = () => api.call(method, at, { as, headers: key, ...(body === undefined ? { json } : { body }) })
    const [first, second] = [await send(), await send()]
    expect([route, first.status < 300, second.status]).toEqual([route, true, first.status])
    expect([route, await second.json()]).toEqual([route, await first.json()])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    const other = await api.call(method, at, {
      as,
      headers: key,
      ...(body === undefined ? { json: {} } : { body: 'x' }),
    })
    expect([route, other.status]).toEqual([route, 422])
  }
})

test('every route that changes or deletes one resource takes If-Match; of fifty at once one wins', async () => {
  const changing = operations.filter(
    ({ method, path }) => ['put', 'patch', 'delete'].includes(method) && path.includes('{'),
  )
  // Silences, sessions, API keys, jobs whose file is gone and drawn charts are never changed here: they can only be ended, once.
  const only_ended = [
    'DELETE /charts/{id}',
    'DELETE /silences/{id}',
    'DELETE /jobs/{name}',
    'DELETE /me/api-keys/{id}',
    'DELETE /users/{id}/api-keys/{key_id}',
    'DELETE /me/sessions/{id}',
    'DELETE /users/{id}/sessions',
    'DELETE /users/{id}/sessions/{sid}',
  ]
  // A dead letter is never changed either: of two who purge or edit it one is told that it is not dead any more (409). A note has
  // no version: the audit has the one before.
  const only_once = ['DELETE /dead-letters/{id}', 'PUT /dead-letters/{id}', 'PUT /dead-letters/groups/{id}/note']
  const others = [...only_ended, ...only_once]
  expect(routes(changing).filter((route) => !others.includes(route))).toEqual(routes(naming('If-Match')))
  for (const { route, operation } of naming('If-Match'))
    expect([route, Object.keys(operation.responses)]).toEqual([route, expect.arrayContaining(['412'])])

  const created = async (path: string, json: unknown) => {
    const answer = await api.call('POST', path, { as: 'admin', json })
    return { id: ((await answer.json()) as { id: string }).id, etag: answer.headers.get('etag')! }
  }
  const race = async (method: string, path: string, json: (n: number) => unknown, etag: string) => {
    const change = (n: number) => api.call(method, path, { as: 'admin', json: json(n), headers: { 'if-match': etag } })
    const statuses = (await Promise.all(Array.from({ length: 50 }, (_, n) => change(n)))).map(({ status }) => status)
    return [statuses.filter((status) => status < 300).length, statuses.filter((status) => status === 412).length]
  }
  const box = await created('/embalagens', { ...item, sku: 'R-3' })
  expect(await race('PUT', `/embalagens/${box.id}`, (n) => ({ ...item, sku: 'R-3', stock: n }), box.etag)).toEqual([
    1, 49,
  ])
  const user = await created('/users', { username: 'raced', password: PASSWORD, role: 'viewer' })
  const roles = (n: number) => ({ role: n % 2 ? 'operator' : 'admin' })
  expect(await race('PATCH', `/users/${user.id}`, roles, user.etag)).toEqual([1, 49])
  const old = await api.call('DELETE', `/embalagens/${box.id}`, { as: 'admin', headers: { 'if-match': box.etag } })
  expect(old.status).toBe(412)
})

test('every single resource, and each page of what belongs to it, has an ETag, which is 304 until something of it changes', async () => {
  const tagged = operations.filter(({ method, path }) => method === 'get' && path.includes('{'))
  expect(routes(naming('If-None-Match'))).toEqual(routes(tagged))
  const report = Bun.randomUUIDv7()
  await api.db.sql`insert into reports (id, name, summary) values (${report}, 'packaging', '{"items": 7}')`
  await api.db.objects.put(reportKey(report, 'csv'), 'material,items\r\n')
  const chart = Bun.randomUUIDv7()
  await api.db.sql`
    insert into charts (id, source_key, source_version, state, output_key)
    values (${chart}, 'uploads/r.csv', 'v', 'drawn', 'graficos/r')`
  await api.db.objects.put('graficos/r.svg', '<svg/>')
  const [user] = await api.db.sql<{ id: string }[]>`select id from users where username = 'admin'`
  const [box] = await api.db.sql<{ id: string }[]>`select id from packaging limit 1`
  for (const path of [
    `/embalagens/${box!.id}`,
    `/users/${user!.id}`,
    `/charts/${chart}`,
    `/charts/${chart}.svg`,
    `/api/relatorios/${report}`,
    `/api/relatorios/${report}.csv`,
  ]) {
    const ask = (tag?: string) =>
      api.call('GET', path, { as: 'admin', headers: tag === undefined ? {} : { 'if-none-match': tag } })
    const first = await ask()
    const etag = first.headers.get('etag')!
    expect([path, first.status, etag]).toEqual([path, 200, expect.stringMatching(/^"[\w-]+"$/)])
    expect((await first.bytes()).length).toBeGreaterThan(0)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const known = await ask(tag)
      expect([path, tag, known.status, known.headers.get('etag')]).toEqual([path, tag, 304, etag])
      expect(await known.text()).toBe('')
    }
    expect((await ask('"another"')).status).toBe(200)
  }
  const before = (await api.call('GET', `/charts/${chart}`, { as: 'admin' })).headers.get('etag')!
  await api.db.sql`update charts set state = 'failed' where id = ${chart}`
  const changed = await api.call('GET', `/charts/${chart}`, { as: 'admin', headers: { 'if-none-match': before } })
  expect(changed.status).toBe(200)
})
