/** Replays by the API: dry run, start, progress, pause, resume, cancel, and the short form for orders. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { orders } from '../../consumers/orders.ts'
import { runReplays } from '../../consumers/replays.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { ordersReplays } from '../../db/orders/replay-source.ts'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(60_000)

let api: TestApi
let running: Array<{ stop(): Promise<void> }> = []
beforeAll(async () => {
  api = await testApi({ ORDERS_RETRY_DELAY_S: '0' })
  const { db, config, log } = api
  running = [
    await runQueue(orders(db, config.orders, log), db.queue, log),
    await runReplays(ordersReplays(db.queue), db.sql, log),
  ]
})
beforeEach(async () => {
  await api.db.sql`truncate letters, order_messages, replays, replay_letters`
})
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()))
  await api.close()
})

interface Replay {
  id: string
  state: string
  total: number
  taken: number
  unsent: number
  finished_at: string | null
}
async function call<T = Replay>(method: string, path: string, options: CallOptions = {}) {
  const answer = await api.call(method, path, { as: 'operator', ...options })
  return { status: answer.status, body: (await answer.json()) as T, headers: answer.headers }
}
const ended = (id: string) =>
  until('the end', async () => (await call('GET', `/replays/${id}`)).body.finished_at !== null)

interface Listed {
  id: string
  group: string
  replay: number
  state: string
}
const letters = async (query = '') =>
  (await call<{ items: Listed[] }>('GET', `/dead-letters?source=orders${query}`)).body.items

/** Sends orders that never succeed, until they are dead. */
async function die(count: number): Promise<Listed[]> {
  await call('POST', '/systems/a/orders/fill', { json: { count, false_share: 1 } })
  await call('POST', '/systems/a/send')
  await until('their deaths', async () => (await letters()).length === count)
  return letters()
}

test('a replay is tried without effect, started once however often it is asked for, followed to its end, and told of each letter', async () => {
  const dead = await die(3)
  const json = { name: 'again', source: 'orders', filter: { group: dead[0]!.group }, canary: 0 }
  const dry = await call('POST', '/replays', { json: { ...json, dry_run: true } })
  expect(dry).toMatchObject({ status: 200, body: { count: 3, taken: 0 } })
  expect(dry.body).toMatchObject({
    samples: [{ reason: 'attempts_spent', attempts: 5 }, {}, {}],
    effects: [
      { effect: 'attempts', count: 15, detail: '15 attempts, each in the journal.' },
      { effect: 'dies_again', count: 3 },
    ],
  })
  const headers = { 'idempotency-key': 'one' }
  const made = await call('POST', '/replays', { json, headers })
  expect(made).toMatchObject({ status: 201, body: { name: 'again', total: 3, taken: 0, created_by: 'operator' } })
  const { id } = made.body
  expect(made.headers.get('location')).toBe(`/replays/${id}`)
  expect((await call('POST', '/replays', { json, headers })).body).toEqual(made.body)
  await ended(id)
  expect((await call('GET', `/replays/${id}`)).body).toMatchObject({
    state: 'done',
    published: 3,
    died_again: 3,
    succeeded: 0,
    waiting: 0,
    unsent: 0,
  })
  const again = await letters()
  expect(again.map(({ replay }) => replay)).toEqual([1, 1, 1])
  const page = (path: string) => call<{ items: Array<Record<string, unknown>>; next_cursor: string }>('GET', path)
  const first = await page(`/replays/${id}/letters?limit=2`)
  const rest = await page(`/replays/${id}/letters?limit=2&cursor=${first.body.next_cursor}`)
  const followed = [...first.body.items, ...rest.body.items]
  expect(followed.map(({ letter_id, state }) => [letter_id, state])).toEqual(
    dead.toReversed().map((letter) => [letter.id, 'died_again']),
  )
  expect(new Set(followed.map(({ died_as }) => died_as))).toEqual(new Set(again.map((letter) => letter.id)))
  const { letter_id, sent_at, ended_at, died_as } = followed[0]!
  expect((await call<object>('GET', `/dead-letters/${letter_id as string}`)).body).toMatchObject({
    replays: [{ replay_id: id, name: 'again', state: 'died_again', sent_at, ended_at, died_as }],
  })
  expect((await page(`/replays/${id}/letters?state=succeeded`)).body.items).toEqual([])
  expect((await page(`/replays/${id}/letters?cursor=bm8`)).status).toBe(422)
  expect((await page('/replays?source=orders&state=done')).body.items).toMatchObject([{ id }])
  expect((await page('/replays?state=paused')).body.items).toEqual([])
})

