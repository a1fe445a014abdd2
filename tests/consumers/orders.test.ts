/** What becomes of an order: attempts, output, dead letters, copies, and engines that are away. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import type { QueueMessage } from '../../db/engines/queue/queue.ts'
import type { RetryPolicy } from '../../db/orders/config.ts'
import { explainFlow, readFlow } from '../../db/orders/flow.ts'
import { messageOfRow, ORDERS_QUEUE, toQueue, type OrderMessage } from '../../db/orders/message.ts'
import { readJourney, retryNow } from '../../db/orders/status.ts'
import { until } from '../kit/program.ts'
import { openOrders, orderMessage, TRAVEL, type OrdersFixture } from './orders-fixture.ts'

setDefaultTimeout(120_000)

let fixture: OrdersFixture
beforeAll(async () => void (fixture = await openOrders()))
beforeEach(() => fixture.empty())
afterAll(() => fixture.close())

const NOBODY = { actor_id: null, actor_name: 'test', address: null, request_id: null }
const publish = (...messages: QueueMessage[]) => fixture.db.queue.publish(ORDERS_QUEUE, messages)
const flowContext = () => ({ ...fixture.db, databases: fixture.databases })
const journey = (message_id: string) =>
  readJourney({ ...fixture.db, databases: fixture.databases, policy: fixture.config.retry }, message_id)
/** A consumer with a policy of its own. */
const start = (retry: RetryPolicy) => {
  const { db, config, log } = fixture
  return runQueue(orders(db, { ...config, retry }, log), db.queue, log)
}

test('every TRUE order is in the output once, every FALSE one dead, every attempt in the journal, and it adds up', async () => {
  await fixture.fill(120)
  await fixture.fill(80, 0.5, fixture.b)
  expect(await fixture.send()).toEqual({ sent: 120, from: 1, to: 120 })
  await fixture.send(fixture.b)
  expect(await readFlow(flowContext())).toMatchObject({ balance: 'moving', sent: 200, waiting: 200 })
  await fixture.drain()
  expect(await fixture.misfits()).toEqual([])
  const dead = await fixture.dead()
  const flow = await readFlow(flowContext())
  const [output, purged] = [200 - dead.length, 0]
  expect(flow).toMatchObject({
    balance: 'at_rest',
    sent: 200,
    waiting: 0,
    retrying: 0,
    output,
    dead: dead.length,
    purged,
  })
  expect(flow.by_system.b).toMatchObject({ sent: 80, waiting: 0, pending: 0 })
  expect(await explainFlow(flowContext(), 100)).toEqual([])
  expect(dead[0]).toMatchObject({ reason: 'attempts_spent', step: 'process', attempts: 5 })
  const [done] = (await fixture.rows()).filter(({ security_check }) => security_check)
  const { status, attempts, current, ...rest } = await journey(done!.message_id)
  expect([status, attempts.at(-1)!.status, rest.output!.message_id]).toEqual(['output', 'succeeded', done!.message_id])
  // The journal's time is over.
  await fixture.db.sql`delete from journal_documents`
  expect(await journey(done!.message_id)).toMatchObject({ status: 'output', attempts: [], current })
})

test('what does not add up is listed by its id', async () => {
  await fixture.fill(5, 0)
  await fixture.send()
  await fixture.drain()
  const [lost, unmarked, gone] = (await fixture.rows()).map(({ message_id }) => message_id)
  const { sql } = fixture.db
  await fixture.databases.output.use(
    (output, schema) => output`delete from ${output(schema)}.orders where message_id = ${lost!}`,
  )
  await sql`delete from order_messages where message_id = ${lost!}`
  await fixture.a.use((a, schema) => a`update ${a(schema)}.orders set sent_at = null where message_id = ${unmarked!}`)
  await fixture.a.use((a, schema) => a`delete from ${a(schema)}.orders where message_id = ${gone!}`)
  const flow = await readFlow(flowContext())
  expect(flow).toMatchObject({ balance: 'off', sent: 3, output: 4 })
  expect(await explainFlow(flowContext(), 100)).toEqual([
    { message_id: lost!, origin: 'a', reason: 'lost' },
    { message_id: unmarked!, origin: 'a', reason: 'not_marked' },
    { message_id: gone!, origin: 'a', reason: 'without_row' },
  ])
})

