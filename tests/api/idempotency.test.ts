import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import { claimKey, type KeyedRequest } from '../../db/idempotency/keys.ts'
import { storedKey } from '../../api/http/idempotency.ts'
import { AppError } from '../../lib/errors.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { same } from '../kit/texts.ts'

setDefaultTimeout(120_000)

let api: TestApi
let key: string
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
beforeEach(() => void (key = crypto.randomUUID()))

const item = (sku: string) => ({
  sku,
  name: 'Caixa',
  material: 'paper',
  kind: 'box',
  unit_cost: '1.50',
  currency: 'BRL',
})
const post = (path: string, json: unknown, headers: Record<string, string> = { 'idempotency-key': key }) =>
  api.call('POST', path, { as: 'operator', json, headers })
const event = (sku: string) => ({ sku, kind: 'sale', quantity: 1 })
const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code
const countOf = async (sku: string) =>
  (await api.db.sql<{ n: number }[]>`select count(*)::int as n from packaging where sku = ${sku}`)[0]!.n

test('the same request with the same key is done once and answered alike, headers included', async () => {
  const first = await post('/embalagens', item('once'))
  expect(first.status).toBe(201)
  const again = await post('/embalagens', item('once'))
  expect(again.status).toBe(201)
  expect(await again.json()).toEqual(await first.json())
  for (const name of ['location', 'etag', 'content-type']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
})

test('of twenty at once one makes the item; each is answered with it, or told that it still runs', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('/embalagens', item('at once'))))
  const made = answers.filter(({ status }) => status === 201)
  const told = answers.filter(({ status }) => status === 409)
  expect(made.length).toBeGreaterThan(0)
  expect(made.length + told.length).toBe(20)
  for (const answer of told) {
    expect(await answer.json()).toMatchObject({ code: 'idempotency_key_running' })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  const bodies = await Promise.all([...made, await post('/embalagens', item('at once'))].map((a) => a.json()))
  expect(new Set((bodies as Array<{ id: string }>).map(({ id }) => id)).size).toBe(1)
  expect(await countOf('at once')).toBe(1)
})

test('a key whose request still runs, in a transaction or elsewhere, is 409 at once', async () => {
  await post('/embalagens', item('known'))
  const [known] = await api.db.sql<KeyedRequest[]>`select * from idempotency_keys where key = ${storedKey(key)}`
  key = crypto.randomUUID()
  const keyed = { user_id: known!.user_id, key: storedKey(key), fingerprint: new Uint8Array(32) }
  await api.db.sql.begin(async (tx) => {
    await claimKey(tx as unknown as typeof api.db.sql, keyed)
    expect(await codeOf(await post('/embalagens', item('waits')))).toBe('idempotency_key_running')
    expect(await codeOf(await post('/events', event('waits')))).toBe('idempotency_key_running')
  })
  key = crypto.randomUUID()
  expect((await post('/events', event('waits'))).status).toBe(202)
  await api.db.sql`
    update idempotency_keys set status = null, running_until = now() + interval '1 minute' where key = ${storedKey(key)}`
  expect(await codeOf(await post('/events', event('waits')))).toBe('idempotency_key_running')
  expect(await codeOf(await post('/events', event('other')))).toBe('idempotency_key_reused')
  await api.db.sql`update idempotency_keys set running_until = now() where key = ${storedKey(key)}`
  expect((await post('/events', event('waits'))).status).toBe(202)
})

test('the key with another body, or on another route, is refused', async () => {
  expect((await post('/embalagens', item('mine'))).status).toBe(201)
  for (const [path, body] of [
    ['/embalagens', item('other')],
    ['/events', event('mine')],
  ] as const) {
    const refused = await post(path, body)
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ code: 'idempotency_key_reused' })
  }
  expect(await countOf('other')).toBe(0)
})

test('what was refused may be corrected under the same key', async () => {
  const csv = (cost: string) => `sku,name,material,kind,unit_cost,currency\nfixed-3,Caixa,paper,box,${cost},BRL\n`
  const upload = (path: string, body: string) =>
    api.call('POST', path, {
      as: 'operator',
      body,
      headers: { 'content-type': 'text/csv', 'idempotency-key': key },
    })
  expect((await post('/embalagens', item('taken'), {})).status).toBe(201)
  const cases: Array<[refused: () => Promise<Response>, corrected: () => Promise<Response>]> = [
    [() => post('/embalagens', { ...item('fixed'), unit_cost: 'free' }), () => post('/embalagens', item('fixed'))],
    [() => post('/embalagens', item('taken')), () => post('/embalagens', item('free'))],
    [() => post('/events', { ...event('fixed'), quantity: 'two' }), () => post('/events', event('fixed'))],
    [() => upload('/embalagens/import', csv('free')), () => upload('/embalagens/import', csv('1.50'))],
    [() => upload('/charts?name=a.pdf', 'a,b\n1,2'), () => upload('/charts?name=fixed.csv', 'a,b\n1,2')],
  ]
  for (const [refused, corrected] of cases) {
    key = crypto.randomUUID()
    expect([409, 422]).toContain((await refused()).status)
    const answer = await corrected()
    expect([answer.status < 300, answer.headers.has('idempotency-replayed')]).toEqual([true, false])
  }
})

