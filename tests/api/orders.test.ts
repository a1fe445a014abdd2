/** Orders by the API: fill, preview, send, follow a message, and the balance. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi({ ORDERS_RETRY_DELAY_S: '0' })))
afterAll(() => api.close())

async function call<T = Record<string, unknown>>(method: string, path: string, options: CallOptions = {}) {
  const answer = await api.call(method, path, { as: 'operator', ...options })
  return { status: answer.status, body: (await answer.json()) as T }
}
interface Row {
  id: number
  message_id: string
  security_check: boolean
  sent_at: string | null
  status: string
}
/** All pages of a list by status. */
async function listed(query: string) {
  const found: Array<Record<string, unknown>> = []
  for (let cursor: string | null = ''; ;) {
    const page: { items: unknown[]; next_cursor: string | null } = await pageOf(`/orders/messages?${query}${cursor}`)
    found.push(...(page.items as typeof found))
    if (page.next_cursor === null) return found
    cursor = `&cursor=${page.next_cursor}`
  }
}
const pageOf = async (path: string) => (await call<{ items: Row[]; next_cursor: string | null }>('GET', path)).body

test('a system is filled, previewed and sent; its orders are followed to their end, and it adds up', async () => {
  const filled = await call('POST', '/systems/b/orders/fill', { json: { count: 60, false_share: 0.5 } })
  expect(filled).toEqual({ status: 201, body: { count: 60, from: 1, to: 60 } })
  const first = await pageOf('/systems/b/orders?pending=1&limit=50')
  const rest = await pageOf(`/systems/b/orders?pending=1&cursor=${first.next_cursor}`)
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))

  const preview = await call<{ pending: number; items: Array<Record<string, unknown>> }>('POST', '/systems/b/messages')
  expect(preview.body.pending).toBe(60)
  for (const [i, message] of preview.body.items.entries()) {
    const { message_id, security_check } = first.items[i]!
    expect(message).toMatchObject({ message_id, origin: 'b', security_check })
    const needs = message.required_attempts as number
    expect(security_check ? needs >= 1 && needs <= 5 : needs === 6).toBeTrue()
  }
  expect((await pageOf('/systems/b/orders?pending=1')).items).toHaveLength(50)
  const [checked, unchecked] = [true, false].map((value) => first.items.find((row) => row.security_check === value)!)
  const journey = async (row: Row | undefined) => (await call('GET', `/orders/messages/${row!.message_id}`)).body
  expect(await journey(checked)).toMatchObject({ status: 'pending', sent_at: null, attempts: [], output: null })
  expect((await listed('status=pending&origin=b&limit=100')).map(({ order_id }) => order_id)).toEqual(
    preview.body.items.map(({ order_id }) => order_id).concat(rest.items.map(({ id }) => id)),
  )

  expect((await call('POST', '/systems/b/send')).body).toEqual({ sent: 60, from: 1, to: 60 })
  expect((await call('POST', '/systems/b/send', { json: {} })).body).toEqual({ sent: 0, from: null, to: null })
  expect((await pageOf('/systems/b/orders?pending=1')).items).toEqual([])
  expect(await journey(checked)).toMatchObject({ status: 'waiting', current: null, schedule_s: [0, 0, 0, 0, 0] })
  expect((await call('GET', '/orders/flow')).body).toMatchObject({ balance: 'moving', sent: 60, waiting: 60 })
  // The newest first, page after page, and none of them twice.
  expect((await listed('status=waiting&limit=7')).map(({ order_id }) => order_id)).toEqual(
    Array.from({ length: 60 }, (_, i) => 60 - i),
  )
  expect(await listed(`status=waiting&q=${checked!.message_id.slice(0, 13).toUpperCase()}`)).toMatchObject([
    { message_id: checked!.message_id, origin: 'b', attempt: null },
  ])

  const consumer = await runQueue(orders(api.db, api.config.orders, api.log), api.db.queue, api.log)
  const flow = async () => (await call('GET', '/orders/flow?explain=1')).body
  await until('the end', async () => (await flow()).balance === 'at_rest')
  await consumer.stop()
  const { output, dead, misfits, by_system, retry } = await flow()
  expect([(output as number) + (dead as number), misfits]).toEqual([60, []])
  expect(by_system).toMatchObject({ a: { sent: 0 }, b: { sent: 60, output, dead, waiting: 0 } })
  expect(retry).toEqual({ max_attempts: 5, delay_s: 0, schedule_s: [0, 0, 0, 0, 0] })

  expect(await journey(checked)).toMatchObject({ status: 'output', output: { message_id: checked!.message_id } })
  const lost = await journey(unchecked)
  expect(lost).toMatchObject({ status: 'dead', output: null, row: { id: unchecked!.id }, next_attempt_at: null })
  const attempts = lost.attempts as Array<{ attempt: number; status: string }>
  expect(attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 'failed'],
    [2, 'failed'],
    [3, 'failed'],
    [4, 'failed'],
    [5, 'dead'],
  ])
  expect((await pageOf('/orders/output?limit=100')).items).toHaveLength(output as number)
  expect((await pageOf('/orders/output?origin=a')).items).toEqual([])
  const ids = (rows: Array<{ message_id?: unknown }>) => rows.map(({ message_id }) => message_id as string).toSorted()
  for (const [status, security_check] of [
    ['output', true],
    ['dead', false],
  ] as const) {
    const wanted = [...first.items, ...rest.items].filter((row) => row.security_check === security_check)
    const found = await listed(`status=${status}&limit=7`)
    expect(ids(found)).toEqual(ids(wanted))
    expect(new Set(found.map((message) => message.status))).toEqual(new Set([status]))
    expect(ids(await listed(`security_check=${security_check}&limit=100`))).toEqual(ids(wanted))
    const rows = await pageOf(`/systems/b/orders?security_check=${security_check}&sort=-id&limit=100`)
    expect(rows.items.map(({ id, status: of_row }) => [id, of_row])).toEqual(
      wanted.toReversed().map(({ id }) => [id, status]),
    )
  }
  for (const status of ['pending', 'waiting', 'retrying', 'purged'])
    expect([status, await listed(`status=${status}`)]).toEqual([status, []])
  const letters = (await pageOf('/orders/dead?limit=100')).items as unknown as Array<Record<string, unknown>>
  expect(letters).toHaveLength(dead as number)
  expect(letters[0]).toMatchObject({ origin: 'b', attempts: 5, reason: 'attempts_spent' })
  expect(await call('POST', `/orders/messages/${checked!.message_id}/retry-now`)).toMatchObject({
    status: 409,
    body: { code: 'order_message_not_waiting' },
  })
})

