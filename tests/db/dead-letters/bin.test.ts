import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { emptyBin, purgeLetters, restoreLetters } from '../../../db/dead-letters/bin.ts'
import { listGroups } from '../../../db/dead-letters/groups.ts'
import { countLetters, listLetters, storeLetters } from '../../../db/dead-letters/letters.ts'
import { commandLineActor } from '../../../db/audit/audit.ts'
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

const purge = (ids: string[]) =>
  purgeLetters(database.sql, { sources: [ordersLetters], filter: { ids } }, commandLineActor())
const restore = (ids: string[]) =>
  restoreLetters(database.sql, { sources: [ordersLetters], filter: { ids } }, commandLineActor())

/** A message that is dead in the ledger. */
async function deadMessage(): Promise<string> {
  const message_id = crypto.randomUUID()
  await database.sql`
    insert into order_messages (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id, attempt,
      state, worker) values (${message_id}, 'a', 1, 'p', 1, false, 6, 't', 5, 'dead', 'w')`
  return message_id
}
const stateOf = async (message_id: string) =>
  (await database.sql`select state from order_messages where message_id = ${message_id}`)[0]!.state

test('letters that differ in numbers are one group; one that is purged leaves it, and its message is purged until it is restored', async () => {
  const { sql } = database
  const message_id = await deadMessage()
  const id = await die(message_id, 'Not done after 5 attempts; it needs 6.')
  const unreadable = await die('not-a-uuid', 'Not done after 7 attempts; it needs 8.', 'orders/unreadable/1')
  const counts = async () => (await listGroups(sql, ['orders'], 'dead', 10)).items.map(({ count }) => count)
  expect(await counts()).toEqual([2])

  expect(await purge([id, unreadable])).toBe(2)
  expect(await purge([id])).toBe(0)
  expect([await stateOf(message_id), await counts()]).toEqual(['purged', []])

  expect(await restore([id])).toBe(1)
  expect([await stateOf(message_id), await counts()]).toEqual(['dead', [1]])

  await sql`update letters set left_at = now() - interval '31 days' where id = ${unreadable}`
  expect(await emptyBin(sql, 10)).toBe(1)
  expect(
    (await listLetters(sql, ['orders'], { state: 'dead' }, { limit: 10 })).rows.map((letter) => letter.id),
  ).toEqual([id])
})

test('a letter that could not be read takes no other message with it, though its broker had the id of one', async () => {
  const message_id = await deadMessage()
  const stranger = await die(message_id, 'It is not JSON.', 'orders/unreadable/2')
  expect(await purge([stranger])).toBe(1)
  expect(await stateOf(message_id)).toBe('dead')
  await database.sql`update order_messages set state = 'purged' where message_id = ${message_id}`
  expect(await restore([stranger])).toBe(1)
  expect(await stateOf(message_id)).toBe('purged')
})

test('what was replaced leaves with the last of its edited copies', async () => {
  const { sql } = database
  const original = await die(crypto.randomUUID(), 'Replaced.')
  const copy = await die(crypto.randomUUID(), 'Its copy.')
  await sql`update letters set state = 'replaced', left_at = now() - interval '31 days' where id = ${original}`
  await sql`update letters set edited_from = ${original} where id = ${copy}`
  expect(await emptyBin(sql, 10)).toBe(0)
  await purge([copy])
  await sql`update letters set left_at = now() - interval '31 days' where id = ${copy}`
  expect([await emptyBin(sql, 10), await emptyBin(sql, 10), await emptyBin(sql, 10)]).toEqual([1, 1, 0])
})

test('what was replayed leaves a month later, unless its replay still follows it', async () => {
  const { sql } = database
  const [ended, followed, young] = await Promise.all(
    ['Ended.', 'Followed.', 'Young.'].map((detail) => die(crypto.randomUUID(), detail)),
  )
  await sql`
    update letters set state = 'replayed', left_at = now() - case id when ${young!} then interval '29 days' else '31 days' end
    where id in ${sql([ended!, followed!, young!])}`
  await sql`
    insert into replay_letters (replay_id, position, letter_id, state)
    values (${crypto.randomUUID()}, 1, ${ended!}, 'succeeded'), (${crypto.randomUUID()}, 1, ${followed!}, 'sent')`
  expect([await emptyBin(sql, 10), await emptyBin(sql, 10)]).toEqual([1, 0])
  const left = await sql<{ id: string }[]>`select id from letters where id in ${sql([ended!, followed!, young!])}`
  expect(left.map(({ id }) => id).toSorted()).toEqual([followed!, young!].toSorted())
})

test('any number goes to the bin at once, or none does', async () => {
  const { sql } = database
  const deaths = Array.from({ length: 2001 }, (_, i) => ({
    source: 'orders',
    message_id: crypto.randomUUID(),
    replay: 0,
    origin: 'many',
    body: new Uint8Array(),
    headers: {},
    attempts: 5,
    step: 'process',
    reason: 'attempts_spent',
    detail: 'Not done.',
    death: `orders/many/${i}`,
  }))
  await storeLetters(sql, deaths)
  const move = (expected: number) => ({ sources: [ordersLetters], filter: { origin: 'many' }, expected })
  const left = () => countLetters(sql, ['orders'], { state: 'dead', origin: 'many' })
  for (const wrong of [2000, 2002]) {
    await expect(purgeLetters(sql, move(wrong), commandLineActor())).rejects.toMatchObject({
      code: 'dead_letters_changed',
    })
    expect(await left()).toBe(2001)
  }
  expect(await purgeLetters(sql, move(2001), commandLineActor())).toBe(2001)
  expect(await left()).toBe(0)
})

test('a letter of a machine whose clock is ahead goes to the bin, and comes back', async () => {
  const id = await die(crypto.randomUUID(), 'It is not JSON.', 'orders/unreadable/ahead')
  const ahead = Bun.randomUUIDv7('hex', Date.now() + 3_600_000)
  await database.sql`update letters set id = ${ahead} where id = ${id}`
  expect(await purge([ahead])).toBe(1)
  expect(await restore([ahead])).toBe(1)
  await database.sql`delete from letters where id = ${ahead}`
})