test('a request that failed half-way keeps its key, and may be sent again at once', async () => {
  const produce = spyOn(api.db.stream, 'produce')
  produce.mockRejectedValueOnce(new AppError('unavailable', 'engine_timeout', same('The stream took too long.')))
  expect((await post('/events', event('half'))).status).toBe(503)
  produce.mockRestore()
  expect(await codeOf(await post('/events', event('other')))).toBe('idempotency_key_reused')
  expect((await post('/events', event('half'))).status).toBe(202)
})

test('events sent again have the ids and the time of the first sending, also when that was never answered', async () => {
  const events = [
    { sku: 'E', kind: 'sale', quantity: 1 },
    { sku: 'E', kind: 'sale', quantity: 2 },
  ]
  const first = (await (await post('/events', events)).json()) as { event_ids: string[] }
  // As if the API had died between sending and answering.
  await api.db.sql`update idempotency_keys set status = null, running_until = now() where key = ${storedKey(key)}`
  const again = (await (await post('/events', events)).json()) as { event_ids: string[] }
  expect(again.event_ids).toEqual(first.event_ids)
  const sent = await api.db.sql<{ value: Uint8Array }[]>`select value from stream_messages where topic = 'events'`
  const texts = sent
    .map(({ value }) => new TextDecoder().decode(value))
    .filter((text) => text.includes(first.event_ids[0]!))
  expect(texts).toHaveLength(2)
  expect(texts[0]).toBe(texts[1]!)
})

test('an import and an upload are answered again, too', async () => {
  const csv = 'sku,name,material,kind,unit_cost,currency\nimp-1,Caixa,paper,box,1.50,BRL\n'
  const send = (path: string) =>
    api.call('POST', path, {
      as: 'operator',
      body: csv,
      headers: { 'content-type': 'text/csv', 'idempotency-key': key },
    })
  const imported = [await send('/embalagens/import'), await send('/embalagens/import')]
  expect(await imported[1]!.json()).toEqual(await imported[0]!.json())
  key = crypto.randomUUID()
  const uploaded = [await send('/charts?name=a.csv'), await send('/charts?name=a.csv')]
  expect(uploaded.map(({ status }) => status)).toEqual([201, 201])
  // The version would differ if it had been stored twice.
  expect(await uploaded[1]!.json()).toEqual(await uploaded[0]!.json())
})

test('the table tells neither key nor anything by which a password of the body could be guessed', async () => {
  const body = { username: 'keyed', password: 'caderno azul e chuva fina', role: 'viewer' }
  const headers = { 'idempotency-key': key }
  expect((await api.call('POST', '/users', { as: 'admin', json: body, headers })).status).toBe(201)
  const [kept] = await api.db.sql<{ fingerprint: Uint8Array; row: string }[]>`
    select fingerprint, k::text as row from idempotency_keys k where key = ${storedKey(key)}`
  expect(kept!.row).not.toContain(key)
  const guess = (secret?: string) =>
    new Bun.CryptoHasher('sha256', secret).update('POST /users\n').update(JSON.stringify(body)).digest('hex')
  const found = Buffer.from(kept!.fingerprint).toString('hex')
  expect([undefined, storedKey(key), key].map((secret) => guess(secret) === found)).toEqual([false, false, true])
})

test('keys belong to their user', async () => {
  const asOther = (sku: string) =>
    api.call('POST', '/embalagens', { as: 'admin', json: item(sku), headers: { 'idempotency-key': key } })
  expect((await post('/embalagens', item('of the operator'))).status).toBe(201)
  expect((await asOther('of the admin')).status).toBe(201)
})

test('a key that is none is refused', async () => {
  for (const bad of ['', 'x'.repeat(256), 'with space'])
    expect((await post('/embalagens', item('never'), { 'idempotency-key': bad })).status).toBe(422)
})

test('keys are forgotten after a day', async () => {
  await post('/embalagens', item('old'))
  await api.db.sql`update idempotency_keys set created_at = now() - interval '25 hours' where key = ${storedKey(key)}`
  const [user] = await api.db.sql<{ id: string }[]>`select id from users where username = 'operator'`
  await claimKey(api.db.sql, { user_id: user!.id, key: crypto.randomUUID(), fingerprint: new Uint8Array(32) })
  expect(await api.db.sql`select from idempotency_keys where key = ${storedKey(key)}`).toHaveLength(0)
})