test('the canary holds up the rest; a person resumes or cancels, and what is not sent stays dead', async () => {
  await die(4)
  const json = { name: 'careful', source: 'orders', filter: {}, canary: 1 }
  const { id } = (await call('POST', '/replays', { json })).body
  await until('the pause', async () => (await call('GET', `/replays/${id}`)).body.state === 'paused')
  expect((await call('GET', `/replays/${id}`)).body).toMatchObject({ pause_reason: 'canary_failed', unsent: 3 })
  expect(await call('POST', `/replays/${id}/pause`)).toMatchObject({
    status: 409,
    body: {
      code: 'replay_in_another_state',
      detail: 'The replay is paused; only one that is canary or running can be paused.',
    },
  })
  // Another one finds them taken.
  const other = (await call('POST', '/replays', { json })).body
  expect(other).toMatchObject({ total: 1, taken: 3 })
  await ended(other.id)
  expect(await call('POST', `/replays/${id}/cancel`)).toMatchObject({
    status: 200,
    body: { state: 'cancelled', undone: 3, unsent: 0 },
  })
  expect((await letters()).filter(({ replay }) => replay === 0)).toHaveLength(3)
  expect(await call('POST', `/replays/${id}/resume`)).toMatchObject({
    status: 409,
    body: { detail: 'The replay is cancelled; only one that is paused can go on.' },
  })
  expect(await call('POST', `/replays/${crypto.randomUUID()}/resume`)).toMatchObject({
    status: 404,
    body: { code: 'replay_not_found' },
  })
})

test('the short form replays all dead orders, or those that are named', async () => {
  const [one] = await die(3)
  const named = await call('POST', '/orders/dead/replay', { json: { ids: [one!.id] } })
  expect(named).toMatchObject({ status: 201, body: { total: 1, canary: 0, source: 'orders' } })
  await ended(named.body.id)
  const all = await call('POST', '/orders/dead/replay')
  expect(all.body).toMatchObject({ total: 3 })
  await ended(all.body.id)
  expect((await letters()).map(({ replay }) => replay).toSorted()).toEqual([1, 1, 2])
  expect((await call('POST', '/orders/dead/replay', { as: 'viewer' })).status).toBe(403)
})

test('what names no letters, or a source that is none, is refused with the field', async () => {
  const good = { name: 'x', source: 'orders', filter: {} }
  for (const [json, path] of [
    [{ ...good, source: 'weather' }, '/source'],
    [{ name: 'x', source: 'orders' }, '/filter'],
    [{ ...good, ids: [crypto.randomUUID()] }, '/filter'],
    [{ ...good, ids: [] }, '/ids'],
    [{ ...good, rate_per_s: 0 }, '/rate_per_s'],
    [{ ...good, canary: -1 }, '/canary'],
    [{ ...good, canary: '5' }, '/canary'],
    [{ ...good, name: '  ' }, '/name'],
    [{ ...good, name: 'a\u001b[31m' }, '/name'],
    [{ ...good, filter: { colour: 'red' } }, '/filter/colour'],
  ] as const) {
    const refused = await call<{ errors: Array<{ path: string }> }>('POST', '/replays', { json })
    expect([json, refused.status, refused.body.errors?.[0]?.path]).toEqual([json, 422, path])
  }
})
