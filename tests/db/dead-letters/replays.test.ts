/** Replays of dead orders, driven beside a real consumer. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { orders } from '../../../consumers/orders.ts'
import { runReplays } from '../../../consumers/replays.ts'
import { runQueue } from '../../../consumers/run-queue.ts'
import { purgeLetters } from '../../../db/dead-letters/bin.ts'
import { editLetter } from '../../../db/dead-letters/edit.ts'
import { cancelReplay, pauseReplay, resumeReplay } from '../../../db/dead-letters/replays/control.ts'
import { claimLetters, leaseReplays, publishClaimed } from '../../../db/dead-letters/replays/drive.ts'
import { findReplay, listReplayLetters } from '../../../db/dead-letters/replays/replays.ts'
import { deleteOldReplays } from '../../../db/dead-letters/replays/retention.ts'
import { dryRun, REPLAYS_CHANNEL, startReplay, type NewReplay } from '../../../db/dead-letters/replays/start.ts'
import type { ReplaySource } from '../../../db/dead-letters/source.ts'
import { explainFlow, readFlow } from '../../../db/orders/flow.ts'
import { ordersLetters } from '../../../db/orders/letter-source.ts'
import { ORDERS_QUEUE, toQueue, type OrderMessage } from '../../../db/orders/message.ts'
import { orderEffects, ordersReplays } from '../../../db/orders/replay-source.ts'
import { openOrders, type OrdersFixture } from '../../consumers/orders-fixture.ts'
import { until } from '../../kit/program.ts'

setDefaultTimeout(60_000)

let fixture: OrdersFixture
let source: ReplaySource
const running: Array<{ stop(): Promise<unknown> }> = []
beforeAll(async () => {
  fixture = await openOrders()
  source = ordersReplays(fixture.db.queue)
})
beforeEach(async () => {
  await stopAll()
  await fixture.empty()
})
afterAll(async () => {
  await stopAll()
  await fixture.close()
})

async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.stop()))
}
const startDriver = async (on = source) => {
  const driver = await runReplays(on, fixture.db.sql, fixture.log)
  running.push(driver)
  return driver
}
const startConsumer = async () => void running.push(await fixture.start())

const ACTOR = { actor_id: null, actor_name: 'maria', address: null, request_id: null }
const start = (more: Partial<NewReplay> = {}) =>
  startReplay(
    fixture.db.sql,
    { name: 'test', source: 'orders', filter: {}, rate_per_s: 10_000, canary: 0, ...more },
    ACTOR,
  )
const read = (id: string) => findReplay(fixture.db.sql, id)
const ended = (id: string) => until('the end of the replay', async () => (await read(id)).finished_at !== null)
const lettersOf = async (id: string) => (await listReplayLetters(fixture.db.sql, id, undefined, { limit: 100 })).rows

/** Makes dead letters of orders, each of which needs `required_attempts` when it is tried again. */
async function die(count: number, required_attempts = 1): Promise<string[]> {
  const { sql } = fixture.db
  await fixture.fill(count, 1)
  await fixture.send()
  await fixture.drain()
  const letters = await sql<{ id: string; message_id: string }[]>`
    select id, message_id from letters where state = 'dead' order by id desc limit ${count}`
  await need(
    letters.map(({ id }) => id),
    required_attempts,
  )
  return letters.map(({ id }) => id).toReversed()
}
/** As if whatever they died of were mended. */
async function need(ids: string[], required_attempts: number): Promise<void> {
  const { sql } = fixture.db
  await sql`
    update letters set body = convert_to(replace(convert_from(body, 'UTF8'), '"required_attempts":6',
      ${`"required_attempts":${required_attempts}`}), 'UTF8')
    where id = any(${ids}::uuid[])`
  await sql`
    update order_messages set required_attempts = ${required_attempts}
    where message_id::text in (select message_id from letters where id = any(${ids}::uuid[]))`
}
const flow = () => readFlow({ ...fixture.db, databases: fixture.databases })
const misfits = () => explainFlow({ ...fixture.db, databases: fixture.databases }, 10)

