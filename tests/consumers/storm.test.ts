/** A storm of failures pauses every consumer of the queue, and a person decides what becomes of its messages. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import postgres, { type Sql } from 'postgres'
import { orders } from '../../consumers/orders.ts'
import { runQueue, type RunningConsumer } from '../../consumers/run-queue.ts'
import { StormBreaker } from '../../consumers/storm-breaker.ts'
import { runSwitched } from '../../consumers/storm-switch.ts'
import { decideStorm, readConsumerState, STORMS_CHANNEL, type StormDecision } from '../../db/dead-letters/storms.ts'
import type { Queue, QueueMessage } from '../../db/engines/queue/queue.ts'
import { ORDERS_SOURCE } from '../../db/orders/deaths.ts'
import { readFlow } from '../../db/orders/flow.ts'
import { ORDERS_QUEUE, toQueue, type OrderMessage } from '../../db/orders/message.ts'
import { createRetry } from '../../lib/retry.ts'
import type { Translated } from '../../lib/texts.ts'
import { until } from '../kit/program.ts'
import { openOrders, orderMessage, TRAVEL, type OrdersFixture } from './orders-fixture.ts'

setDefaultTimeout(60_000)

let fixture: OrdersFixture
let running: RunningConsumer[] = []
beforeAll(async () => void (fixture = await openOrders()))
beforeEach(async () => {
  await fixture.empty()
  await fixture.db.sql`truncate alerts cascade`
})
afterEach(async () => {
  for (const consumer of running) await consumer.stop()
  running = []
})
afterAll(() => fixture.close())

const SOMEBODY = { actor_id: null, actor_name: 'ana', address: null, request_id: null }
const good = (count: number, more: Partial<OrderMessage> = {}) =>
  Array.from({ length: count }, () => toQueue(orderMessage(more), TRAVEL))
/** Of a version that the consumer does not know. */
const bad = (count: number): QueueMessage[] =>
  good(count).map((one) => ({ ...one, headers: { ...one.headers, version: '2' } }))
const publish = (...messages: QueueMessage[]) => fixture.db.queue.publish(ORDERS_QUEUE, messages)
const start = async (prefetch = fixture.config.prefetch) => {
  const { db, config, log } = fixture
  running.push(await runQueue(orders(db, { ...config, prefetch }, log), db.queue, log))
}
const state = () => readConsumerState(fixture.db.sql, ORDERS_SOURCE)
const paused = () => until('a pause', async () => (await state()).state === 'paused')
const decide = (decision: StormDecision) => decideStorm(fixture.db.sql, ORDERS_SOURCE, decision, SOMEBODY)
const alerts = () =>
  fixture.db.sql<{ state: string; subject: string; detail: Translated }[]>`
    select state, subject, detail from alerts where rule = 'CONSUMER_PAUSED' order by opened_at`
/** All that was in hand is in the queue again. */
const waiting = (count: number) =>
  until(`${count} messages in the queue`, async () => {
    const { ready, delayed, in_flight } = await fixture.db.queue.depth(ORDERS_QUEUE)
    return ready === count && delayed + in_flight === 0
  })
const breakerOf = (source: string) =>
  new StormBreaker({ sql: fixture.db.sql, source, worker: 'w', retry: createRetry(fixture.log, 'a test') })
/** Whether each of so many may die, beside those that are fine. */
const dies = (one: StormBreaker, count: number, fine: number) => {
  for (let i = 0; i < fine; i++) one.fine(`fine ${i}`)
  const { signal } = new AbortController()
  const deaths = Array.from({ length: count }, (_, i) => ({
    key: ` ${i}`,
    message_id: '',
    reason: 'invalid',
    detail: '?',
  }))
  return Promise.all(deaths.map((death) => one.mayDie(death, signal)))
}
const ends = async () => ({ output: (await fixture.output()).length, dead: (await fixture.dead()).length })

test('10 of 20 failures with one reason are dead letters', async () => {
  await publish(...good(10), ...bad(10))
  await start()
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 10, dead: 10 })
  expect(await state()).toMatchObject({ state: 'running', reason: null })
})

