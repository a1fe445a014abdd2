/** Sending: the truth of what was sent is in the system's own database. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import type { Db } from '../../../db/engines/connect.ts'
import { ORDERS_QUEUE } from '../../../db/orders/message.ts'
import { openOrdersDatabases } from '../../../db/orders/databases.ts'
import { readOrdersConfig } from '../../../db/orders/config.ts'
import { lastIdKey } from '../../../db/orders/send.ts'
import { ConfigError, envReader } from '../../../lib/env.ts'
import { testDatabase } from '../../kit/database.ts'
import { openOrders, type OrdersFixture } from '../../consumers/orders-fixture.ts'

setDefaultTimeout(120_000)

let fixture: OrdersFixture
beforeAll(async () => void (fixture = await openOrders()))
beforeEach(() => fixture.empty())
afterAll(() => fixture.close())

const queued = async () => (await fixture.db.queue.depth(ORDERS_QUEUE)).ready
const NOTHING = { sent: 0, from: null, to: null }

test('sends what was not sent, once, and leaves the last id in the cache', async () => {
  const { to } = await fixture.fill(1100)
  expect(await fixture.send()).toEqual({ sent: 1100, from: to - 1099, to })
  expect(await queued()).toBe(1100)
  expect(await fixture.send()).toEqual(NOTHING)
  expect(await fixture.db.cache.get(lastIdKey('a'))).toBe(String(to))
  // What is only in the cache may be lost.
  await fixture.db.cache.invalidate('')
  expect(await fixture.send()).toEqual(NOTHING)
  await fixture.fill(1)
  expect(await fixture.send()).toEqual({ sent: 1, from: to + 1, to: to + 1 })
})

test('a row that is committed after later ones were sent is sent by the next call', async () => {
  await fixture.a.use(async (sql, schema) => {
    const late = await sql.reserve()
    await late`begin`
    await late`insert into ${sql(schema)}.orders (product, price, security_check) values ('Caixa', 1, true)`
    const { to } = await fixture.fill(3)
    expect((await fixture.send()).sent).toBe(3)
    await late`commit`
    late.release()
    expect(await fixture.send()).toEqual({ sent: 1, from: to - 3, to: to - 3 })
  })
})

test('two sends at once share the rows', async () => {
  await fixture.fill(2100)
  const sent = await Promise.all([fixture.send(), fixture.send(), fixture.send()])
  expect(sent.reduce((sum, one) => sum + one.sent, 0)).toBe(2100)
  expect(await queued()).toBe(2100)
})

test('a broker that fails in the middle leaves the rest for the next call; what it had already is one message', async () => {
  await fixture.fill(1040, 0)
  let calls = 0
  const publish: Db['queue']['publish'] = async (queue, messages) => {
    await fixture.db.queue.publish(queue, messages)
    // It has the second batch, and its confirm is lost.
    if (++calls === 2) throw new Error('lost')
  }
  const broken = { ...fixture.db, queue: { ...fixture.db.queue, publish } }
  await expect(fixture.send(fixture.a, broken)).rejects.toThrow('lost')
  expect((await fixture.rows()).filter(({ sent_at }) => sent_at).length).toBe(1000)
  expect(await queued()).toBe(1040)
  // Some of it is handled before the second try.
  await fixture.drain()
  expect((await fixture.send()).sent).toBe(40)
  await fixture.drain()
  expect(await fixture.misfits()).toEqual([])
})

test("a system's own table of orders gets the columns that it lacks, and keeps its rows", async () => {
  const other = await testDatabase({ bare: true })
  await other.sql`
    create table orders (id bigserial primary key, product text, price numeric, security_check boolean, created_at timestamptz default now())`
  await other.sql`insert into orders (product, price, security_check) values ('Caixa', 2.5, true)`
  const config = readOrdersConfig(envReader({ SYSTEMS: `shop=${other.url}` }))
  const databases = openOrdersDatabases(config, fixture.db.url)
  try {
    expect(() => databases.system('a')).toThrow('There is no order system a; there are shop.')
    expect(await fixture.send(databases.system('shop'))).toEqual({ sent: 1, from: 1, to: 1 })
    const [row] = await other.sql`select message_id, sent_at from orders`
    const [message] = await fixture.db.sql`select id from queue_messages`
    expect(message!.id).toBe(row!.message_id)
    expect(row!.sent_at).toBeInstanceOf(Date)
  } finally {
    await databases.close()
    await other.close()
  }
})

test('SYSTEMS names systems with their databases, or alone', () => {
  const read = (SYSTEMS: string) => {
    const reader = envReader({ SYSTEMS })
    const { systems } = readOrdersConfig(reader)
    reader.finish()
    return systems
  }
  expect(read('')).toEqual([
    { name: 'a', url: undefined },
    { name: 'b', url: undefined },
  ])
  expect(read('shop, market=postgres://u:p=@h/db?sslmode=require')).toEqual([
    { name: 'shop', url: undefined },
    { name: 'market', url: 'postgres://u:p=@h/db?sslmode=require' },
  ])
  for (const wrong of ['Shop', 'a=mysql://h/db', 'a=', 'a,a', '=postgres://h/db', 'a b', 'output', 'messages'])
    expect(() => read(wrong)).toThrow(ConfigError)
  expect(() => read('a=mysql://user:secret@h/db')).toThrow(/^(?!.*secret)/s)
})
