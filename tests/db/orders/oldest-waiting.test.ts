/** How long the oldest message of orders waits, whatever engine the queue is on. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createOldestWaiting } from '../../../db/orders/oldest-waiting.ts'
import { openOrdersDatabases } from '../../../db/orders/databases.ts'
import { openOrders, type OrdersFixture } from '../../consumers/orders-fixture.ts'

setDefaultTimeout(60_000)

let fixture: OrdersFixture
beforeAll(async () => void (fixture = await openOrders()))
beforeEach(() => fixture.empty())
afterAll(() => fixture.close())

const sentBefore = (seconds: number, ids: string[]) =>
  fixture.a.use(
    (sql, schema) =>
      sql`update ${sql(schema)}.orders set sent_at = now() - make_interval(secs => ${seconds}) where message_id = any(${ids}::uuid[])`,
  )

test('a message that was sent and is nowhere yet waits since then; one that has ended, or waits for its delay, does not', async () => {
  const { db, databases } = fixture
  const oldest = createOldestWaiting(db.sql, databases.systems)
  expect(await oldest()).toBe(0)
  await fixture.fill(12, 0)
  await fixture.send()
  const ids = (await fixture.rows()).map(({ message_id }) => message_id)
  await sentBefore(600, ids.slice(0, 3))
  await sentBefore(300, ids.slice(3))
  expect(await oldest()).toBeWithin(600, 660)
  await fixture.drain()
  expect(await oldest()).toBe(0)

  // Rows that are not sent wait for a person, and the ones after them are still seen.
  await fixture.fill(2, 0)
  const [unsent, sent] = (await fixture.rows()).slice(-2).map(({ message_id }) => message_id)
  await fixture.send()
  await fixture.a.use(
    (sql, schema) => sql`update ${sql(schema)}.orders set sent_at = null where message_id = ${unsent!}`,
  )
  await sentBefore(900, [sent!])
  expect(await oldest()).toBeWithin(900, 960)

  const state = async (values: Record<string, unknown>) => {
    await db.sql`
      insert into order_messages (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id, attempt, worker)
      values (${sent!}, 'a', 14, 'p', 1, true, 2, 't', 1, 'w') on conflict do nothing`
    await db.sql`update order_messages set ${db.sql(values)} where message_id = ${sent!}`
  }
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
  await state({ state: 'retrying', next_at: ago(-600) })
  expect(await oldest()).toBe(0)
  await state({ state: 'retrying', next_at: ago(120) })
  expect(await oldest()).toBeWithin(120, 180)
  await state({ state: 'running', begun_at: ago(60) })
  expect(await oldest()).toBeWithin(60, 110)
})

test('watching a system makes no tables', async () => {
  const { db } = fixture
  const systems = [{ name: 'nobody', url: undefined }]
  const databases = openOrdersDatabases({ systems, output_url: undefined }, db.url, { make_tables: false })
  await expect(createOldestWaiting(db.sql, databases.systems)()).rejects.toMatchObject({ code: 'system_unavailable' })
  await databases.close()
  expect(await db.sql`select from pg_namespace where nspname = 'system_nobody'`).toBeEmpty()
})