test('letters whose cause is mended succeed, the others die again as new letters that are linked; and it adds up', async () => {
  const mended = await die(4)
  const [hopeless] = await die(1, 6)
  const { id, total, taken, state } = await start({ canary: 2 })
  expect({ total, taken, state }).toEqual({ total: 5, taken: 0, state: 'canary' })
  // Until a letter has its turn it is dead.
  expect(await flow()).toMatchObject({ balance: 'at_rest', sent: 5, dead: 5, waiting: 0 })
  await startDriver()
  await startConsumer()
  await ended(id)
  expect(await read(id)).toMatchObject({
    state: 'done',
    published: 5,
    succeeded: 4,
    died_again: 1,
    waiting: 0,
    unsent: 0,
    created_by: 'maria',
  })
  expect(await fixture.output()).toHaveLength(4)
  const dead = await fixture.db.sql<{ id: string; replay: number; message_id: string }[]>`
    select id, replay, message_id from letters where state = 'dead'`
  const followed = await lettersOf(id)
  expect(followed.map(({ letter_id, state }) => [letter_id, state])).toEqual([
    ...mended.map((letter) => [letter, 'succeeded']),
    [hopeless, 'died_again'],
  ] as never)
  expect(followed.at(-1)).toMatchObject({ died_as: dead[0]!.id, replay: 1, message_id: dead[0]!.message_id })
  expect(dead).toMatchObject([{ replay: 1 }])
  // Attempts of a replay are counted anew, beside the old ones.
  expect((await fixture.journal(dead[0]!.message_id)).map(({ replay, attempt }) => `${replay}/${attempt}`)).toEqual(
    [0, 1].flatMap((replay) => [1, 2, 3, 4, 5].map((attempt) => `${replay}/${attempt}`)),
  )
  expect(await flow()).toMatchObject({ balance: 'at_rest', sent: 5, output: 4, dead: 1 })
  expect(await misfits()).toEqual([])
  // Again: it counts up.
  const again = await start()
  await ended(again.id)
  expect(await fixture.db.sql`select replay from letters where state = 'dead'`).toMatchObject([{ replay: 2 }])
  expect(await misfits()).toEqual([])
})

test('a canary that dies again pauses the replay; it can be cancelled, which leaves the rest as it was, or resumed', async () => {
  const all = await die(6, 6)
  const before = await fixture.db.sql`select * from letters where id = any(${all.slice(2)}::uuid[]) order by id`
  const first = await start({ canary: 2, name: 'canary' })
  await startDriver()
  await startConsumer()
  await until('the pause', async () => (await read(first.id)).state === 'paused')
  expect(await read(first.id)).toMatchObject({ pause_reason: 'canary_failed', died_again: 2, unsent: 4, published: 2 })
  expect(await cancelReplay(fixture.db.sql, first.id, ACTOR)).toMatchObject({
    state: 'cancelled',
    undone: 4,
    unsent: 0,
  })
  expect((await read(first.id)).finished_at).not.toBeNull()
  expect(await fixture.db.sql`select * from letters where id = any(${all.slice(2)}::uuid[]) order by id`).toEqual(
    before,
  )
  expect(await flow()).toMatchObject({ balance: 'at_rest', dead: 6 })

  const second = await start({ canary: 1, name: 'canary' })
  await until('the pause', async () => (await read(second.id)).state === 'paused')
  await resumeReplay(fixture.db.sql, second.id, ACTOR)
  await ended(second.id)
  expect(await read(second.id)).toMatchObject({ state: 'done', died_again: 6, total: 6 })
  for (const change of [pauseReplay, resumeReplay, cancelReplay])
    await expect(change(fixture.db.sql, second.id, ACTOR)).rejects.toMatchObject({ code: 'replay_in_another_state' })
  expect(await fixture.db.sql`select action from audit where target = 'canary' order by id`).toMatchObject(
    ['started', 'cancelled', 'started', 'resumed'].map((what) => ({ action: `replay.${what}` })),
  )
})

