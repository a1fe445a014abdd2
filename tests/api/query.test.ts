/** Query parameters, on every route of the table: none that it does not know, each in one notation. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createRouteTable, type Route } from '../../api/http/route-table.ts'
import { Elysia, t } from 'elysia'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi({ METRICS_TOKEN: '' })))
afterAll(() => api.close())

const NAMES: Record<string, string> = { name: 'hello', system: 'a' }
const pathOf = ({ path }: Route) =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => NAMES[name] ?? '01a1fc6d-ba26-771a-b067-b72d1b4570e8')

async function ask(route: Pick<Route, 'method' | 'path'>, query: string, headers: Record<string, string> = {}) {
  const answer = await api.call(route.method, `${pathOf(route as Route)}?${query}`, { as: 'admin', headers })
  const { errors = [] } = answer.status === 422 ? ((await answer.json()) as Refusal) : {}
  return { status: answer.status, errors }
}
interface Refusal {
  errors?: Array<{ path: string; message: string }>
}

describe('an unknown parameter', () => {
  test('is refused by every route, public ones too, and named', async () => {
    expect(api.routes.length).toBeGreaterThan(50)
    for (const route of api.routes) {
      const { status, errors } = await ask(route, 'dryrun=true')
      const place = `${route.method} ${route.path}`
      expect([place, status]).toEqual([place, 422])
      expect([place, errors.find(({ path }) => path === '/dryrun')?.message]).toEqual([place, 'is unknown'])
    }
  })

  test('is refused before an import, which does nothing', async () => {
    const body = 'sku,name,material,kind,unit_cost,currency\nQ-1,Box,paper,box,1,BRL\n'
    const answer = await api.call('POST', '/embalagens/import?dryrun=true', {
      as: 'operator',
      body,
      headers: { 'content-type': 'text/csv' },
    })
    expect(answer.status).toBe(422)
    expect(await api.db.sql`select from packaging where sku = 'Q-1'`).toBeEmpty()
  })

  test('is told in Portuguese, too, and only to those who may call the route', async () => {
    const { errors } = await ask({ method: 'GET', path: '/health/live' }, 'x=1', { 'accept-language': 'pt' })
    expect(errors).toEqual([{ path: '/x', message: 'é desconhecido' }])
    expect((await api.call('GET', '/me?x=1')).status).toBe(401)
  })

  test('cannot be let in by a schema that says nothing of it', () => {
    const open = new Elysia().get('/', () => '', { query: t.Object({}), detail: { access: 'public' } })
    expect(() => createRouteTable(open.routes)).toThrow('takes unknown query parameters')
  })
})

describe('a parameter that does not fit', () => {
  test('is named, once, in plain words of both languages', async () => {
    for (const [path, query, en, pt] of [
      ['/embalagens', 'limit=abc', 'must be an integer from 1 to 100', 'deve ser um número inteiro de 1 a 100'],
      ['/embalagens', 'limit=0', 'must be at least 1', 'deve ser no mínimo 1'],
      ['/embalagens', 'limit=101', 'must be at most 100', 'deve ser no máximo 100'],
      ['/embalagens', 'low_stock=1', 'must be true or false', 'deve ser true ou false'],
      [
        '/embalagens',
        'q=%00',
        'must be a text without control characters',
        'deve ser um texto sem caracteres de controle',
      ],
      ['/users', 'role=root', 'must be one of viewer, operator, admin', 'deve ser um destes: viewer, operator, admin'],
      ['/silences', 'active=yes', 'must be true or false', 'deve ser true ou false'],
      ['/events/history', 'sku=A&day=1', 'must be a date such as 2026-01-31', 'deve ser uma data como 2026-01-31'],
    ]) {
      const name = query!.match(/(\w+)=[^=]*$/)![1]!
      for (const [language, message] of [
        ['en', en!],
        ['pt', pt!],
      ] as const) {
        const { errors } = await ask({ method: 'GET', path: path! }, query!, { 'accept-language': language })
        expect([query!, errors]).toEqual([query!, [{ path: `/${name}`, message }]])
      }
    }
  })

  test('does not hide the others', async () => {
    const { errors } = await ask({ method: 'GET', path: '/embalagens' }, 'limit=x&recyclable=2&colour=red')
    expect(errors.map(({ path }) => path).toSorted()).toEqual(['/colour', '/limit', '/recyclable'])
  })
})

test('an integer is decimal digits, on every route that takes one', async () => {
  const taking = api.routes.flatMap((route) => (route.integers ?? []).map((name) => ({ route, name })))
  expect(new Set(taking.map(({ name }) => name))).toEqual(
    new Set(['limit', 'hours', 'follow', 'after', 'days', 'points', 'pending', 'explain', 'expected']),
  )
  for (const { route, name } of taking) {
    const others = route.path === '/events/history' ? 'sku=A&' : ''
    for (const odd of [
      '1e0',
      '0x1',
      '1.0',
      '%2B1',
      '+1',
      '1+',
      '%201',
      '1%0A',
      '',
      '-1',
      '1_0',
      '٣',
      '9'.repeat(400),
    ]) {
      const { status, errors } = await ask(route, `${others}${name}=${odd}`)
      expect([route.path, odd, status, errors.map(({ path }) => path)]).toEqual([route.path, odd, 422, [`/${name}`]])
    }
  }
  expect((await ask({ method: 'GET', path: '/embalagens' }, 'limit=10')).status).toBe(200)
  expect((await ask({ method: 'GET', path: '/embalagens' }, 'limit=007')).status).toBe(200)
})
