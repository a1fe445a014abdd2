/** Dead letters by the API: groups, lists, one letter, what becomes of it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { storeLetters, type Death } from '../../db/dead-letters/letters.ts'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

async function call<T = Record<string, unknown>>(method: string, path: string, options: CallOptions = {}) {
  const answer = await api.call(method, path, { as: 'operator', ...options })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T }
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
  expect(body.others).toEqual([{ id: first, replay: 0, state: 'dead', died_at: expect.any(String), edited_from: null }])
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
  ] as const)
    expect([path, await call(method, path)]).toMatchObject([path, { status, body: { code } }])
  const none = await call('PUT', `/dead-letters/groups/${crypto.randomUUID()}/note`, { json: { note: 'x' } })
  expect(none).toMatchObject({ status: 404, body: { code: 'dead_letter_group_not_found' } })
})
