/** The storm breaker of stream consumers judges a partition by what happens in all of them. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { BatchBreaker } from '../../consumers/batch-breaker.ts'
import { events } from '../../consumers/events.ts'
import { runStream } from '../../consumers/run-stream.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { createPartitioner } from '../../db/engines/stream/partitioner.ts'
import { ensureTopic } from '../../db/engines/stream/sql/messages.ts'
import { EVENTS_GROUP, EVENTS_TOPIC } from '../../db/events/event.ts'
import { until } from '../kit/program.ts'
import { input, message, openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(60_000)

const PARTITIONS = 12
const POISONED = 0
let fixture: EventsFixture
beforeAll(async () => {
  fixture = await openEvents()
  await ensureTopic(fixture.db.sql, EVENTS_TOPIC, PARTITIONS)
})
let consumer: { stop(): Promise<void> } | undefined
beforeEach(() => fixture.empty())
afterEach(async () => {
  await consumer?.stop()
  consumer = undefined
})
afterAll(() => fixture.close())

const partitionOf = createPartitioner()
const keyIn = (partition: number) => {
  for (let n = 0; ; n++)
    if (partitionOf(new TextEncoder().encode(`key ${n}`), PARTITIONS) === partition) return `key ${n}`
}
const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))
const state = () => readConsumerState(fixture.db.sql, 'events')
const lag = async () =>
  (await fixture.db.stream.lag(EVENTS_GROUP)).filter(({ lag }) => lag > 0).map(({ partition, lag }) => [partition, lag])

/** `bad` messages in one partition, and `good` in each of the others; starts the consumer as in production. */
async function startOn(bad: number, good: number) {
  const { db, log } = fixture
  const healthy = times(PARTITIONS, keyIn).toSpliced(POISONED, 1)
  await db.stream.produce(EVENTS_TOPIC, [
    ...times(bad, () => ({ ...raw('?'), key: keyIn(POISONED) })),
    ...healthy.flatMap((key) => times(good, () => ({ ...message(input()), key }))),
  ])
  consumer = await runStream(events(db, { unknown_sku: 'failed', schema_registry_url: undefined }), db.stream, log)
}

test('a poisoned partition beside eleven healthy ones, with less than half of all messages, holds nothing up', async () => {
  await startOn(400, 50)
  await until('the end', async () => (await fixture.topic('events.failed')).length === 400)
  await until('all of it', async () => (await lag()).length === 0)
  expect(await fixture.topic('events.processed')).toHaveLength(11 * 50)
  expect(await state()).toMatchObject({ state: 'running', reason: null })
})

test('one with more than half pauses the consumer; the others finish what they have in hand, and none of it is a dead letter', async () => {
  await startOn(400, 20)
  await until('a pause', async () => (await state()).state === 'paused')
  expect(await state()).toMatchObject({ reason: 'not_json', failed: 400, of: 400 + 11 * 20 })
  await until('the others', async () => (await lag()).length === 1)
  expect(await lag()).toEqual([[POISONED, 400]])
  expect(await fixture.topic('events.processed')).toHaveLength(11 * 20)
  expect(await fixture.topic('events.failed')).toEqual([])
})

const breaker = () => new BatchBreaker({ sql: fixture.db.sql, source: 'events', worker: 'w', again_ms: 0 })
const { signal } = new AbortController()
const SOMEBODY = { actor_id: null, actor_name: 'ana', address: null, request_id: null }
const keys = (count: number, partition: number) => times(count, (n) => `${partition}/${n}`)
const deaths = (count: number, partition: number) =>
  keys(count, partition).map((key) => ({ key, message_id: key, reason: 'not_json', detail: 'no' }))

test('what other consumers do well counts, although they hold no deaths back', async () => {
  const [healthy, poisoned] = [breaker(), breaker()]
  await healthy.mayDie({ partition: 1, fine: keys(30, 1), deaths: [] }, signal)
  expect(await poisoned.mayDie({ partition: 0, fine: [], deaths: deaths(30, 0) }, signal)).toBeTrue()
  expect(await poisoned.mayDie({ partition: 2, fine: [], deaths: deaths(1, 2) }, signal)).toBeFalse()
  expect(await state()).toMatchObject({ state: 'paused', failed: 31, of: 61 })
})

test('a large batch of one partition does not push what others did out of sight', async () => {
  const one = breaker()
  for (let partition = 1; partition < 12; partition++)
    await one.mayDie({ partition, fine: keys(60, partition), deaths: [] }, signal)
  expect(await one.mayDie({ partition: 0, fine: [], deaths: deaths(500, 0) }, signal)).toBeTrue()
})

test('a batch that looks like a storm waits for those of other partitions that are in hand', async () => {
  const one = breaker()
  const others = Promise.withResolvers<void>()
  const inHand = one.during(1, () =>
    others.promise.then(() => one.mayDie({ partition: 1, fine: keys(50, 1), deaths: [] }, signal)),
  )
  const away = one.during(2, () => others.promise.then(() => Promise.reject(new Error('an engine is away'))))
  const failed = away.catch(() => 'failed')
  const judged = one.during(0, () => one.mayDie({ partition: 0, fine: [], deaths: deaths(40, 0) }, signal))
  expect(await Promise.race([judged, Bun.sleep(50).then(() => 'waits')])).toBe('waits')
  others.resolve()
  expect(await judged).toBeTrue()
  expect(await Promise.all([inHand, failed])).toEqual([true, 'failed'])
})

test('what goes well ends a decision to try again: a single failure is no storm afterwards', async () => {
  const before = breaker()
  await before.mayDie({ partition: 0, fine: [], deaths: deaths(30, 0) }, signal)
  await decideStorm(fixture.db.sql, 'events', 'retry', SOMEBODY)
  before.restart()
  await before.mayDie({ partition: 0, fine: keys(30, 0), deaths: [] }, signal)
  // As 30 s later.
  await fixture.db.sql`update storms set windows = '{}'`
  expect(await breaker().mayDie({ partition: 0, fine: [], deaths: deaths(1, 0) }, signal)).toBeTrue()
  expect((await state()).state).toBe('running')
})
