import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const event = { sku: 'X', kind: 'sale', quantity: 2 }
const post = (json: unknown) => api.call('POST', '/events', { as: 'operator', json })
const stored = () => api.db.sql<{ key: Uint8Array; value: Uint8Array; headers: Record<string, string> }[]>`
  select key, value, headers from stream_messages where topic = 'events' order by produced_at, "offset"`

test('one event and an array of them are accepted with their ids, and are in the topic keyed by sku', async () => {
  const one = await post(event)
  expect(one.status).toBe(202)
  const event_id = '0190163D-8694-739B-AEA5-966C26F8AD91'
  const two = await post([{ ...event, event_id, occurred_at: '2026-01-01T00:00:00-03:00', data: { a: [1] } }, event])
  const answer = (await two.json()) as { accepted: number; event_ids: string[] }
  expect(answer.accepted).toBe(2)
  expect(answer.event_ids[0]).toBe(event_id.toLowerCase())
  const messages = await stored()
  expect(messages).toHaveLength(3)
  expect(new TextDecoder().decode(messages[0]!.key)).toBe('X')
  expect(messages[0]!.headers.trace_id).toBe(one.headers.get('x-request-id')!)
  const bodies = messages.map(({ value }) => JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>)
  expect(bodies).toContainEqual({
    ...event,
    event_id: event_id.toLowerCase(),
    occurred_at: '2026-01-01T03:00:00.000Z',
    data: { a: [1] },
  })
})

test('one bad event among good ones refuses all, and every bad one is named', async () => {
  const before = (await stored()).length
  const answer = await post([event, { ...event, quantity: 0 }, { ...event, colour: 'red' }, { kind: 'gift' }])
  expect(answer.status).toBe(422)
  const { errors } = (await answer.json()) as { errors: Array<{ path: string }> }
  expect(errors.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/1/quantity', '/2/colour', '/3/sku', '/3/kind']),
  )
  expect((await stored()).length).toBe(before)
})

test('none and more than a thousand are refused', async () => {
  expect((await post([])).status).toBe(422)
  expect((await post(Array.from({ length: 1001 }, () => event))).status).toBe(422)
  for (const body of [null, 'text', 7]) expect((await post(body)).status).toBe(422)
})

test('the history of a sku is paged newest first, by day when asked', async () => {
  const rows = Array.from({ length: 7 }, (_, i) => ({
    partition: 'H',
    at: new Date(Date.UTC(2026, 2, 1 + Math.floor(i / 3), i)),
    id: `id-${i}`,
    data: { event_id: `id-${i}` },
  }))
  await api.db.history.write('events', rows)
  const get = (query: string) => api.call('GET', `/events/history?${query}`, { as: 'viewer' })
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await (await get(`sku=H&limit=3${cursor}`)).json()) as {
      items: { event_id: string }[]
      next_cursor: string
    }
    seen.push(...page.items.map(({ event_id }) => event_id))
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
  } while (cursor)
  expect(seen).toEqual(['id-6', 'id-5', 'id-4', 'id-3', 'id-2', 'id-1', 'id-0'])
  const day = (await (await get('sku=H&day=2026-03-02')).json()) as { items: unknown[]; next_cursor: null }
  expect(day.items).toHaveLength(3)
  expect(day.next_cursor).toBeNull()
  for (const query of [
    '',
    'sku=H&day=2026-02-31',
    'sku=H&day=0000-01-01',
    'sku=H&day=today',
    'sku=H&cursor=garbage',
    'sku=%00',
    ...[
      { at: '2026-01-01T00:00:00.000Z', id: 'a\0' },
      { at: '+200000-01-01T00:00:00.000Z', id: 'a' },
      { at: 'yesterday', id: 'a' },
    ].map((place) => `sku=H&cursor=${Buffer.from(JSON.stringify(place)).toString('base64url')}`),
    'sku=H&limit=0',
    'sku=H&colour=red',
  ])
    expect((await get(query)).status).toBe(422)
})

test('the last day of the calendar has a history, too', async () => {
  const at = new Date('9999-12-31T23:59:59.999Z')
  await api.db.history.write('events', [
    { partition: 'LAST', at, id: 'last', data: { event_id: 'last' } },
    { partition: 'LAST', at: new Date('9999-12-30T23:59:59.999Z'), id: 'before', data: { event_id: 'before' } },
  ])
  const answer = await api.call('GET', '/events/history?sku=LAST&day=9999-12-31', { as: 'viewer' })
  expect(await answer.json()).toEqual({ items: [{ event_id: 'last' }], next_cursor: null })
})

test('a time that no engine keeps, a number that would not be kept exactly and a control character in the sku are refused', async () => {
  for (const bad of [
    { occurred_at: '0000-01-01T00:00:00Z' },
    { occurred_at: '9999-12-31T23:59:59-05:00' },
    { occurred_at: '2026-01-01 00:00' },
    { sku: 'A\0' },
    { sku: 'A\n' },
    { data: { text: '\0' } },
    { data: { '\ud800': 1 } },
    { data: { deep: [2 ** 53] } },
  ])
    expect((await post({ ...event, ...bad })).status).toBe(422)
  for (const occurred_at of ['2999-01-01T00:00:00Z', '2026-11-21T23:59:59.123456789-03:00'])
    expect((await post({ ...event, occurred_at })).status).toBe(202)
})

test('failed events are listed with their payload, by reason and page by page, and replayed', async () => {
  const headers = { 'doca.reason': 'not_json', '__connect.errors.partition': '1', '__connect.errors.offset': '42' }
  const letter = (n: number, more: Record<string, unknown>) => ({
    id: Bun.randomUUIDv7(),
    source: 'events',
    message_id: `events/1/${n}`,
    origin: 'events',
    body: new TextEncoder().encode('{"sku"'),
    headers,
    attempts: 1,
    step: 'decode',
    reason: 'not_json',
    detail: 'It is not JSON',
    cause: 'It is not JSON',
    death: `events/unreadable/${n}`,
    ...more,
  })
  const rows = [
    letter(1, {}),
    letter(2, { body: new Uint8Array([255]), reason: 'empty' }),
    letter(3, { source: 'orders' }),
  ]
  for (const row of rows) await api.db.sql`insert into letters ${api.db.sql(row as never)}`
  type Page = { items: Array<Record<string, unknown>>; next_cursor: string | null }
  const list = async (query: string) =>
    (await (await api.call('GET', `/events/failed?${query}`, { as: 'viewer' })).json()) as Page
  const first = await list('limit=1')
  expect(first.items).toMatchObject([{ reason: 'empty', payload: '/w==', encoding: 'base64', event_id: null }])
  const second = await list(`limit=1&cursor=${first.next_cursor}`)
  expect(second.items).toMatchObject([
    { id: rows[0]!.id, payload: '{"sku"', encoding: 'utf8', topic: 'events', partition: 1, offset: 42 },
  ])
  expect(second.next_cursor).toBeNull()
  expect((await list('reason=not_json')).items).toHaveLength(1)
  const json = { ids: [rows[0]!.id] }
  expect((await api.call('POST', '/events/failed/replay', { as: 'viewer', json })).status).toBe(403)
  const started = await api.call('POST', '/events/failed/replay', { as: 'operator', json })
  expect([started.status, await started.json()]).toMatchObject([201, { source: 'events', total: 1 }])
})

test('a viewer may read, but not send', async () => {
  expect((await api.call('POST', '/events', { as: 'viewer', json: event })).status).toBe(403)
})
