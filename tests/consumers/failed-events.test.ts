/** What becomes of events that fail: their headers, their dead letters, replays of these, and storms. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { produceFailures } from '../../consumers/events/failed.ts'
import { runReplays } from '../../consumers/replays.ts'
import { editLetter } from '../../db/dead-letters/edit.ts'
import { findReplay, listReplayLetters } from '../../db/dead-letters/replays/replays.ts'
import { dryRun, startReplay, type NewReplay } from '../../db/dead-letters/replays/start.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import type { Letter } from '../../db/dead-letters/letters.ts'
import type { Db } from '../../db/engines/connect.ts'
import { keyBytes } from '../../db/engines/stream/key.ts'
import { checkSize, MAX_MESSAGE_BYTES } from '../../db/engines/stream/limits.ts'
import type { Message, StoredMessage } from '../../db/engines/stream/stream.ts'
import { EVENTS_GROUP } from '../../db/events/event.ts'
import { eventsLetters } from '../../db/events/letter-source.ts'
import { FAILED } from '../../db/events/failed-message.ts'
import { listFailed } from '../../db/events/list-failed.ts'
import { eventEffects, eventsReplays } from '../../db/events/replay-source.ts'
import { AppError } from '../../lib/errors.ts'
import { until } from '../kit/program.ts'
import { input, message, openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(60_000)

let fixture: EventsFixture
let db: Db
const running: Array<{ stop(): Promise<unknown> }> = []
beforeAll(async () => {
  fixture = await openEvents()
  db = fixture.db
})
beforeEach(async () => {
  await fixture.empty()
  await db.sql`truncate alerts cascade`
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
})
afterAll(() => fixture.close())

const ACTOR = { actor_id: null, actor_name: 'maria', address: null, request_id: null }
const letters = async () => [...(await db.sql<Letter[]>`select * from letters order by id`)]
/** Handles what is in the topic, and makes dead letters of what fails. */
async function die(...messages: Message[]): Promise<Letter[]> {
  await db.stream.produce('events', messages)
  await fixture.drain()
  await fixture.drainFailed()
  return letters()
}
const unknown = (sku: string, more = {}) => message(input({ sku, ...more }))
const replay = (more: Partial<NewReplay> = {}) =>
  startReplay(db.sql, { name: 'test', source: 'events', filter: {}, rate_per_s: 10_000, canary: 0, ...more }, ACTOR)
const ended = (id: string) =>
  until('the end of the replay', async () => (await findReplay(db.sql, id)).finished_at !== null)
/** The consumer, the drain of failed events, and what drives replays. */
async function startAll(on: Db = db): Promise<void> {
  running.push(await runReplays(eventsReplays(on.stream), db.sql, fixture.log))
  running.push(await fixture.start(on), await fixture.startFailed())
}

test('a failed event has the headers of Kafka Connect and ours, beside its own, and is byte for byte what it was', async () => {
  const bad: Message = {
    key: 'chave ç',
    value: new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x22, 0xff, 0, 1]),
    headers: { trace_id: 't-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', own: 'x' },
  }
  const event_id = Bun.randomUUIDv7()
  await die(bad, unknown('NOBODY-1', { event_id }))
  const failed = await fixture.topic('events.failed')
  const broken = failed.find(({ headers }) => headers['doca.reason'] === 'not_json')!
  expect(Buffer.from(broken.value).equals(Buffer.from(bad.value!))).toBeTrue()
  expect(broken.headers).toEqual({
    ...bad.headers!,
    '__connect.errors.topic': 'events',
    '__connect.errors.partition': expect.stringMatching(/^\d$/),
    '__connect.errors.offset': '0',
    '__connect.errors.connector.name': 'events',
    '__connect.errors.task.id': String(process.pid),
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.class.name': 'doca.events.decode',
    '__connect.errors.exception.class.name': expect.stringMatching(/Error$/),
    '__connect.errors.exception.message': expect.stringContaining('not JSON in UTF-8'),
    '__connect.errors.exception.stacktrace': expect.stringContaining('Error'),
    'doca.reason': 'not_json',
    'doca.attempts': '1',
    'doca.failed_at': expect.stringMatching(/^\d{4}-.*Z$/),
    'doca.produced_at': expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const other = failed.find(({ headers }) => headers['doca.reason'] === 'unknown_sku')!
  expect(other.headers).toMatchObject({
    '__connect.errors.stage': 'TRANSFORMATION',
    '__connect.errors.exception.class.name': 'DataException',
    'doca.event_id': event_id,
  })
})