test('what can never be read is dead at once, with a code, and holds nothing up', async () => {
  const good = orderMessage()
  const own = (more: Partial<Record<keyof OrderMessage, unknown>>): QueueMessage => {
    const made = { ...orderMessage(), ...more } as OrderMessage
    return { ...toQueue(orderMessage(), TRAVEL), id: String(made.message_id), body: bytes(made) }
  }
  const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
  const headers = toQueue(good, TRAVEL).headers!
  const bad: Array<[reason: string, QueueMessage]> = [
    ['not_json', { id: 'half', headers, body: bytes('{"message_id":') }],
    ['not_json', { id: 'bytes', headers, body: new Uint8Array([0xff, 0xfe, 0]) }],
    ['not_json', { id: 'deep', headers, body: bytes('['.repeat(200_000)) }],
    ['invalid', { id: 'list', headers, body: bytes('[]') }],
    ['invalid', own({ price: 1.97 })],
    ['invalid', own({ price: '10000000000.0000' })],
    ['invalid', own({ price: '-1' })],
    ['invalid', own({ price: '1.00001' })],
    ['invalid', own({ product: 'nul\0' })],
    ['invalid', own({ security_check: 'TRUE' })],
    ['invalid', own({ required_attempts: 0 })],
    ['invalid', { ...own({}), body: bytes({ ...orderMessage(), colour: 'red' }) }],
    ['header_missing', { ...own({}), headers: { trace_id: 'x' } }],
    ['header_missing', { ...own({}), headers: { version: '1' } }],
    ['header_invalid', { ...own({}), headers: { ...headers, replay: 'many' } }],
    ['version_unknown', { ...own({}), headers: { ...headers, version: '2' } }],
    ['too_large', { ...own({}), body: new Uint8Array(5 * 1024 * 1024) }],
    ['id_mismatch', { ...own({}), id: crypto.randomUUID() }],
  ]
  await publish(...bad.map(([, one]) => one), toQueue(good, TRAVEL))
  await fixture.drain()
  const dead = await fixture.dead()
  const reasons = new Map(dead.map(({ message_id, reason, step }) => [message_id, `${step} ${reason}`]))
  for (const [reason, { id }] of bad) expect([id, reasons.get(id)]).toEqual([id, `decode ${reason}`])
  expect(dead).toHaveLength(bad.length)
  expect(await fixture.output()).toEqual([good.message_id])
  const [large] = dead.filter(({ reason }) => reason === 'too_large')
  expect(large!.body.byteLength).toBe(5 * 1024 * 1024)
})

test('ten copies of a message at once have the effects of one', async () => {
  const [done, never] = [
    orderMessage({ required_attempts: 3 }),
    orderMessage({ required_attempts: 6, security_check: false }),
  ]
  const copies = [done, never].flatMap((one) =>
    Array.from({ length: 10 }, (_, i) => ({ ...toQueue(one, TRAVEL), id: `${one.message_id}:${i}` })),
  )
  await publish(...copies)
  await fixture.drain()
  expect(await fixture.output()).toEqual([done.message_id])
  expect((await fixture.dead()).map(({ message_id }) => message_id)).toEqual([never.message_id])
  for (const [{ message_id }, attempts] of [
    [done, 3],
    [never, 5],
  ] as const)
    expect(await fixture.journal(message_id)).toHaveLength(attempts)
  // Long after its end, a message that was sent again.
  await publish(...copies.map((copy) => ({ ...copy, id: `${copy.id}:again` })))
  await fixture.drain()
  expect([await fixture.output(), await fixture.dead()]).toMatchObject([[done.message_id], [{}]])
})

describe('an engine without room holds up messages, not their attempts', () => {
  test.each(['journal_documents', 'output.orders'])('%s', async (table) => {
    const { sql } = fixture.db
    await fixture.fill(30)
    await sql`
      create or replace function disk_full() returns trigger language plpgsql as $$
      begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`
    await sql.unsafe(`create trigger full_disk before insert on ${table} execute function disk_full()`)
    await fixture.send()
    // An order waits for the output on the attempt on which it succeeds.
    const held = table === 'journal_documents' ? 30 : (await fixture.rows()).filter((row) => row.security_check).length
    const begun = async (deliveries: number) =>
      (await sql`select from order_messages where state = 'running' and deliveries = ${deliveries}`).length === held
    const first = await fixture.start()
    await until('attempts under way', () => begun(1))
    const stopping_at = performance.now()
    await first.stop()
    // What waits for the engine goes back at once.
    expect(performance.now() - stopping_at).toBeLessThan(5_000)
    const second = await fixture.start()
    await until('the same attempts again', () => begun(2))
    await sql.unsafe(`drop trigger full_disk on ${table}`)
    await until('the end', fixture.isIdle)
    await second.stop()
    expect(await fixture.misfits()).toEqual([])
    const [again] = await sql<{ data: { deliveries: number } }[]>`
      select data from journal_documents where (data ->> 'deliveries')::int > 1 limit 1`
    expect(again!.data.deliveries).toBeGreaterThan(1)
  })
})