test('a replay sends at its rate, nothing while it is paused, and goes on where it was', async () => {
  await die(4)
  const { id } = await start({ rate_per_s: 0.01 })
  await startDriver()
  await startConsumer()
  await until('the first', async () => (await read(id)).succeeded === 1)
  expect(await pauseReplay(fixture.db.sql, id, ACTOR)).toMatchObject({
    state: 'paused',
    pause_reason: 'by_hand',
    unsent: 3,
  })
  await stopAll()
  await fixture.db.sql`update replays set rate_per_s = 10000`
  await startDriver()
  await startConsumer()
  // A whole turn of the driver: another replay ends.
  await fixture.db.sql`update letters set state = 'dead' where state = 'replayed'`
  const other = await start()
  await ended(other.id)
  expect([other.total, other.taken]).toEqual([1, 3])
  expect(await read(id)).toMatchObject({ state: 'paused', unsent: 3, succeeded: 1 })
  await resumeReplay(fixture.db.sql, id, ACTOR)
  await ended(id)
  expect(await read(id)).toMatchObject({ state: 'done', succeeded: 4 })
})

test('two replays at once share the letters, and the later one says how many were taken', async () => {
  const ids = await die(10)
  const made = await Promise.all([start({ filter: { ids: ids.slice(0, 7) } }), start(), start({ filter: { ids } })])
  expect(made.reduce((sum, { total }) => sum + total, 0)).toBe(10)
  for (const { total, taken, filter } of made) expect(total + taken).toBe(filter.ids?.length ?? 10)
  expect(await dryRun(fixture.db.sql, { source: 'orders', filter: {} }, orderEffects(fixture.config.retry))).toEqual({
    count: 0,
    taken: 10,
    samples: [],
    effects: [],
  })
  await startDriver()
  await startDriver()
  await startConsumer()
  for (const { id } of made) await ended(id)
  expect(await fixture.output()).toHaveLength(10)
  const [nothing] = [await start({ filter: { ids } })]
  expect(nothing).toMatchObject({ state: 'done', total: 0, taken: 0 })
})

test('a dry run counts, shows three, and says what would happen; nothing changes', async () => {
  const { sql } = fixture.db
  await die(4, 3)
  await die(2, 6)
  await fixture.db.queue.publish(ORDERS_QUEUE, [{ id: 'half', headers: {}, body: new TextEncoder().encode('{') }])
  await fixture.drain()
  const before = await sql`select * from letters order by id`
  const found = await dryRun(sql, { source: 'orders', filter: {} }, orderEffects(fixture.config.retry))
  expect([found.count, found.samples.length]).toEqual([7, 3])
  expect(found.effects.map(({ effect, count }) => [effect, count])).toEqual([
    ['attempts', 4 * 3 + 2 * 5],
    ['output', 4],
    ['dies_again', 2],
    ['unreadable', 1],
  ])
  expect(await sql`select * from letters order by id`).toEqual(before)
  expect(await sql`select from replays`).toBeEmpty()
})

test('letters that are purged or deleted before their turn are gone, and those deleted after it as well', async () => {
  const { sql } = fixture.db
  const ids = await die(5)
  const { id } = await start()
  await purgeLetters(sql, { sources: [ordersLetters], filter: { ids: [ids[1]!] } }, ACTOR)
  await sql`delete from letters where id = ${ids[2]!}`
  const [replay] = await leaseReplays(sql, 'orders', Bun.randomUUIDv7())
  await claimLetters(sql, source, replay!, 10)
  await sql`delete from letters where id = ${ids[3]!}`
  await sql`update replays set lease_until = null`
  await startDriver()
  await startConsumer()
  await ended(id)
  expect(await read(id)).toMatchObject({ state: 'done', total: 5, succeeded: 2, gone: 3 })
})