test('failed events are dead letters with their step, reason and place, and without the stack', async () => {
  const event_id = Bun.randomUUIDv7()
  const [first, second] = await die(raw('{"sku"'), unknown('NOBODY-1', { event_id }))
  expect(first).toMatchObject({ source: 'events', step: 'decode', reason: 'not_json', origin: 'events', attempts: 1 })
  expect(first!.message_id).toMatch(/^events\/\d\/0$/)
  expect(second).toMatchObject({ message_id: event_id, step: 'enrich', reason: 'unknown_sku', replay: 0 })
  for (const { headers } of [first!, second!]) expect(JSON.stringify(headers)).not.toContain('stacktrace')
  const { rows } = await listFailed(db.sql, {}, { limit: 10 })
  expect(rows).toMatchObject([
    { event_id, reason: 'unknown_sku', encoding: 'utf8', topic: 'events', key: 'NOBODY-1' },
    {
      event_id: null,
      reason: 'not_json',
      payload: '{"sku"',
      payload_bytes: 6,
      partition: expect.any(Number),
      offset: 0,
    },
  ])
})

test('a key that is no UTF-8 and a missing value are kept as they were, in the topic, in the letter and in its replay', async () => {
  const key = Buffer.from([0xff, 0, 0xc3, 0x28])
  await die({ key, value: null }, { key: 'A', value: new Uint8Array() })
  const inTopic = (topic: string) => db.sql<{ key: Buffer; value: Buffer | null; headers: Record<string, string> }[]>`
    select key, value, headers from stream_messages where topic = ${topic} order by octet_length(key) desc, produced_at`
  const [tombstone, empty] = await inTopic('events.failed')
  expect(tombstone).toMatchObject({ key, value: null, headers: { 'doca.reason': 'empty' } })
  expect(empty).toMatchObject({ key: Buffer.from('A'), value: Buffer.alloc(0), headers: { 'doca.reason': 'empty' } })
  expect((await listFailed(db.sql, {}, { limit: 10 })).rows.map((row) => row.key)).toContain('\ufffd\0\ufffd(')
  await startAll()
  await ended((await replay()).id)
  const again = (await inTopic('events')).filter(({ headers }) => headers['doca.replay'] === '1')
  expect(again).toMatchObject([
    { key, value: null },
    { key: Buffer.from('A'), value: Buffer.alloc(0) },
  ])
  expect(again.map(({ headers }) => Object.keys(headers).toSorted())).toEqual(
    again.map(() => ['doca.produced_at', 'doca.replay', 'doca.replay_of']),
  )
})

test('a failure that is told twice, after a crash, is one dead letter; the same bytes sent twice are two', async () => {
  const bad = raw('[')
  await die(bad, bad)
  expect(await letters()).toHaveLength(2)
  await db.sql`update stream_offsets set next_offset = 0`
  await fixture.drain()
  await fixture.drainFailed()
  expect(await fixture.topic('events.failed')).toHaveLength(4)
  expect(await letters()).toHaveLength(2)
})

test('where the topic of failed events cannot be written, the offset does not move, and nothing is lost once it can', async () => {
  let refused = 0
  const produce: Db['stream']['produce'] = async (topic, messages) => {
    if (topic !== 'events.failed' || refused > 2) return db.stream.produce(topic, messages)
    refused++
    throw new Error('not allowed')
  }
  await db.stream.produce('events', [message(input()), raw('?')])
  const on = { ...db, stream: { ...db.stream, produce } }
  const consumer = await fixture.start(on)
  await until('some tries', () => refused === 2)
  const lag = await db.stream.lag(EVENTS_GROUP)
  expect(lag.reduce((sum, one) => sum + one.lag, 0)).toBe(2)
  await until('the failure', async () => (await fixture.topic('events.failed')).length === 1)
  await consumer.stop()
  expect(await fixture.bodies('events.processed')).toHaveLength(1)
})

