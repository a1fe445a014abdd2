import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Db } from '../../db/engines/connect.ts'
import { contentHash, eventMessage, type StockEvent } from '../../db/events/event.ts'
import { FAILED } from '../../db/events/failed-message.ts'
import { startProgram, until } from '../kit/program.ts'
import { input, message, openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(120_000)

interface Enriched {
  packaging: { name: string } | null
}

let fixture: EventsFixture
let db: Db
beforeAll(async () => {
  fixture = await openEvents()
  db = fixture.db
})
beforeEach(() => fixture.empty())
afterAll(() => fixture.close())

describe('an event', () => {
  test('is enriched from the catalogue, kept in the history and passed on with its trace', async () => {
    await db.stream.produce('events', [message(input({ data: { order: 'PED-1' } }))])
    await fixture.drain()
    const [kept] = await db.history.read('events', 'A', { limit: 10 })
    expect(kept!.data).toMatchObject({ sku: 'A', quantity: 1, data: { order: 'PED-1' }, packaging: { name: 'Caixa' } })
    expect(await fixture.bodies('events.processed')).toEqual([kept!.data as unknown as StockEvent])
    expect((await fixture.topic('events.processed'))[0]!.headers.trace_id).toBe('trace-1')
    expect(await fixture.topic('events.failed')).toEqual([])
  })

  test('stays in its trace, whatever else is in the batch: its row of the history, its processed or failed message', async () => {
    const traced = (sku: string, n: number) => {
      const { key, value } = message(input({ sku }))
      const headers = { trace_id: `trace-${n}`, traceparent: `00-${String(n).repeat(32)}-b7ad6b7169203331-01` }
      return { key, value, headers }
    }
    await db.stream.produce('events', [traced('A', 1), traced('A', 2), traced('NOWHERE', 3)])
    await fixture.drain()
    const kept = await db.history.read('events', 'A', { limit: 10 })
    expect(kept.map(({ data }) => data.trace_id).toSorted()).toEqual(['trace-1', 'trace-2'])
    const tracesOf = async (topic: string) =>
      (await fixture.topic(topic)).map(({ headers }) => `${headers.trace_id} ${headers.traceparent}`).toSorted()
    const trace = (n: number) => `trace-${n} 00-${String(n).repeat(32)}-b7ad6b7169203331-01`
    expect(await tracesOf('events.processed')).toEqual([trace(1), trace(2)])
    expect(await tracesOf('events.failed')).toEqual([trace(3)])
  })

  test('again with the same content changes nothing, whatever the order of its keys', async () => {
    const event_id = Bun.randomUUIDv7()
    const occurred_at = '2026-01-02T03:04:05Z'
    const first = message(input({ event_id, occurred_at, data: { a: 1, b: { c: 2, d: 3 } } }))
    const again = message(
      input({ occurred_at: '2026-01-02T00:04:05-03:00', event_id, data: { b: { d: 3, c: 2 }, a: 1 } }),
    )
    await db.stream.produce('events', [first, again])
    await fixture.drain()
    await db.stream.produce('events', [again])
    await fixture.drain()
    expect(await fixture.bodies('events.processed')).toHaveLength(1)
    expect(await fixture.topic('events.failed')).toEqual([])
  })

  test('again without occurred_at is the same event, although the API chose another time', async () => {
    const event_id = Bun.randomUUIDv7()
    for (const now of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'])
      await db.stream.produce('events', [eventMessage(input({ event_id }), 't', new Date(now)).message])
    await fixture.drain()
    expect(await fixture.bodies('events.processed')).toHaveLength(1)
    expect(await fixture.topic('events.failed')).toEqual([])
  })

  test('written to the topic by someone else may lack its time, and times are kept in UTC', async () => {
    const event_id = Bun.randomUUIDv7()
    const text = JSON.stringify({ ...input(), event_id })
    await db.stream.produce('events', [raw(text)])
    await db.stream.produce('events', [raw(text)])
    const [{ produced_at } = { produced_at: new Date(0) }] = await db.sql<{ produced_at: Date }[]>`
      select produced_at from stream_messages where topic = 'events' order by "offset" limit 1`
    const future = input({ event_id: Bun.randomUUIDv7(), occurred_at: '2999-01-01T10:00:00.5+02:00' })
    await db.stream.produce('events', [raw(JSON.stringify(future))])
    await fixture.drain()
    expect(await fixture.topic('events.failed')).toEqual([])
    const kept = await db.history.read('events', 'A', { limit: 10 })
    expect(kept.map(({ data }) => data.occurred_at)).toEqual(['2999-01-01T08:00:00.500Z', produced_at.toISOString()])
  })

  test('with other content under a known id is a conflict; the first stands', async () => {
    const event_id = Bun.randomUUIDv7()
    await db.stream.produce('events', [
      message(input({ event_id, quantity: 1 })),
      message(input({ event_id, quantity: 2 })),
    ])
    await fixture.drain()
    expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([1])
    const [failed] = await fixture.topic('events.failed')
    expect(failed!.headers).toMatchObject({
      [FAILED.reason]: 'conflict',
      [FAILED.topic]: 'events',
      [FAILED.event_id]: event_id,
    })
    expect((await db.history.read('events', 'A', { limit: 10 })).map(({ data }) => data.quantity)).toEqual([1])
  })
})

describe('what can never succeed goes to events.failed with its bytes and why', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const good = { event_id: '0190163d-8694-739b-aea5-966c26f8ad91', occurred_at: '2026-01-01T00:00:00Z', ...input() }
  const withData = (data: string) => `${JSON.stringify(good).slice(0, -1)},"data":${data}}`
  test.each([
    ['half a JSON text', 'not_json', '{"sku":'],
    ['an empty message, as a tombstone is', 'empty', ''],
    ['a zero byte', 'not_json', new Uint8Array([0])],
    ["Confluent's wire format without a registry", 'registry_missing', new Uint8Array([0, 0, 0, 0, 42, 2, 2])],
    ['bytes that are no UTF-8', 'not_json', new Uint8Array([0xff, 0xfe, 0x00])],
    ['an array', 'invalid', '[]'],
    ['null', 'invalid', 'null'],
    ['an unknown field', 'invalid', JSON.stringify({ ...good, colour: 'red' })],
    ['a quantity in quotes', 'invalid', JSON.stringify({ ...good, quantity: '1' })],
    ['a sale of nothing', 'invalid', JSON.stringify({ ...good, quantity: 0 })],
    ['a broken quantity', 'invalid', JSON.stringify({ ...good, quantity: 1.5 })],
    ['no event_id', 'invalid', JSON.stringify({ ...good, event_id: undefined })],
    ['a month 13', 'invalid', JSON.stringify({ ...good, occurred_at: '2026-13-05T00:00:00Z' })],
    ['a year 0', 'invalid', JSON.stringify({ ...good, occurred_at: '0000-01-01T00:00:00Z' })],
    ['a year 10000 in UTC', 'invalid', JSON.stringify({ ...good, occurred_at: '9999-12-31T23:59:59-05:00' })],
    ['a 31 February', 'invalid', JSON.stringify({ ...good, occurred_at: '2026-02-31T00:00:00Z' })],
    ['a NUL in the sku', 'invalid', JSON.stringify({ ...good, sku: 'A\0' })],
    ['half a surrogate pair', 'invalid', JSON.stringify({ ...good, data: { deep: ['\ud800'] } })],
    ['data nested 200,000 levels deep', 'invalid', withData(`{"a":${nested(200_000)}}`)],
    ['data nested 20,000 levels deep', 'invalid', withData(`{"a":${nested(20_000)}}`)],
    ['data nested 10,000 levels deep', 'invalid', withData(`{"a":${nested(10_000)}}`)],
    ['2^53', 'invalid', withData('{"a":{"b":[9007199254740992]}}')],
    ['a whole number below -2^53', 'invalid', withData('{"a":-12345678901234567890}')],
    ['a number beyond all limits', 'invalid', withData('{"a":[1e999]}')],
    ['more than a megabyte', 'too_large', withData(`{"a":"${'x'.repeat(1024 * 1024)}"}`)],
    ['a sku that nobody knows', 'unknown_sku', JSON.stringify({ ...good, sku: 'NOBODY-KNOWS' })],
  ])('%s', async (_, reason, value) => {
    const bad = raw(value)
    await db.stream.produce('events', [message(input({ quantity: 7 })), bad, message(input({ quantity: 8 }))])
    await fixture.drain()
    const [failed, ...more] = await fixture.topic('events.failed')
    expect(more).toEqual([])
    expect(Buffer.from(failed!.value).equals(Buffer.from(bad.value!))).toBeTrue()
    expect(failed!.headers).toMatchObject({ [FAILED.reason]: reason, [FAILED.topic]: 'events', [FAILED.offset]: '1' })
    expect(Date.parse(failed!.headers[FAILED.failed_at]!)).toBeGreaterThan(Date.now() - 60_000)
    // The good ones around it went through, in their order.
    expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([7, 8])
  })
})

test('an event of an unknown sku is processed when it comes again after the sku was added', async () => {
  const late = message(input({ sku: 'LATE' }))
  await db.stream.produce('events', [late])
  await fixture.drain()
  expect((await fixture.topic('events.failed')).map(({ headers }) => headers[FAILED.reason])).toEqual(['unknown_sku'])
  await fixture.addPackaging('LATE')
  await db.stream.produce('events', [late])
  await fixture.drain()
  expect(await fixture.bodies('events.processed')).toHaveLength(1)
})

test('an event that was passed on and comes again after its item was deleted changes nothing', async () => {
  await fixture.addPackaging('SHORT-LIVED')
  const sent = message(input({ sku: 'SHORT-LIVED' }))
  await db.stream.produce('events', [sent])
  await fixture.drain()
  await db.sql`delete from packaging where sku = 'SHORT-LIVED'`
  await db.stream.produce('events', [sent, message(input({ sku: 'SHORT-LIVED' }))])
  await fixture.drain()
  expect(await fixture.bodies('events.processed')).toHaveLength(1)
  expect((await fixture.topic('events.failed')).map(({ headers }) => headers[FAILED.reason])).toEqual(['unknown_sku'])
})

test('with EVENTS_UNKNOWN_SKU=processed an event of an unknown sku is passed on without the item', async () => {
  await db.stream.produce('events', [message(input({ sku: 'NOBODY-KNOWS' })), message(input({ sku: 'B' }))])
  await fixture.drain(db, { unknown_sku: 'processed' })
  const processed = await fixture.topic('events.processed')
  const packaging = processed.map(({ value }) => (JSON.parse(new TextDecoder().decode(value)) as Enriched).packaging)
  expect(packaging.map((item) => item?.name ?? null).toSorted()).toEqual(['Caixa', null])
  const [kept] = await db.history.read('events', 'NOBODY-KNOWS', { limit: 10 })
  expect(kept!.data.packaging).toBeNull()
  expect(await fixture.topic('events.failed')).toEqual([])
})

test('an event of a schema version that is not known fails; the version is passed on', async () => {
  const known = message(input())
  await db.stream.produce('events', [
    known,
    { ...message(input()), headers: { ...known.headers, schema_version: '2' } },
  ])
  await fixture.drain()
  const [failed, ...more] = await fixture.topic('events.failed')
  expect(more).toEqual([])
  expect(failed!.headers).toMatchObject({ [FAILED.reason]: 'version_unknown', schema_version: '2' })
  expect((await fixture.topic('events.processed'))[0]!.headers.schema_version).toBe('1')
})

test('an event has the item as the catalogue has it when the event is handled, also right after a change', async () => {
  const consumer = await fixture.start()
  const names: string[] = []
  for (const name of ['Caixa', 'Caixa nova', 'Caixa mais nova']) {
    await db.sql`update packaging set name = ${name} where sku = 'C'`
    await db.stream.produce('events', [message(input({ sku: 'C' }))])
    await until('the event', async () => (await fixture.topic('events.processed')).length === names.length + 1)
    names.push(name)
  }
  await consumer.stop()
  const processed = await fixture.topic('events.processed')
  const packaging = processed.map(({ value }) => (JSON.parse(new TextDecoder().decode(value)) as Enriched).packaging)
  expect(packaging.map((item) => item!.name)).toEqual(names)
  await db.sql`update packaging set name = 'Caixa' where sku = 'C'`
})

test('an event that the history refuses does not hold up the others, and may come again', async () => {
  await db.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin if new.data->>'quantity' = '13' then raise 'refused' using errcode = '22023'; end if; return new; end $$;
    create trigger refuse before insert on history_rows for each row execute function refuse()`)
  const sent = [12, 13, 14].map((quantity) => message(input({ quantity })))
  try {
    await db.stream.produce('events', sent)
    await fixture.drain()
  } finally {
    await db.sql.unsafe('drop trigger refuse on history_rows; drop function refuse')
  }
  const [failed, ...more] = await fixture.topic('events.failed')
  expect(more).toEqual([])
  expect(failed!.headers).toMatchObject({
    [FAILED.reason]: 'unstorable',
    [FAILED.message]: 'refused',
    [FAILED.offset]: '1',
  })
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([12, 14])
  await db.stream.produce('events', sent)
  await fixture.drain()
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual([12, 14, 13])
})

test('one refused event among 500 is found in a few writes, and the others stay in their order', async () => {
  await db.stream.produce(
    'events',
    Array.from({ length: 500 }, (_, i) => message(input({ quantity: i + 1 }))),
  )
  let writes = 0
  const write: Db['history']['write'] = async (table, rows) => {
    writes++
    if (rows.some(({ data }) => data.quantity === 311)) throw Object.assign(new Error('refused'), { code: '22023' })
    await db.history.write(table, rows)
  }
  await fixture.drain({ ...db, history: { ...db.history, write } })
  expect(writes).toBeLessThan(25)
  expect(await fixture.topic('events.failed')).toHaveLength(1)
  const expected = Array.from({ length: 500 }, (_, i) => i + 1).filter((quantity) => quantity !== 311)
  expect((await fixture.bodies('events.processed')).map(({ quantity }) => quantity)).toEqual(expected)
})

test('a consumer that nobody knows is wrong usage, and the known ones are listed', async () => {
  const program = startProgram('consumers/main.ts', ['evnts'], {})
  expect(await program.exited).toBe(2)
  await until('the message', () => program.output().includes('events'))
})

test('the content hash depends on every field but the id, and on the time only when it was given', () => {
  const { event } = eventMessage(input({ occurred_at: '2026-01-01T00:00:00Z' }), 't', new Date())
  const hash = (more: Partial<StockEvent>, time_given = true) =>
    Buffer.from(contentHash({ ...event, ...more }, time_given)).toString('hex')
  expect(hash({ event_id: 'other' })).toBe(hash({}))
  const others = [{ sku: 'B' }, { kind: 'return' }, { quantity: 2 }, { data: { a: 1 } }] as Partial<StockEvent>[]
  for (const more of others) expect(hash(more)).not.toBe(hash({}))
  expect(hash({ occurred_at: '2026-01-01T00:00:01.000Z' })).not.toBe(hash({}))
  expect(hash({ occurred_at: '2026-01-01T00:00:01.000Z' }, false)).toBe(hash({}, false))
})