test('an edited order is replayed with what was changed, and one that is edited while it waits is gone from its replay', async () => {
  const { sql } = fixture.db
  await fixture.fill(2, 1)
  await fixture.send()
  await fixture.drain()
  const [first, second] = await sql<{ id: string }[]>`select id from letters order by id`
  const before = await start()
  const copy = await editLetter(sql, [ordersLetters], first!.id, { required_attempts: 2 }, ACTOR)
  await startDriver()
  await startConsumer()
  await ended(before.id)
  expect((await lettersOf(before.id)).map(({ letter_id, state }) => [letter_id, state])).toEqual([
    [first!.id, 'gone'],
    [second!.id, 'died_again'],
  ])
  const { effects } = await dryRun(
    sql,
    { source: 'orders', filter: { ids: [copy] } },
    orderEffects(fixture.config.retry),
  )
  expect(effects).toMatchObject([
    { effect: 'attempts', count: 2 },
    { effect: 'output', count: 1 },
  ])
  const { id } = await start({ filter: { ids: [copy] } })
  await ended(id)
  expect(await read(id)).toMatchObject({ succeeded: 1, total: 1 })
  expect(await fixture.output()).toHaveLength(1)
  expect(await flow()).toMatchObject({ balance: 'at_rest', output: 1, dead: 1 })
  expect(await misfits()).toEqual([])
})

test('a driver that dies between claim, publication and its note loses nothing and doubles nothing', async () => {
  const { sql } = fixture.db
  await die(6, 2)
  const { id } = await start()
  const dead = Bun.randomUUIDv7()
  const [replay] = await leaseReplays(sql, 'orders', dead)
  expect(await leaseReplays(sql, 'orders', Bun.randomUUIDv7())).toEqual([])
  // Three were claimed and published, two only claimed.
  await claimLetters(sql, source, replay!, 3)
  const publishOnly: ReplaySource = {
    ...source,
    async publish(letters) {
      await source.publish(letters)
      throw new Error('killed')
    },
  }
  await expect(publishClaimed(sql, publishOnly, replay!)).rejects.toThrow('killed')
  await startConsumer()
  await until('their end', async () => (await fixture.output()).length === 3)
  await claimLetters(sql, source, replay!, 2)
  expect(await flow()).toMatchObject({ balance: 'moving', output: 3, dead: 1 })
  // What is claimed goes out, whatever becomes of the replay.
  expect(await cancelReplay(sql, id, ACTOR)).toMatchObject({ state: 'cancelled', waiting: 5, undone: 1 })
  await sql`update replays set lease_until = now()`
  await startDriver()
  await ended(id)
  expect(await read(id)).toMatchObject({ state: 'cancelled', succeeded: 5, undone: 1 })
  expect(await fixture.output()).toHaveLength(5)
  expect(await flow()).toMatchObject({ balance: 'at_rest', output: 5, dead: 1 })
  expect(await misfits()).toEqual([])
  const replayed = await sql<{ message_id: string }[]>`select message_id from letters where state = 'replayed'`
  for (const { message_id } of replayed) {
    const attempts = (await fixture.journal(message_id)).filter((one) => one.replay === 1)
    expect(attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'succeeded'],
    ])
  }
})

test('a queue that is away holds a replay up, and no letter is lost', async () => {
  await die(3)
  let away = true
  let refused = 0
  await startDriver({
    ...source,
    async publish(letters) {
      if (away && ++refused) throw new Error('away')
      await source.publish(letters)
    },
  })
  await startConsumer()
  const { id } = await start({ canary: 1 })
  await until('two refusals', () => refused >= 2)
  expect(await read(id)).toMatchObject({ state: 'canary', published: 0, waiting: 1, unsent: 2 })
  expect(await flow()).toMatchObject({ balance: 'moving', dead: 2 })
  away = false
  await ended(id)
  expect(await read(id)).toMatchObject({ state: 'done', succeeded: 3 })
})

test('an order that its consumer can no longer read dies again, and comes through when it can', async () => {
  const { db, config, log } = fixture
  await die(2)
  await startDriver()
  const strict = await runQueue(orders(db, { ...config, max_message_bytes: 10 }, log), db.queue, log)
  for (const replay of [1, 2]) {
    const { id } = await start()
    await ended(id)
    expect(await read(id)).toMatchObject({ died_again: 2 })
    const dead = await db.sql`select replay, reason from letters where state = 'dead'`
    expect(dead).toMatchObject([
      { replay, reason: 'too_large' },
      { replay, reason: 'too_large' },
    ])
  }
  await strict.stop()
  await startConsumer()
  const { id } = await start()
  await ended(id)
  expect(await read(id)).toMatchObject({ state: 'done', succeeded: 2 })
  expect(await fixture.output()).toHaveLength(2)
  expect(await misfits()).toEqual([])
})

