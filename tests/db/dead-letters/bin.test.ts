import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { emptyBin, purgeLetters, restoreLetters } from '../../../db/dead-letters/bin.ts'
import { listGroups } from '../../../db/dead-letters/groups.ts'
import { listLetters, storeLetters } from '../../../db/dead-letters/letters.ts'
import { ordersLetters } from '../../../db/orders/letter-source.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function die(message_id: string, detail: string, death = `orders/${message_id}/0`): Promise<string> {
  const { sql } = database
  const message = {
    source: 'orders',
    message_id,
    replay: 0,
    origin: 'a',
    body: new Uint8Array([1]),
    headers: {},
    attempts: 5,
  }
  await storeLetters(sql, [{ ...message, step: 'process', reason: 'attempts_spent', detail, death }])
  const [row] = await sql<{ id: string }[]>`select id from letters where death = ${death}`
  return row!.id
}

test('letters that differ in numbers are one group; one that is purged leaves it, and its message is purged until it is restored', async () => {
  const { sql } = database
  const message_id = crypto.randomUUID()
  await sql`
    insert into order_messages (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id, attempt,
      state, worker) values (${message_id}, 'a', 1, 'p', 1, false, 6, 't', 5, 'dead', 'w')`
  const state = async () => (await sql`select state from order_messages where message_id = ${message_id}`)[0]!.state
  const id = await die(message_id, 'Not done after 5 attempts; it needs 6.')
  const unreadable = await die('not-a-uuid', 'Not done after 7 attempts; it needs 8.', 'orders/unreadable/1')
  const counts = async () => (await listGroups(sql, ['orders'], 'dead', 10)).items.map(({ count }) => count)
  expect(await counts()).toEqual([2])

  expect(await purgeLetters(sql, ordersLetters, [id, unreadable])).toBe(2)
  expect(await purgeLetters(sql, ordersLetters, [id])).toBe(0)
  expect([await state(), await counts()]).toEqual(['purged', []])

  expect(await restoreLetters(sql, ordersLetters, [id])).toBe(1)
  expect([await state(), await counts()]).toEqual(['dead', [1]])

  await sql`update letters set left_at = now() - interval '31 days' where id = ${unreadable}`
  expect(await emptyBin(sql, 10)).toBe(1)
  expect(
    (await listLetters(sql, ['orders'], { state: 'dead' }, { limit: 10 })).rows.map((letter) => letter.id),
  ).toEqual([id])
})