describe('a failure beyond what the topic takes is there with its beginning and its size, so that it holds nothing up', () => {
  const ORIGINAL: StoredMessage = {
    topic: 'events',
    partition: 1,
    offset: 42,
    key: 'A',
    value: new Uint8Array([1, 2, 3]),
    headers: { own: 'x' },
    produced_at: new Date('2026-11-20T09:31:10.000Z'),
  }
  const sizeOf = ({ key, value, headers }: Message) =>
    (keyBytes(key)?.byteLength ?? 0) + (value?.byteLength ?? 0) + JSON.stringify(headers).length
  const tooLarge = () => new AppError('too_large', 'message_too_large', { en: 'Too large.', pt: 'Grande demais.' })
  /** What is in a topic that takes messages of up to `limit` bytes, key and headers included. */
  async function inTopic(limit: number, ...messages: Array<Partial<StoredMessage>>): Promise<Message[]> {
    const stored: Message[] = []
    const produce = async (_: string, sent: Message[]) => {
      for (const message of sent) checkSize(message)
      if (sent.some((message) => sizeOf(message) > limit)) throw tooLarge()
      stored.push(...sent)
    }
    const failures = messages.map((message) => ({
      message: { ...ORIGINAL, ...message },
      reason: 'not_json' as const,
      detail: 'why',
      event_id: null,
    }))
    await produceFailures({ produce }, failures, { name: 'events', task: 7 }, new Date())
    return stored
  }
  const filled = (bytes: number) => new Uint8Array(bytes).fill(65)
  const KAFKA_DEFAULT = 1_048_588

  test('and the batch goes on', async () => {
    const produce: Db['stream']['produce'] = async (topic, messages) => {
      if (topic === 'events.failed' && messages.some((message) => sizeOf(message) > KAFKA_DEFAULT)) throw tooLarge()
      await db.stream.produce(topic, messages)
    }
    await db.stream.produce('events', [raw(filled(1024 * 1024)), message(input()), raw('?')])
    await fixture.drain({ ...db, stream: { ...db.stream, produce } })
    await fixture.drainFailed()
    expect((await letters()).map(({ body }) => body.byteLength)).toEqual([524_288, 1])
    expect(await fixture.bodies('events.processed')).toHaveLength(1)
  })

  test('of ours, beyond 16 MiB', async () => {
    const [message] = await inTopic(Infinity, { value: filled(MAX_MESSAGE_BYTES + 1) })
    expect(message!.value!.byteLength).toBe(1024 * 1024)
    expect(message!.headers).toMatchObject({ own: 'x', [FAILED.cut_from]: String(MAX_MESSAGE_BYTES + 1) })
  })

  test("of another program's, which takes less than that of the events; what fits is whole, and in its order", async () => {
    const sizes = [10, 1024 * 1024, 20, 1_040_000, 30]
    const stored = await inTopic(KAFKA_DEFAULT, ...sizes.map((bytes, offset) => ({ value: filled(bytes), offset })))
    expect(stored.map(({ headers }) => headers![FAILED.offset])).toEqual(['0', '1', '2', '3', '4'])
    expect(stored.map(({ headers }) => headers![FAILED.cut_from])).toEqual([
      undefined,
      String(1024 * 1024),
      undefined,
      undefined,
      undefined,
    ])
    expect(stored.map(({ value }) => value!.byteLength)).toEqual([10, 524_288, 20, 1_040_000, 30])
  })

  test('because of its key and headers, which a replay needs in part', async () => {
    const replay = { 'doca.replay': '3', 'doca.replay_of': '0190163d-8694-739b-aea5-966c26f8ad91' }
    const headers = { own: 'x'.repeat(KAFKA_DEFAULT), ...replay }
    const [one, two] = await inTopic(KAFKA_DEFAULT, { headers }, { key: 'ç'.repeat(KAFKA_DEFAULT), value: null })
    expect(one!.headers).toMatchObject({ ...replay, [FAILED.cut_from]: '3', [FAILED.attempts]: '4' })
    expect(one!.headers).not.toHaveProperty('own')
    expect(one).toMatchObject({ key: 'A', value: ORIGINAL.value })
    expect(two).toMatchObject({ value: null, headers: { own: 'x', [FAILED.cut_from]: '0' } })
  })

  test('but no topic is tried for ever', async () => {
    await expect(inTopic(100, { value: filled(10) })).rejects.toMatchObject({ code: 'message_too_large' })
  })
})