test('11 of 20 pause the consumer, none of them is dead, and it says so', async () => {
  await publish(...good(9), ...bad(11))
  await start()
  await paused()
  await waiting(11)
  expect(await ends()).toEqual({ output: 9, dead: 0 })
  expect(await state()).toMatchObject({ reason: 'version_unknown', failed: 11, of: 20, decision: null })
  expect((await state()).sample).toHaveLength(3)
  expect(await alerts()).toMatchObject([{ state: 'firing', subject: 'orders' }])
  expect(await readFlow({ ...fixture.db, databases: fixture.databases })).toMatchObject({ balance: 'paused' })
  // Nothing is taken, whoever starts meanwhile.
  await publish(...good(1))
  await start()
  await waiting(12)
})

test('19 failures of 19 are too few to tell', async () => {
  await publish(...bad(19))
  await start()
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 0, dead: 19 })
})

test('deaths that are expected are no storm, however many there are', async () => {
  await publish(...good(60, { required_attempts: 6, security_check: false }))
  await start()
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 0, dead: 60 })
  expect((await state()).state).toBe('running')
})

test('failures with several reasons, none of which has more than half, are no storm', async () => {
  const large = good(15).map((one) => ({ ...one, body: new TextEncoder().encode('{') }))
  await publish(...bad(15), ...large)
  await start()
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 0, dead: 30 })
})

test('two consumers that have half of the storm each pause both, and both go on', async () => {
  await start(15)
  await start(15)
  await publish(...bad(30), ...good(5))
  await paused()
  await waiting(35 - (await ends()).output)
  expect((await ends()).dead).toBe(0)
  await decide('dead_letter')
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 5, dead: 30 })
  expect(await alerts()).toMatchObject([{ state: 'resolved' }])
})

test('a storm that begins with deaths says that only those in hand went back', async () => {
  await publish(...good(10), ...bad(10))
  await start()
  await until('the first deaths', async () => (await ends()).dead === 10)
  await publish(...bad(11))
  await paused()
  await waiting(11)
  expect(await ends()).toEqual({ output: 10, dead: 10 })
  expect(await state()).toMatchObject({ failed: 21, of: 31 })
  const [alert] = await alerts()
  expect(alert!.detail.en).toContain(
    '21 of 31 messages failed with version_unknown; those that were in hand were put back.',
  )
})

test('a consumer that starts while it is paused takes nothing until somebody decides', async () => {
  await publish(...bad(300), ...good(3))
  await start(50)
  await paused()
  await running.pop()!.stop()
  const before = await ends()
  await start(50)
  await waiting(303 - before.output)
  expect(await decide('dead_letter')).toMatchObject({ state: 'running', decision: 'dead_letter', decided_by: 'ana' })
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 3, dead: 300 })
  const [audited] = await fixture.db.sql`select details from audit where action = 'orders.consumer_resumed'`
  expect(audited!.details).toEqual({ decision: 'dead_letter', reason: 'version_unknown' })
  await expect(decide('retry')).rejects.toMatchObject({ code: 'consumer_not_paused' })
})

test('what is tried again and fails again pauses it again; where it is well by then, all of it gets through', async () => {
  const { output } = fixture.databases
  const refuse = (sql: string) => output.use((tx, schema) => tx.unsafe(sql.replace('ORDERS', `${schema}.orders`)))
  await refuse('alter table ORDERS add constraint cheap check (price < 5)')
  await publish(...good(9), ...good(12, { price: '9' }))
  await start()
  await paused()
  await waiting(12)
  expect(await state()).toMatchObject({ reason: 'output_refused', failed: 12, of: 21 })
  await decide('retry')
  await until('another pause', async () => (await alerts()).length === 2)
  await paused()
  await waiting(12)
  expect(await ends()).toEqual({ output: 9, dead: 0 })
  await refuse('alter table ORDERS drop constraint cheap')
  await decide('retry')
  await until('the end', fixture.isIdle)
  expect(await ends()).toEqual({ output: 21, dead: 0 })
  const again = await fixture.db.sql`select from order_messages where state <> 'output'`
  expect(again).toBeEmpty()
})

