/** Dead letters by the API: groups, lists, one letter, what becomes of it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { storeLetters, type Death } from '../../db/dead-letters/letters.ts'
import { SOURCE_NAMES } from '../../db/dead-letters/sources.ts'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

async function call<T = Record<string, unknown>>(method: string, path: string, options: CallOptions = {}) {
  const answer = await api.call(method, path, { as: 'operator', ...options })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T }
}
interface Listed {
  id: string
  message_id: string
  group: string
}
const idsAt = async (path: string) => {
  const { items } = (await call<{ items: Listed[] }>('GET', path)).body
  return items.map(({ message_id }) => message_id)
}

const bytes = (text: string) => new TextEncoder().encode(text)

/** Stores a letter; its id. */
async function die(death: Partial<Death> = {}): Promise<string> {
  const message_id = death.message_id ?? crypto.randomUUID()
  const whole = {
    source: 'orders',
    message_id,
    replay: 0,
    origin: 'a',
    body: bytes('{}'),
    headers: { version: '1' },
    attempts: 5,
    step: 'process',
    reason: 'attempts_spent',
    detail: 'Not done after 5 attempts; it needs 6.',
    death: `orders/${message_id}/0`,
    ...death,
  }
  await storeLetters(api.db.sql, [whole])
  const [row] = await api.db.sql<{ id: string }[]>`select id from letters where death = ${whole.death}`
  return row!.id
}

test('letters are grouped by what they died of, and listed by group, origin, message, state and words', async () => {
  const ids = [await die(), await die({ origin: 'b', detail: 'Not done after 7 attempts; it needs 8.' })]
  const strange = { step: 'decode', reason: 'not_json', origin: null, message_id: 'from elsewhere' }
  await die({ ...strange, detail: 'It is not JSON: “Ação”', death: 'orders/unreadable/1' })
  const groups = (await call<{ items: Array<Record<string, unknown>> }>('GET', '/dead-letters/groups?limit=1')).body
  expect(groups).toMatchObject({ groups: 2, letters: 3 })
  expect(groups.items).toHaveLength(1)
  expect(groups.items[0]).toMatchObject({
    source: 'orders',
    reason: 'attempts_spent',
    cause: 'Not done after … attempts; it needs ….',
    count: 2,
    last_hour: 2,
    note: null,
  })
  const group = groups.items[0]!.id as string
  const newest = (await call<{ items: Listed[] }>('GET', '/dead-letters?source=orders&limit=100')).body.items
  expect(newest.map(({ id }) => id).slice(1)).toEqual(ids.toReversed())
  const [, last, first] = newest.map(({ message_id }) => message_id)
  expect(await idsAt(`/dead-letters?group=${group}`)).toEqual([last!, first!])
  expect(await idsAt('/dead-letters?origin=b')).toEqual([last!])
  expect(await idsAt(`/dead-letters?message_id=${first}`)).toEqual([first!])
  expect(await idsAt('/dead-letters?q=NOT_json%20acao')).toEqual(['from elsewhere'])
  expect(await idsAt('/dead-letters?q=100%25')).toEqual([])
  expect(await idsAt('/dead-letters?state=purged')).toEqual([])
  expect(await idsAt('/dead-letters?source=events')).toEqual([])
  const page = (await call<{ next_cursor: string }>('GET', '/dead-letters?limit=2')).body
  expect(await idsAt(`/dead-letters?limit=2&cursor=${page.next_cursor}`)).toEqual([first!])
})