test('the consumer says that it runs; there is nothing to decide then', async () => {
  expect(await call('GET', '/orders/consumer')).toMatchObject({ status: 200, body: { state: 'running', sample: [] } })
  for (const [json, status, code] of [
    [{ decision: 'retry' }, 409, 'consumer_not_paused'],
    [{ decision: 'wait' }, 422, 'validation_failed'],
    [{}, 422, 'validation_failed'],
  ] as const)
    expect(await call('POST', '/orders/consumer/resume', { json })).toMatchObject({ status, body: { code } })
})

test('what is not there, or does not fit, is said', async () => {
  const unknown = crypto.randomUUID()
  for (const [method, path, status, code] of [
    ['POST', '/systems/z/send', 404, 'system_not_found'],
    ['GET', '/systems/z/orders', 404, 'system_not_found'],
    ['POST', '/systems/Z/send', 422, 'validation_failed'],
    ['GET', `/orders/messages/${unknown}`, 404, 'order_message_not_found'],
    ['POST', `/orders/messages/${unknown}/retry-now`, 404, 'order_message_not_found'],
    ['GET', '/orders/messages/1', 422, 'validation_failed'],
    ['GET', '/systems/a/orders?cursor=eyJpZCI6Ii0xIn0', 422, 'cursor_invalid'],
    ['GET', '/orders/output?cursor=eyJpZCI6InguIn0', 422, 'cursor_invalid'],
    ['GET', '/orders/dead?cursor=eyJpZCI6IjEifQ', 422, 'cursor_invalid'],
    ['GET', '/orders/messages?status=lost', 422, 'validation_failed'],
    // Of a page of those that are waiting.
    ['GET', '/orders/messages?cursor=eyJvcmlnaW4iOiJhIiwiaWQiOiIxIn0', 422, 'cursor_invalid'],
    ['GET', '/orders/messages?cursor=eyJhdCI6ICJ4IiwgIm9yZGVyIjogIjEiLCAiaWQiOiAiMSJ9', 422, 'cursor_invalid'],
    ['GET', '/orders/messages?status=pending&cursor=eyJvcmlnaW4iOiJhIiwiaWQiOiIteCJ9', 422, 'cursor_invalid'],
  ] as const)
    expect(await call(method, path)).toMatchObject({ status, body: { code } })
  for (const json of [
    { count: 0 },
    { count: 100_001 },
    { count: 1.5 },
    { count: 1, false_share: 1.1 },
    {},
    { count: '1' },
  ])
    expect([json, (await call('POST', '/systems/a/orders/fill', { json })).status]).toEqual([json, 422])
  expect((await call('POST', '/systems/a/send', { as: 'viewer' })).status).toBe(403)
})

test('a list of two systems goes on from one to the other', async () => {
  await call('POST', '/systems/a/orders/fill', { json: { count: 3 } })
  await call('POST', '/systems/b/orders/fill', { json: { count: 2 } })
  for (const limit of [1, 2, 3, 5]) {
    const found = await listed(`status=pending&limit=${limit}`)
    expect([limit, found.map(({ origin }) => origin)]).toEqual([limit, ['a', 'a', 'a', 'b', 'b']])
  }
  await api.orders.system('a').use((sql, schema) => sql`truncate ${sql(schema)}.orders`)
})

test('the share of FALSE is what was asked for', async () => {
  await call('POST', '/systems/a/orders/fill', { json: { count: 20, false_share: 0 } })
  await call('POST', '/systems/a/orders/fill', { json: { count: 20, false_share: 1 } })
  const rows = (await pageOf('/systems/a/orders')).items.map(({ security_check }) => security_check)
  expect(rows).toEqual([...Array(20).fill(true), ...Array(20).fill(false)])
})

test('a system whose database is away is a problem of its own, and stops nothing else', async () => {
  const apart = await testApi({ SYSTEMS: 'a,away=postgres://u:secret@127.0.0.1:9/none' })
  try {
    const answer = await apart.call('POST', '/systems/away/send', { as: 'operator' })
    const text = await answer.text()
    expect([answer.status, JSON.parse(text).code]).toEqual([503, 'system_unavailable'])
    expect(text).not.toContain('secret')
    expect((await apart.call('GET', '/systems/a/orders', { as: 'viewer' })).status).toBe(200)
  } finally {
    await apart.close()
  }
})