test('a replay publishes the original key, bytes and headers, and is followed to its end by the letter', async () => {
  const late = { ...unknown('LATER'), key: 'another key' }
  await die(late, unknown('NEVER'))
  await fixture.addPackaging('LATER')
  await startAll()
  const { id } = await replay()
  await ended(id)
  expect(await findReplay(db.sql, id)).toMatchObject({ state: 'done', succeeded: 1, died_again: 1 })
  const sent = await db.sql<{ key: Uint8Array; value: Uint8Array; headers: Record<string, string> }[]>`
    select key, value, headers from stream_messages where topic = 'events' and headers::jsonb ? 'doca.replay'`
  const again = sent.find(({ key }) => Buffer.from(key).toString() === 'another key')!
  expect(Buffer.from(again.value).equals(Buffer.from(late.value!))).toBeTrue()
  expect(again.headers).toMatchObject({ ...late.headers!, 'doca.replay': '1' })
  expect(Object.keys(again.headers).filter((name) => name.startsWith('__connect'))).toEqual([])
  const died = (await letters()).find(({ replay }) => replay === 1)!
  expect(died).toMatchObject({ reason: 'unknown_sku', attempts: 2, state: 'dead' })
  const { rows } = await listReplayLetters(db.sql, id, 'died_again', { limit: 10 })
  expect(rows).toMatchObject([{ died_as: died.id }])
})

test('an event without a time stays where its first message was, however often and however late it is replayed', async () => {
  const event_id = Bun.randomUUIDv7()
  await db.stream.produce('events', [raw(JSON.stringify({ ...input({ sku: 'SLOW' }), event_id }))])
  await db.sql`update stream_messages set produced_at = '2026-01-02T03:04:05.678Z' where topic = 'events'`
  await die()
  await startAll()
  await ended((await replay()).id)
  await fixture.addPackaging('SLOW')
  await until('the second letter', async () => (await letters()).at(-1)?.replay === 1)
  await ended((await replay()).id)
  expect(await fixture.bodies('events.processed')).toMatchObject([
    { event_id, occurred_at: '2026-01-02T03:04:05.678Z' },
  ])
  const [row] = await db.sql`select at, written_at from history_rows`
  expect(row).toEqual({ at: new Date('2026-01-02T03:04:05.678Z'), written_at: new Date('2026-01-02T03:04:05.678Z') })
})

test('of two letters with one event_id and different contents, the replay of the first succeeds, and the other dies as a conflict', async () => {
  const event_id = Bun.randomUUIDv7()
  await die(unknown('SOON', { event_id, quantity: 1 }), unknown('SOON', { event_id, quantity: 2 }))
  await fixture.addPackaging('SOON')
  await startAll()
  const { id } = await replay()
  await ended(id)
  expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1, died_again: 1 })
  expect((await letters()).at(-1)).toMatchObject({ reason: 'conflict', state: 'dead' })
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([1])
})

test('the replay of an event that was passed on meanwhile changes nothing, and succeeds', async () => {
  const late = unknown('MEANWHILE')
  await die(late)
  await fixture.addPackaging('MEANWHILE')
  await db.stream.produce('events', [late])
  await fixture.drain()
  await startAll()
  const { id } = await replay()
  await ended(id)
  expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1, died_again: 0 })
  expect(await fixture.bodies('events.processed')).toHaveLength(1)
})

test('a replay that is published twice, after a crash, is one: one event, or one letter', async () => {
  await die(unknown('TWICE'), unknown('GONE-TWICE'))
  await fixture.addPackaging('TWICE')
  const twice: Db['stream']['produce'] = async (topic, messages) => {
    await db.stream.produce(topic, messages)
    await db.stream.produce(topic, messages)
  }
  running.push(await runReplays(eventsReplays({ produce: twice }), db.sql, fixture.log))
  running.push(await fixture.start(), await fixture.startFailed())
  const { id } = await replay()
  await ended(id)
  await until('all of it', async () => (await db.stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0))
  expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1, died_again: 1 })
  expect(await fixture.bodies('events.processed')).toHaveLength(1)
  expect((await letters()).filter(({ state }) => state === 'dead')).toHaveLength(1)
})

test('an edited event keeps its id, goes with the events of its new sku, and is passed on', async () => {
  const event_id = Bun.randomUUIDv7()
  const [letter] = await die(raw(JSON.stringify({ ...input({ sku: 'TYPO', quantity: 2.5 }), event_id })))
  expect(eventsLetters.readFields(letter!.body)).toEqual({ sku: 'TYPO', kind: 'sale', quantity: 2.5 })
  await expect(editLetter(db.sql, [eventsLetters], letter!.id, { kind: 'gift' }, ACTOR)).rejects.toMatchObject({
    code: 'validation_failed',
  })
  await editLetter(db.sql, [eventsLetters], letter!.id, { sku: 'B', quantity: 3 }, ACTOR)
  await startAll()
  const { id } = await replay()
  await ended(id)
  expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1 })
  const [kept] = await db.history.read('events', 'B', { limit: 10 })
  expect(kept!.data).toMatchObject({ event_id, sku: 'B', quantity: 3 })
  const [processed] = await fixture.bodies('events.processed')
  expect(processed).toMatchObject({ event_id })
})