test('a decision holds for its reason alone', async () => {
  await publish(...bad(25))
  await start()
  await paused()
  await decide('dead_letter')
  await until('the end', fixture.isIdle)
  await publish(...good(60).map((one) => ({ ...one, headers: { version: '1' } })))
  await paused()
  expect(await state()).toMatchObject({ reason: 'header_missing', decision: null })
})

test('messages that go well end a decision to try again: a single failure is no storm afterwards', async () => {
  const [before, later] = [breakerOf(ORDERS_SOURCE), breakerOf(ORDERS_SOURCE)]
  expect(new Set(await dies(before, 20, 0))).toEqual(new Set([false]))
  await decide('retry')
  before.restart()
  await dies(before, 0, 20)
  await before.tend()
  expect(await dies(later, 1, 0)).toEqual([true])
})

test('until then a single failure is the storm again', async () => {
  const [before, later] = [breakerOf(ORDERS_SOURCE), breakerOf(ORDERS_SOURCE)]
  await dies(before, 20, 0)
  await decide('retry')
  before.restart()
  await dies(before, 0, 19)
  await before.tend()
  expect(await dies(later, 1, 0)).toEqual([false])
})

test('a batch is judged as a whole before any of it dies, for whichever source', async () => {
  const breaker = () => breakerOf(crypto.randomUUID())
  expect(new Set(await dies(breaker(), 10, 10))).toEqual(new Set([true]))
  expect(new Set(await dies(breaker(), 11, 9))).toEqual(new Set([false]))
})

test('a storm of messages without an id of their own pauses, too', async () => {
  const alike = bad(25).map((one, i) => ({ ...one, id: `same:${i % 2}`, body: new Uint8Array([i]) }))
  // The queue in sql knows messages by their ids: two at a time.
  const { db, config, log } = fixture
  const deliveries = alike.map((one) => ({ ...one, headers: one.headers!, attempt: 1 }))
  const decisions: string[] = []
  const consume: Queue['consume'] = async (_, handler) => {
    void Promise.all(
      deliveries.map(async (one) => void decisions.push(await handler(one, new AbortController().signal))),
    )
    return { stop: async () => {} }
  }
  running.push(await runQueue(orders(db, config, log), { ...db.queue, consume }, log))
  await until('the decisions', () => decisions.length === 25)
  expect(new Set(decisions)).toEqual(new Set(['return']))
  expect((await state()).state).toBe('paused')
})

describe('the switch', () => {
  const switched = (isPaused: () => Promise<boolean>) => {
    const sessions: Array<{ left: boolean }> = []
    let storm = () => {}
    const breaker = { isPaused, restart() {}, onStorm: (listener: () => void) => void (storm = listener) }
    const begin = () => {
      const session = { left: false }
      sessions.push(session)
      return { started: Promise.resolve(), leave: async () => void (session.left = true) }
    }
    const run = async (sql: Sql) => running.push(await runSwitched({ name: 'x', breaker, sql, begin }, fixture.log))
    return { sessions, run, storm: () => storm() }
  }

  test.each(['the pause was seen', 'the database answered'])(
    'goes on where somebody decides before %s',
    async (what) => {
      let fails = 0
      const { sessions, run, storm } = switched(async () => {
        if (fails-- > 0) throw new Error('away')
        return false
      })
      const { sql } = fixture.db
      await run(sql)
      if (what === 'the database answered') fails = 1
      storm()
      await until('its turn', () => fails <= 0)
      await sql`select pg_notify(${STORMS_CHANNEL}, 'x')`
      await until('another session', () => sessions.length === 2)
      expect(sessions).toEqual([{ left: true }, { left: false }])
    },
  )

  test('leaves no session behind where it cannot listen for decisions', async () => {
    const { sessions, run } = switched(async () => false)
    const nowhere = postgres('postgres://127.0.0.1:1/none', { connect_timeout: 1 })
    await expect(run(nowhere)).rejects.toThrow()
    expect(sessions).toEqual([{ left: true }])
    await nowhere.end()
  })
})
