import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { recordAudit, type AuditRow } from '../../db/audit/audit.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

interface Page {
  items: AuditRow[]
  next_cursor: string | null
}
const read = async (query = '') => (await api.call('GET', `/audit${query}`, { as: 'admin' })).json() as Promise<Page>

test('only an admin reads the audit, and nobody writes it over HTTP', async () => {
  expect((await api.call('GET', '/audit')).status).toBe(401)
  for (const as of ['viewer', 'operator'] as const) expect((await api.call('GET', '/audit', { as })).status).toBe(403)
  expect((await api.call('GET', '/audit', { as: 'admin' })).status).toBe(200)
  for (const method of ['POST', 'DELETE', 'PUT'])
    expect((await api.call(method, '/audit', { as: 'admin' })).status).toBe(405)
})

test('rows come newest first, page by page, each exactly once, also when they share a moment', async () => {
  const { sql } = api.db
  await sql.begin(async (tx) => {
    for (let i = 0; i < 25; i++)
      await recordAudit(tx, {
        action: 'user.created',
        actor_name: 'Ana',
        target: `user ${i}`,
        details: { role: 'viewer', i },
      })
  })
  const seen: AuditRow[] = []
  let cursor: string | null = null
  do {
    const page: Page = await read(`?action=user.created&actor=ana&limit=10${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  expect(seen.map(({ target }) => target)).toEqual(Array.from({ length: 25 }, (_, i) => `user ${24 - i}`))
  expect(seen[0]).toMatchObject({
    actor_id: null,
    actor_name: 'Ana',
    address: null,
    details: { role: 'viewer', i: 24 },
  })
})

test('filters: action, actor by id or name, target, from and to', async () => {
  const { sql } = api.db
  const actor_id = Bun.randomUUIDv7()
  await recordAudit(sql, { action: 'user.disabled', actor_id, actor_name: 'Zé', target: 'Gone', address: '192.0.2.7' })
  await sql`update audit set at = '2020-02-03T10:00:00Z' where actor_id = ${actor_id}`
  for (const query of [
    '?action=user.disabled',
    `?actor=${actor_id.toUpperCase()}`,
    `?actor=${encodeURIComponent('zÉ')}`,
    '?target=gone',
    '?to=2020-02-03T10:00:01Z',
    '?from=2020-02-03T10:00:00Z&to=2020-02-03T10:00:00.001Z',
    `?from=${encodeURIComponent('2020-02-03T07:00:00-03:00')}&to=2020-02-04T00:00:00Z`,
  ]) {
    const { items, next_cursor } = await read(query)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ actor_id, target: 'Gone', address: '192.0.2.7', at: '2020-02-03T10:00:00.000Z' })
    expect(next_cursor).toBeNull()
  }
  expect((await read('?to=2020-02-03T10:00:00Z')).items).toEqual([])
})

test('what is no filter of this list is a 422', async () => {
  const other = Buffer.from(JSON.stringify({ at: 'never', id: 'x' })).toString('base64url')
  for (const query of [
    '?action=user.teleported',
    '?from=yesterday',
    '?to=2020-02-03T10:00:60Z',
    '?from=-000001-01-01T00:00:00Z',
    '?to=0000-01-01T00:00:00Z',
    '?to=9999-12-31T23:59:59-23:59',
    '?actor=a%00b',
    '?limit=0',
    '?limit=101',
    '?odd=1',
    '?cursor=garbage',
    `?cursor=${other}`,
  ])
    expect([query, (await api.call('GET', `/audit${query}`, { as: 'admin' })).status]).toEqual([query, 422])
})

test('the export is CSV with the same filters, newest first, in either form, and for admins alone', async () => {
  const { sql } = api.db
  for (const as of ['viewer', 'operator'] as const)
    expect((await api.call('GET', '/audit/export', { as })).status).toBe(403)
  const before = { name: 'a;b', note: '=1+1' }
  await recordAudit(sql, { action: 'user.enabled', actor_name: '=Eva', target: 'x, y', details: { before } })
  await recordAudit(sql, { action: 'user.enabled', actor_name: '=Eva', target: 'second' })
  const answer = await api.call('GET', `/audit/export?actor=${encodeURIComponent('=eva')}`, { as: 'admin' })
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
  const [head, ...lines] = (await answer.text()).trimEnd().split('\r\n')
  expect(head).toBe('at,actor_name,action,target,address,actor_id,api_key_id,request_id,id,details')
  expect(lines.map((line) => line.split(',').slice(1, 3))).toEqual([
    ["'=Eva", 'user.enabled'],
    ["'=Eva", 'user.enabled'],
  ])
  expect(lines[0]).toContain(',second,')
  expect(lines[1]).toContain('"x, y"')
  expect(lines[1]).toContain('""name"":""a;b""')
  const excel = await api.call('GET', '/audit/export?target=second&excel=1', { as: 'admin' })
  expect(await excel.text()).toContain(";'=Eva;user.enabled;second;")
  for (const query of ['?cursor=x', '?limit=1', '?from=never', '?action=nothing'])
    expect([query, (await api.call('GET', `/audit/export${query}`, { as: 'admin' })).status]).toEqual([query, 422])
})