test('what waits long for an engine goes on as a new message, with its attempts', async () => {
  const { db, config, log } = fixture
  const messages = [
    orderMessage({ required_attempts: 2 }),
    orderMessage({ required_attempts: 6, security_check: false }),
  ]
  let away = true
  const write: typeof db.journal.write = async (...given) => {
    if (away) throw new Error('The journal is away.')
    await db.journal.write(...given)
  }
  await publish(...messages.map((one) => toQueue(one, TRAVEL)))
  const definition = orders({ ...db, journal: { ...db.journal, write } }, config, log, undefined, 200)
  const consumer = await runQueue(definition, db.queue, log)
  const renewed = () => db.sql<{ id: string }[]>`select id from queue_messages where id ~ ':0:0:'`
  const [one] = await until('a new message', async () => ((await renewed()).length === 2 ? renewed() : null))
  await until('a newer one', async () => {
    const now = await renewed()
    return now.length === 2 && !now.some(({ id }) => id === one!.id)
  })
  away = false
  await until('the end', fixture.isIdle)
  await consumer.stop()
  const attempts = await Promise.all(messages.map(({ message_id }) => fixture.journal(message_id)))
  expect(attempts.map((all) => all.map(({ attempt }) => attempt))).toEqual([
    [1, 2],
    [1, 2, 3, 4, 5],
  ])
  expect(await fixture.output()).toEqual([messages[0]!.message_id])
  expect(await fixture.dead()).toMatchObject([{ message_id: messages[1]!.message_id, reason: 'attempts_spent' }])
})

test('an order that the output refuses for good is dead at once, and the others are not held up', async () => {
  const [fine, refused] = [orderMessage(), orderMessage({ price: '9000' })]
  await fixture.databases.output.use(
    (sql, schema) => sql`alter table ${sql(schema)}.orders add constraint cheap check (price < 5000)`,
  )
  try {
    await publish(...[fine, refused].map((one) => toQueue(one, TRAVEL)))
    await fixture.drain()
    expect(await fixture.output()).toEqual([fine.message_id])
    expect(await fixture.dead()).toMatchObject([
      { message_id: refused.message_id, reason: 'output_refused', attempts: 1 },
    ])
  } finally {
    await fixture.databases.output.use((sql, schema) => sql`alter table ${sql(schema)}.orders drop constraint cheap`)
  }
})

test('a message that waits for its delay can have its next attempt now, and that is all it changes', async () => {
  const message = orderMessage({ required_attempts: 2 })
  const { message_id } = message
  const { db } = fixture
  await publish(toQueue(message, TRAVEL))
  const consumer = await start({ max_attempts: 5, delay_s: 3600 })
  await until(
    'the first attempt',
    async () => (await db.sql`select from order_messages where state = 'retrying'`).length,
  )
  const waiting = await journey(message_id)
  expect(waiting.next_attempt_at!.getTime() - Date.now()).toBeGreaterThan(3_500_000)
  expect(await retryNow(db, message_id, NOBODY)).toEqual({ message_id, attempt: 2 })
  await until('the second', async () => (await fixture.output()).length === 1)
  await expect(retryNow(db, message_id, NOBODY)).rejects.toMatchObject({ code: 'order_message_not_waiting' })
  // The one that waited until its time comes, too.
  await consumer.stop()
  await db.sql`update queue_messages set available_at = now()`
  await fixture.drain()
  expect(await fixture.journal(message_id)).toMatchObject([{ attempt: 1 }, { attempt: 2, status: 'succeeded' }])
  expect([await fixture.output(), await fixture.dead()]).toEqual([[message_id], []])
})

test('what the queue gives up by itself is among the dead letters as well', async () => {
  const message = orderMessage({ required_attempts: 2 })
  const { db, config, log } = fixture
  // Its consumers never came back, and more attempts are not allowed by now.
  const { id, body, headers } = toQueue(message, TRAVEL)
  const dead = { id: Bun.randomUUIDv7(), queue: ORDERS_QUEUE, message_id: id, attempt: 1, reason: 'It kills.' }
  await db.sql`insert into dead_letters ${db.sql({ ...dead, body, headers: headers as never })}`
  const definition = orders(db, config, log)
  await definition.tend()
  await definition.close()
  expect(await fixture.dead()).toMatchObject([
    { message_id: id, reason: 'given_up', step: 'queue', detail: 'It kills.' },
  ])
  expect(await db.sql`select state from order_messages`).toMatchObject([{ state: 'dead' }])
  expect(await db.sql`select from dead_letters`).toBeEmpty()
})

test('a row asks for the same attempts whenever it is sent, as many as there are at most, and FALSE for one more', async () => {
  await fixture.fill(200, 0.5)
  const rows = await fixture.rows()
  for (const max_attempts of [1, 3, 5]) {
    const needs = (row: (typeof rows)[number]) => messageOfRow('a', row, { max_attempts, delay_s: 0 }).required_attempts
    const [checked, unchecked] = [rows.filter((row) => row.security_check), rows.filter((row) => !row.security_check)]
    expect(new Set(unchecked.map(needs))).toEqual(new Set([max_attempts + 1]))
    expect(new Set(checked.map(needs))).toEqual(new Set(Array.from({ length: max_attempts }, (_, i) => i + 1)))
    expect(checked.map(needs)).toEqual(checked.map(needs))
  }
})
