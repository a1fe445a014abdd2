/** What the audit says of a change: the actor, what changed from what to what, and never the one without the other. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { AuditRow } from '../../db/audit/audit.ts'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const as = 'operator' as const
const call = (method: string, path: string, options: CallOptions = {}) => api.call(method, path, { as, ...options })
const audit = async (query: string) => {
  const answer = await api.call('GET', `/audit?${query}`, { as: 'admin' })
  return ((await answer.json()) as { items: AuditRow[] }).items
}
interface Item {
  id: string
  sku: string
  tags: string[]
  version: number
}
const input = (sku: string, more = {}) => ({
  sku,
  name: 'Caixa "maleta" \\ ç',
  material: 'paper',
  kind: 'box',
  unit_cost: '0.5200',
  currency: 'BRL',
  tags: ['a, "b"', '{c}'],
  ...more,
})
const create = async (sku: string): Promise<Item> => {
  const answer = await call('POST', '/embalagens', { json: input(sku) })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Item
}
const csv = (...rows: string[]) => `sku,name,material,kind,unit_cost,currency\n${rows.join('\n')}\n`
const CSV = { 'content-type': 'text/csv' }
const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

describe('of an item', () => {
  test('the audit tells who made it, changed which fields from what to what, and deleted it as it was last', async () => {
    const item = await create('LIFE')
    const replaced = await call('PUT', `/embalagens/${item.id}`, { json: input('LIFE', { stock: 7, tags: ['new'] }) })
    const last = (await replaced.json()) as Item
    expect((await call('DELETE', `/embalagens/${item.id.toUpperCase()}`)).status).toBe(204)

    const rows = await audit('target=life')
    expect(rows.map(({ action }) => action)).toEqual(['packaging.deleted', 'packaging.changed', 'packaging.created'])
    for (const row of rows)
      expect(row).toMatchObject({ actor_name: 'operator', target: 'LIFE', details: { id: item.id } })
    const [deleted, changed, created] = rows.map(({ details }) => details)
    expect(created!.after).toEqual(item)
    expect(changed!.before).toMatchObject({ stock: 0, tags: item.tags, version: 1 })
    expect(changed!.after).toMatchObject({ stock: 7, tags: ['new'], version: 2 })
    expect(Object.keys(changed!.before as object).toSorted()).toEqual(['stock', 'tags', 'updated_at', 'version'])
    expect(deleted!.before).toEqual(last)
    expect(await audit('action=packaging.deleted&actor=operator&target=LIFE')).toHaveLength(1)
  })

  test('a patch is a change of what it changes; one that changes nothing, and a dry run of an import, leave no row', async () => {
    const { id } = await create('PATCHED')
    const headers = { 'content-type': 'application/merge-patch+json' }
    for (const stock of [3, 3])
      expect((await call('PATCH', `/embalagens/${id}`, { body: JSON.stringify({ stock }), headers })).status).toBe(200)
    const [row, ...more] = await audit('target=PATCHED&action=packaging.changed')
    expect(row!.details).toMatchObject({ before: { stock: 0, version: 1 }, after: { stock: 3, version: 2 } })
    expect(more).toEqual([])
    const file = { body: csv('PATCHED,B,paper,box,1,BRL'), headers: CSV }
    expect((await call('POST', '/embalagens/import?dry_run=true', file)).status).toBe(200)
    expect(await audit('action=packaging.imported')).toEqual([])
  })

  test('a change of the sku is found under the sku that it had', async () => {
    const { id } = await create('OLD')
    await call('PUT', `/embalagens/${id}`, { json: input('NEW') })
    const [row] = await audit('action=packaging.changed&target=OLD')
    expect(row!.details).toMatchObject({ before: { sku: 'OLD' }, after: { sku: 'NEW' } })
  })

  test('each of many that are created at once has its row, by its own request', async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const answer = await call('POST', '/embalagens', { json: input(`MANY-${n % 20}`) })
        return { ok: answer.ok, request_id: answer.headers.get('x-request-id') }
      }),
    )
    const succeeded = made.filter(({ ok }) => ok).map(({ request_id }) => request_id)
    expect(succeeded).toHaveLength(20)
    const rows = await api.db.sql<AuditRow[]>`select * from audit where target like 'MANY-%'`
    expect(rows.map(({ request_id }) => request_id).toSorted()).toEqual(succeeded.toSorted())
  })

  test('fifty changes at once are fifty rows, each from the version before it', async () => {
    const { id } = await create('BUSY')
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, stock) => call('PUT', `/embalagens/${id}`, { json: input('BUSY', { stock }) })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const rows = await api.db.sql<{ before: number; after: number }[]>`
      select (details->'before'->'version')::int as before, (details->'after'->'version')::int as after
      from audit where action = 'packaging.changed' and target = 'BUSY' order by 1`
    expect(rows.map(({ before, after }) => [before, after])).toEqual(
      Array.from({ length: 50 }, (_, n) => [n + 1, n + 2]),
    )
  })

  test('a request that is refused, or repeated with its key, leaves no row', async () => {
    const { id } = await create('ONCE')
    const headers = { 'if-match': '"7"' }
    const json = input('ONCE')
    for (const [answer, status] of [
      [call('POST', '/embalagens', { json }), 409],
      [call('PUT', `/embalagens/${id}`, { json, headers }), 412],
      [call('DELETE', `/embalagens/${id}`, { headers }), 412],
      [call('DELETE', `/embalagens/${crypto.randomUUID()}`), 404],
      [call('POST', '/embalagens/import', { body: csv('ONCE,,paper,box,1,BRL'), headers: CSV }), 422],
      [call('POST', '/events', { json: { sku: 'ONCE', kind: 'sale', quantity: 0 } }), 422],
    ] as const)
      expect((await answer).status).toBe(status)
    expect(await audit('target=ONCE')).toHaveLength(1)
    const keyed = { json: input('KEYED'), headers: { 'idempotency-key': 'k' } }
    for (let n = 0; n < 3; n++) expect((await call('POST', '/embalagens', keyed)).status).toBe(201)
    expect(await audit('target=KEYED')).toHaveLength(1)
  })
})

test('an import is one row, with its counts, its name and its checksum', async () => {
  await create('IMPORTED')
  const file = csv('IMPORTED,Changed,paper,box,1,BRL', 'SECOND,B,paper,box,1,BRL', 'THIRD,C,paper,box,1,BRL')
  const form = new FormData()
  form.append('file', new Blob([file]), `list\u0007${'x'.repeat(300)}.csv`)
  const answer = await call('POST', '/embalagens/import', { body: form })
  expect(answer.status).toBe(200)
  expect((await call('POST', '/embalagens/import', { body: file, headers: CSV })).status).toBe(200)
  const [again, first] = await audit('action=packaging.imported')
  const same = { size_bytes: file.length, sha256: sha256(file) }
  expect(first!.details).toEqual({ created: 2, updated: 1, unchanged: 0, ...same })
  expect(first!.target).toMatch(/^list x{190,}…$/)
  expect(again).toMatchObject({ target: null, details: { created: 0, updated: 0, unchanged: 3, ...same } })
})

test('an upload tells the chart and the checksum of its file', async () => {
  const answer = await call('POST', '/charts?name=sales.csv', { body: 'a;b\n1;2' })
  const { id, version } = (await answer.json()) as { id: string; version: string }
  const [row] = await audit('action=chart.uploaded&target=sales.csv')
  const details = { id, key: 'uploads/sales.csv', version, size_bytes: 7, sha256: sha256('a;b\n1;2') }
  expect(row!.details).toEqual(details)
})

test('events are one row a request, with as many skus and ids as fit', async () => {
  const event = (sku: string) => ({ sku, kind: 'sale', quantity: 1 })
  const many = Array.from({ length: 30 }, (_, n) => ({ ...event(`E-${n}`), ...(n < 2 && { kind: 'purchase' }) }))
  for (const json of [event('one\ud800'), many]) expect((await call('POST', '/events', { json })).status).toBe(202)
  const [several, one] = await audit('action=events.posted')
  expect(one).toMatchObject({ target: 'one\ufffd', details: { events: 1, sale: 1, return: 0, skus: ['one\ufffd'] } })
  expect(several).toMatchObject({ target: null, details: { events: 30, sale: 28, purchase: 2, adjustment: 0 } })
  const { skus, event_ids } = several!.details as { skus: string[]; event_ids: string[] }
  expect([skus.length, event_ids.length]).toEqual([20, 20])
})

test('a silence that was ended can be read in the audit alone', async () => {
  const silence = { rule: 'API_DOWN', ends_at: new Date(Date.now() + 3_600_000).toISOString(), reason: 'New disks.' }
  const made = await api.call('POST', '/silences', { as: 'admin', json: silence })
  const { id } = (await made.json()) as { id: string }
  expect((await api.call('DELETE', `/silences/${id}`, { as: 'admin' })).status).toBe(204)
  for (const action of ['silence.created', 'silence.ended'])
    expect((await audit(`action=${action}`))[0]!.details).toMatchObject({ id, ...silence })
})

test('what is done with an API key names the key', async () => {
  const json = { name: 'script', role: 'operator', expires_at: new Date(Date.now() + 3_600_000).toISOString() }
  const made = await call('POST', '/me/api-keys', { json })
  const { id, key } = (await made.json()) as { id: string; key: string }
  const headers = { authorization: `Bearer ${key}` }
  expect((await api.call('POST', '/embalagens', { json: input('BY-KEY'), headers })).status).toBe(201)
  expect(
    (await api.call('POST', '/events', { json: { sku: 'BY-KEY', kind: 'sale', quantity: 1 }, headers })).status,
  ).toBe(202)
  const rows = await audit('target=BY-KEY')
  expect(rows.map(({ actor_name, api_key_id }) => [actor_name, api_key_id])).toEqual([
    ['operator', id],
    ['operator', id],
  ])
  expect((await audit('action=packaging.created&target=KEYED'))[0]!.api_key_id).toBeNull()
})

test('no change is made that cannot be audited', async () => {
  const { sql } = api.db
  const { id } = await create('KEPT')
  await sql`alter table audit add constraint closed check (false) not valid`
  try {
    for (const answer of await Promise.all([
      call('POST', '/embalagens', { json: input('NEVER-1') }),
      call('POST', '/embalagens', { json: input('NEVER-2') }),
      call('PUT', `/embalagens/${id}`, { json: input('KEPT', { stock: 9 }) }),
      call('DELETE', `/embalagens/${id}`),
      call('POST', '/embalagens/import', { body: csv('NEVER-3,A,paper,box,1,BRL'), headers: CSV }),
    ]))
      expect(answer.status).toBe(500)
  } finally {
    await sql`alter table audit drop constraint closed`
  }
  const rows = await sql`select sku, stock from packaging where sku like 'NEVER%' or sku = 'KEPT'`
  expect([...rows]).toEqual([{ sku: 'KEPT', stock: 0 }])
})