test('an event that the history refused may be edited: what never was in the history does not stand in its way', async () => {
  await db.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin if new.data->>'quantity' = '13' then raise 'refused' using errcode = '22023'; end if; return new; end $$;
    create trigger refuse before insert on history_rows for each row execute function refuse()`)
  try {
    const [letter] = await die(message(input({ quantity: 13 })))
    expect(letter).toMatchObject({ step: 'history', reason: 'unstorable' })
    await editLetter(db.sql, [eventsLetters], letter!.id, { quantity: 12 }, ACTOR)
    await startAll()
    const { id } = await replay()
    await ended(id)
    expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1 })
  } finally {
    await db.sql.unsafe('drop trigger refuse on history_rows; drop function refuse')
  }
})

test('a dry run says what comes to the history, what surely dies again, and what cannot be read', async () => {
  const event_id = Bun.randomUUIDv7()
  await die(
    unknown('NOBODY-1'),
    raw('['),
    message(input({ event_id, quantity: 1 })),
    message(input({ event_id, quantity: 2 })),
  )
  const { count, effects } = await dryRun(db.sql, { source: 'events', filter: {} }, eventEffects)
  expect(count).toBe(3)
  expect(effects.map(({ effect, count }) => [effect, count])).toEqual([
    ['history', 1],
    ['dies_again', 1],
    ['unreadable', 1],
  ])
})

test('a storm within one batch pauses the consumer before any of it is a dead letter, and a person decides', async () => {
  const good = Array.from({ length: 9 }, (_, i) => message(input({ quantity: i + 1 })))
  const bad = Array.from({ length: 11 }, () => ({ ...unknown('NOBODY-1'), key: 'A' }))
  await db.stream.produce('events', [...bad, ...good])
  running.push(await fixture.start())
  const state = () => readConsumerState(db.sql, 'events')
  await until('a pause', async () => (await state()).state === 'paused')
  expect(await state()).toMatchObject({ reason: 'unknown_sku', failed: 11, of: 20 })
  const [alert] = await db.sql`select detail from alerts where rule = 'CONSUMER_PAUSED' and subject = 'events'`
  expect(alert!.detail.path).toBe('/streams')
  expect(await fixture.topic('events.failed')).toEqual([])
  expect((await db.stream.lag(EVENTS_GROUP)).reduce((sum, { lag }) => sum + lag, 0)).toBe(20)
  // Nothing is taken, whoever starts meanwhile.
  running.push(await fixture.start())
  await decideStorm(db.sql, 'events', 'dead_letter', ACTOR)
  await until('the end', async () => (await fixture.topic('events.failed')).length === 11)
  await until('all of it', async () => (await db.stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0))
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9,
  ])
  const [audited] = await db.sql`select details from audit where action = 'events.consumer_resumed'`
  expect(audited!.details).toEqual({ decision: 'dead_letter', reason: 'unknown_sku' })
})

test('a storm whose cause is repaired is tried again, and nothing of it was a dead letter', async () => {
  const sent = Array.from({ length: 25 }, (_, i) => ({ ...unknown('MENDED', { quantity: i + 1 }), key: 'A' }))
  await db.stream.produce('events', sent)
  running.push(await fixture.start())
  await until('a pause', async () => (await readConsumerState(db.sql, 'events')).state === 'paused')
  await fixture.addPackaging('MENDED')
  await decideStorm(db.sql, 'events', 'retry', ACTOR)
  await until('the end', async () => (await fixture.topic('events.processed')).length === 25)
  expect(await fixture.topic('events.failed')).toEqual([])
})

test('dead letters that are sent again as they were die again, and are no storm', async () => {
  const good = Array.from({ length: 26 }, (_, i) => message(input({ quantity: i + 1 })))
  await die(...good, ...Array.from({ length: 25 }, () => ({ ...unknown('NOBODY-1'), key: 'A' })))
  await startAll()
  const { id } = await replay()
  await ended(id)
  expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 0, died_again: 25 })
  expect(await readConsumerState(db.sql, 'events')).toMatchObject({ state: 'running', reason: null })
})

test('a few bad ones among many are no storm, in whatever batches they come', async () => {
  const sent = Array.from({ length: 300 }, (_, i) => (i % 100 === 99 ? raw('?') : message(input({ quantity: i + 1 }))))
  await die(...sent)
  expect(await letters()).toHaveLength(3)
  expect(await fixture.topic('events.processed')).toHaveLength(297)
})