test('a letter shows its beginning as text, or as base64 where it is none; the whole is a file', async () => {
  const escape = await die({ body: bytes('a \u001b[31mred\u001b[0m text') })
  expect((await call('GET', `/dead-letters/${escape}`)).body).toMatchObject({
    readable: true,
    headers: { version: '1' },
    others: [],
    body: { encoding: 'utf8', text: 'a \u001b[31mred\u001b[0m text', has_controls: true },
  })
  const broken = await die({ body: new Uint8Array([0xff, 0xfe, 0]), death: 'orders/unreadable/2' })
  expect((await call('GET', `/dead-letters/${broken}`)).body).toMatchObject({
    readable: false,
    size_bytes: 3,
    body: { encoding: 'base64', text: '//4A', shown_bytes: 3, has_controls: false },
  })
  // A character of two bytes lies across the end of what is shown.
  const large = await die({ body: bytes(`x${'ç'.repeat(2_500_000)}`) })
  const { body } = await call<{ size_bytes: number; body: { text: string; shown_bytes: number } }>(
    'GET',
    `/dead-letters/${large}`,
  )
  expect([body.size_bytes, body.body.shown_bytes, body.body.text.length]).toEqual([5_000_001, 65_535, 32_768])
  const file = await api.call('GET', `/dead-letters/${large}/body`, { as: 'viewer' })
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename="dead-letter-${large}.bin"`)
  expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await file.text()).toBe(`x${'ç'.repeat(2_500_000)}`)
  const empty = await die({ body: new Uint8Array() })
  expect(await (await api.call('GET', `/dead-letters/${empty}/body`, { as: 'viewer' })).text()).toBe('')
})

test('a letter names the others of its message', async () => {
  const message_id = crypto.randomUUID()
  const first = await die({ message_id })
  const again = await die({ message_id, replay: 1, death: `orders/${message_id}/1` })
  const { body } = await call<{ others: object[] }>('GET', `/dead-letters/${again.toUpperCase()}`)
  expect(body.others).toEqual([
    { id: first, replay: 0, state: 'dead', died_at: expect.any(String), edited_from: null, changes: [] },
  ])
})

test('what is known of a group is noted, and stays when its letters go', async () => {
  const id = await die({ detail: 'The shop was closed.' })
  const { group } = (await call<Listed>('GET', `/dead-letters/${id}`)).body
  const path = `/dead-letters/groups/${group}/note`
  const noted = async () => {
    const { items } = (await call<{ items: Array<{ id: string; note: string }> }>('GET', '/dead-letters/groups')).body
    return items.find((one) => one.id === group)?.note
  }
  const put = await call('PUT', path, { json: { note: 'Replay on Monday.\nMaria knows.' } })
  expect(put).toMatchObject({ status: 200, body: { group_id: group, noted_by: 'operator' } })
  expect(await noted()).toBe('Replay on Monday.\nMaria knows.')
  await api.db.sql`delete from letters where id = ${id}`
  expect(await noted()).toBeUndefined()
  await die({ detail: 'The shop was closed.' })
  expect(await noted()).toBe('Replay on Monday.\nMaria knows.')
  expect((await call('PUT', path, { json: { note: '' } })).body).toMatchObject({
    group_id: group,
    note: null,
    noted_at: null,
  })
  expect(await noted()).toBeNull()
  expect((await call('PUT', path, { as: 'viewer', json: { note: 'x' } })).status).toBe(403)
  expect((await call('PUT', path, { json: { note: 'x'.repeat(2001) } })).status).toBe(422)
  expect((await call('PUT', path, { json: { note: 'x\u0000' } })).status).toBe(422)
})

test('letters go to the bin and come back, by id, by ids or by what they are, as many as were seen', async () => {
  const origin = 'bin'
  const ids = [await die({ origin }), await die({ origin }), await die({ origin })]
  const [first, second, third] = ids as [string, string, string]
  const at = (state: string) => idsAt(`/dead-letters?origin=${origin}&state=${state}`)
  expect(await call('DELETE', `/dead-letters/${first}`)).toEqual({ status: 204, body: {} })
  expect(await call('DELETE', `/dead-letters/${first}`)).toMatchObject({
    status: 409,
    body: { code: 'dead_letter_not_dead' },
  })
  const binned = (await call('GET', `/dead-letters/${first}`)).body
  const days = (Date.parse(binned.bin_until as string) - Date.parse(binned.left_at as string)) / 86_400_000
  expect([binned.state, days, binned.editable]).toEqual(['purged', 30, []])

  const stale = await call('DELETE', `/dead-letters?origin=${origin}&expected=3`)
  expect(stale).toMatchObject({ status: 409, body: { code: 'dead_letters_changed' } })
  expect(await at('purged')).toHaveLength(1)
  expect((await call('DELETE', `/dead-letters?origin=${origin}&expected=2`)).body).toEqual({ purged: 2 })
  expect(await at('dead')).toEqual([])

  expect((await call('POST', `/dead-letters/${first}/restore`)).body).toMatchObject({
    id: first,
    state: 'dead',
    left_at: null,
  })
  expect(await call('POST', `/dead-letters/${first}/restore`)).toMatchObject({
    status: 409,
    body: { code: 'dead_letter_not_in_bin' },
  })
  const tooMany = await call('POST', '/dead-letters/restore', { json: { ids, expected: 3 } })
  expect(tooMany).toMatchObject({ status: 409, body: { code: 'dead_letters_changed' } })
  expect((await call('POST', '/dead-letters/restore', { json: { ids: [second] } })).body).toEqual({ restored: 1 })
  expect((await call('DELETE', `/dead-letters?ids=${first},${third}&expected=1`)).body).toEqual({ purged: 1 })
  expect((await call('POST', '/dead-letters/restore', { json: { origin, expected: 2 } })).body).toEqual({ restored: 2 })
  expect(await at('dead')).toHaveLength(3)
  expect((await call('DELETE', '/dead-letters?source=events&expected=0')).body).toEqual({ purged: 0 })

  await api.db.sql`update letters set state = 'replayed', left_at = now() where id = ${third}`
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/restore'],
    ['POST', '/undo-edit'],
    ['PUT', ''],
  ] as const) {
    const json = method === 'PUT' ? { json: { required_attempts: 2 } } : {}
    expect((await call(method, `/dead-letters/${third}${path}`, { as: 'admin', ...json })).status).toBe(409)
  }
  const audited = await api.db.sql`select target, details from audit where action = 'dead_letters.purged' order by id`
  expect([...audited] as unknown[]).toEqual([
    { target: first, details: { source: 'orders', ids: [first], count: 1 } },
    { target: null, details: { source: 'orders', origin, count: 2 } },
    { target: null, details: { source: 'orders', ids: [first, third], count: 1 } },
  ])
})

const order = {
  message_id: crypto.randomUUID() as string,
  origin: 'a',
  order_id: 1,
  product: 'Caixa',
  price: '1.97',
  security_check: false,
  required_attempts: 6,
}

test('an edited copy stands for the letter, with the same message; the original is kept, and taken back', async () => {
  const message_id = crypto.randomUUID()
  const original = await die({ message_id, body: bytes(JSON.stringify({ ...order, message_id })) })
  const path = `/dead-letters/${original}`
  const edit = (json: object, as: 'admin' | 'operator' = 'admin') => call('PUT', path, { as, json })
  expect((await call('GET', path)).body.editable).toMatchObject([
    { field: 'required_attempts', value: 6, type: 'integer', minimum: 1, maximum: 1000 },
  ])
  expect((await edit({ required_attempts: 2 }, 'operator')).status).toBe(403)
  for (const json of [
    {},
    { required_attempts: 0 },
    { required_attempts: 1001 },
    { required_attempts: '2' },
    { price: '1' },
  ])
    expect([json, (await edit(json)).status]).toEqual([json, 422])
  expect((await edit({ required_attempts: 6 })).body.code).toBe('edit_changes_nothing')

  const both = await Promise.all([edit({ required_attempts: 2 }), edit({ required_attempts: 3 })])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  const copy = both.find(({ status }) => status === 200)!.body as { id: string; changes: Array<{ after: number }> }
  const { after } = copy.changes[0]!
  const changes = [{ field: 'required_attempts', before: 6, after }]
  expect(copy).toMatchObject({ message_id, edited_from: original, state: 'dead', changes, attempts: 5 })
  expect(copy).toMatchObject({ body: { text: JSON.stringify({ ...order, message_id, required_attempts: after }) } })
  expect((await call('GET', path)).body).toMatchObject({
    state: 'replaced',
    body: { text: JSON.stringify({ ...order, message_id }) },
    editable: [],
    others: [{ id: copy.id, edited_from: original, changes }],
  })
  expect(await idsAt(`/dead-letters?message_id=${message_id}`)).toHaveLength(1)
  expect((await call('DELETE', path)).status).toBe(409)

  const again = await call<{ id: string }>('PUT', `/dead-letters/${copy.id}`, {
    as: 'admin',
    json: { required_attempts: 1 },
  })
  expect(again.body).toMatchObject({ edited_from: copy.id, changes: [{ before: after, after: 1 }] })
  const undo = (id: string) => call('POST', `/dead-letters/${id}/undo-edit`, { as: 'admin' })
  expect((await undo(again.body.id)).body).toMatchObject({ id: copy.id, state: 'dead' })
  expect((await undo(again.body.id)).body.code).toBe('dead_letter_not_dead')
  expect((await undo(copy.id)).body).toMatchObject({ id: original, state: 'dead', left_at: null })
  expect((await undo(original)).body.code).toBe('dead_letter_not_edited')
  expect((await edit({ required_attempts: 5 })).status).toBe(200)
  const [audited] = await api.db
    .sql`select details from audit where action = 'dead_letters.edited' and target = ${copy.id}`
  expect(audited!.details).toEqual({ letter: original, message_id, changes })
})

test('what cannot be read, or is too large to be shown, is not edited', async () => {
  const unreadable = await die({ body: bytes('{'), death: 'orders/unreadable/3' })
  const large = await die({ body: bytes(JSON.stringify(order) + ' '.repeat(70_000)) })
  for (const id of [unreadable, large]) {
    expect((await call('GET', `/dead-letters/${id}`)).body.editable).toEqual([])
    const answer = await call('PUT', `/dead-letters/${id}`, { as: 'admin', json: { required_attempts: 2 } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'dead_letter_not_editable' } })
  }
})

test('the balance holds whatever becomes of a dead letter, and says where a letter is not', async () => {
  await api.orders
    .system('a')
    .use(
      (sql, schema) =>
        sql`insert into ${sql(schema)}.orders (product, price, security_check, sent_at) values ('Caixa', 1, false, now())`,
    )
  const [row] = await api.orders
    .system('a')
    .use((sql, schema) => sql<[{ message_id: string }]>`select message_id from ${sql(schema)}.orders`)
  const { message_id } = row!
  const { required_attempts, ...rest } = { ...order, message_id }
  await api.db
    .sql`insert into order_messages ${api.db.sql({ ...rest, required_attempts, trace_id: 't', attempt: 5, state: 'dead', worker: 'w' })}`
  const original = await die({ message_id, body: bytes(JSON.stringify({ ...order, message_id })) })
  // Its broker had the same id.
  await die({ message_id, step: 'decode', death: 'orders/unreadable/4' })
  const flow = async () => {
    const { balance, dead, purged, misfits } = (await call('GET', '/orders/flow?explain=1')).body
    return [balance, dead, purged, (misfits as Array<{ reason: string }>).map(({ reason }) => reason)]
  }
  expect(await flow()).toEqual(['at_rest', 1, 0, []])
  const copy = await call<{ id: string }>('PUT', `/dead-letters/${original}`, {
    as: 'admin',
    json: { required_attempts: 2 },
  })
  expect(await flow()).toEqual(['at_rest', 1, 0, []])
  await call('DELETE', `/dead-letters/${copy.body.id}`)
  expect(await flow()).toEqual(['at_rest', 0, 1, []])
  await call('POST', `/dead-letters/${copy.body.id}/restore`)
  expect(await flow()).toEqual(['at_rest', 1, 0, []])
  await call('POST', `/dead-letters/${copy.body.id}/undo-edit`, { as: 'admin' })
  expect(await flow()).toEqual(['at_rest', 1, 0, []])
  // Replayed, and lost on its way.
  await api.db.sql`update letters set state = 'replayed' where id = ${original}`
  expect(await flow()).toEqual(['at_rest', 1, 0, ['without_letter']])
  await api.db.sql`update order_messages set state = 'purged'`
  expect(await flow()).toEqual(['at_rest', 0, 1, ['not_in_bin']])
  await api.db.sql`delete from letters where message_id = ${message_id} and death not like '%unreadable%'`
  expect(await flow()).toEqual(['at_rest', 0, 1, []])
  await api.db.sql`delete from order_messages`
  expect(await flow()).toEqual(['off', 0, 0, ['unreadable']])
})

test('what is not there, or does not fit, is said', async () => {
  for (const [method, path, status, code] of [
    ['GET', `/dead-letters/${crypto.randomUUID()}`, 404, 'dead_letter_not_found'],
    ['GET', `/dead-letters/${crypto.randomUUID()}/body`, 404, 'dead_letter_not_found'],
    ['GET', '/dead-letters/1', 422, 'validation_failed'],
    ['GET', '/dead-letters?state=lost', 422, 'validation_failed'],
    ['GET', '/dead-letters?group=g', 422, 'validation_failed'],
    ['GET', '/dead-letters?q=%00', 422, 'validation_failed'],
    ['GET', '/dead-letters?cursor=eyJpZCI6IjEifQ', 422, 'cursor_invalid'],
    ['GET', '/dead-letters/groups?limit=501', 422, 'validation_failed'],
    ['GET', '/dead-letters/groups?after=1', 422, 'validation_failed'],
    ['DELETE', `/dead-letters/${crypto.randomUUID()}`, 404, 'dead_letter_not_found'],
    ['POST', `/dead-letters/${crypto.randomUUID()}/restore`, 404, 'dead_letter_not_found'],
    ['DELETE', '/dead-letters', 422, 'validation_failed'],
    ['DELETE', '/dead-letters?expected=-1', 422, 'validation_failed'],
    ['DELETE', '/dead-letters?expected=1&ids=1', 422, 'validation_failed'],
    ['DELETE', '/dead-letters?expected=1&state=purged', 422, 'validation_failed'],
  ] as const)
    expect([path, await call(method, path)]).toMatchObject([path, { status, body: { code } }])
  for (const json of [{}, { ids: [] }, { ids: ['1'] }, { all: true }])
    expect([json, (await call('POST', '/dead-letters/restore', { json })).status]).toEqual([json, 422])
  for (const [method, path] of [
    ['DELETE', `/dead-letters/${crypto.randomUUID()}`],
    ['DELETE', '/dead-letters?expected=0'],
    ['POST', '/dead-letters/restore'],
  ] as const)
    expect([
      path,
      (await call(method, path, { as: 'viewer', ...(method === 'POST' && { json: { q: 'x' } }) })).status,
    ]).toEqual([path, 403])
  const none = await call('PUT', `/dead-letters/groups/${crypto.randomUUID()}/note`, { json: { note: 'x' } })
  expect(none).toMatchObject({ status: 404, body: { code: 'dead_letter_group_not_found' } })
})

test('a source that is none is refused with those that are known, wherever one is named', async () => {
  const known = SOURCE_NAMES
  for (const [method, path, json] of [
    ['GET', '/dead-letters?source=weather'],
    ['GET', '/dead-letters/groups?source=weather'],
    ['GET', '/replays?source=weather'],
    ['GET', '/dead-letters?source='],
    ['DELETE', '/dead-letters?source=weather&expected=0'],
    ['POST', '/dead-letters/restore', { source: 'weather' }],
    ['POST', '/replays', { name: 'x', source: 'weather', filter: {} }],
  ] as const) {
    const { status, body } = await call<{ errors?: Array<{ path: string; message: string }> }>(method, path, { json })
    expect([method, path, status, body.errors?.[0]?.path]).toEqual([method, path, 422, '/source'])
    for (const name of known) expect(body.errors![0]!.message).toContain(name)
  }
})

test('the address of a person who could not be stored is mended, by the rules of its own source', async () => {
  const id = crypto.randomUUID()
  const death = { source: 'people', message_id: id, replay: 0, origin: 'dsa_kafka_topic', headers: {}, attempts: 1 }
  const why = { step: 'decode', reason: 'email_invalid', detail: '"ana@" is no e-mail address.', death: `people/${id}` }
  await storeLetters(api.db.sql, [
    { ...death, ...why, body: bytes(JSON.stringify({ id, email: 'ana@', nome: 'Ána' })) },
  ])
  const page = (await call('GET', '/dead-letters?source=people')).body as { items: { id: string; reason: string }[] }
  expect(page.items).toMatchObject([{ reason: 'email_invalid' }])
  const path = `/dead-letters/${page.items[0]!.id}`
  expect((await call('GET', path)).body).toMatchObject({
    readable: true,
    editable: [{ field: 'email', value: 'ana@', type: 'string' }],
  })
  expect((await call('PUT', path, { as: 'admin', json: { required_attempts: 2 } })).status).toBe(422)
  expect((await call('PUT', path, { as: 'admin', json: { email: 'ana@example.com' } })).body).toMatchObject({
    body: { text: JSON.stringify({ id, email: 'ana@example.com', nome: 'Ána' }) },
    changes: [{ field: 'email', before: 'ana@', after: 'ana@example.com' }],
  })
})