test('replays that ended 90 days ago are forgotten, batch by batch, and no other', async () => {
  const { sql } = fixture.db
  await die(3)
  const [old, recent] = [await start(), await start({ name: 'recent' })]
  await cancelReplay(sql, old.id, ACTOR)
  await sql`update replays set finished_at = now() - interval '91 days' where id = ${old.id}`
  const removed: number[] = []
  do removed.push(await deleteOldReplays(sql, 2))
  while (removed.at(-1)! > 0)
  expect(removed).toEqual([2, 1, 1, 0])
  expect(await sql`select id from replays`).toMatchObject([{ id: recent.id }])
  expect(await sql`select from replay_letters`).toBeEmpty()
})

test('while a storm has paused the consumer nothing more is sent', async () => {
  const { sql } = fixture.db
  await die(2)
  await sql`insert into storms (source, paused_at) values ('orders', now())`
  await startDriver()
  const { id } = await start()
  // A second turn of the driver follows a whole first one.
  const lease = async () => (await sql<[{ at: string | null }]>`select lease_until::text as at from replays`)[0].at
  const first = await until('its turn', lease)
  await sql`select pg_notify(${REPLAYS_CHANNEL}, 'orders')`
  await until('its next turn', async () => (await lease()) !== first)
  await stopAll()
  expect(await read(id)).toMatchObject({ state: 'running', unsent: 2 })
  await sql`update storms set paused_at = null`
  await startDriver()
  await startConsumer()
  await ended(id)
})

test('what nobody could read is sent as it was, dies again as a letter of its own, or is read by a consumer that can by now', async () => {
  const { sql, queue } = fixture.db
  const message: OrderMessage = {
    message_id: crypto.randomUUID(),
    origin: 'a',
    order_id: 1,
    product: 'Caixa',
    price: '1.97',
    security_check: true,
    required_attempts: 1,
  }
  const fine = toQueue(message, { trace_id: 't', replay: 0, attempts_before: 0 })
  const half = new TextEncoder().encode('{')
  const long_id = 'x'.repeat(250)
  await queue.publish(ORDERS_QUEUE, [
    { id: 'half', headers: { version: '1', trace_id: 't' }, body: half },
    { id: long_id, headers: { version: '1', trace_id: 't', odd: 'é' }, body: half },
    { ...fine, headers: { ...fine.headers, version: '2' } },
  ])
  await fixture.drain()
  expect(await fixture.dead()).toHaveLength(3)
  await startDriver()
  await startConsumer()
  for (const replay of [1, 2]) {
    const { id } = await start()
    await ended(id)
    expect(await read(id)).toMatchObject({ succeeded: 0, died_again: 3 })
    const dead = await sql<{ message_id: string; replay: number; headers: Record<string, string>; id: string }[]>`
      select id, message_id, replay, headers from letters where state = 'dead' order by message_id`
    expect(dead.map((one) => one.replay)).toEqual([replay, replay, replay])
    expect(dead.filter(({ message_id }) => ['half', message.message_id].includes(message_id))).toHaveLength(2)
    const ids = new Set((await lettersOf(id)).map(({ died_as }) => died_as))
    expect(ids).toEqual(new Set(dead.map((one) => one.id)))
  }
  // By now version 2 would be known.
  await sql`
    update letters set headers = ((headers::jsonb) || '{"version": "1"}')::json
    where state = 'dead' and message_id = ${message.message_id}`
  const { id } = await start()
  await ended(id)
  expect(await read(id)).toMatchObject({ succeeded: 1, died_again: 2 })
  expect(await fixture.output()).toEqual([message.message_id])
})
