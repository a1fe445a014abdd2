/** Events in Confluent's wire format, whose schemas a registry has. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import avro from 'avsc'
import { readEventsConfig } from '../../consumers/events/config.ts'
import { avroReader } from '../../consumers/events/avro.ts'
import { jsonSchemaReader } from '../../consumers/events/json-schema.ts'
import { createPayloads } from '../../consumers/events/payloads.ts'
import { createSchemas } from '../../consumers/events/schemas.ts'
import { Unreadable } from '../../consumers/events/unreadable.ts'
import { EVENTS_GROUP } from '../../db/events/event.ts'
import { FAILED } from '../../db/events/failed-message.ts'
import { envReader } from '../../lib/env.ts'
import { until } from '../kit/program.ts'
import { input, message, openEvents, raw, type EventsFixture } from './events-fixture.ts'
import { registryChecks } from '../../ops/doctor/registry.ts'
import { framed, startRegistry, type RegistryStandIn } from './schema-registry.ts'

setDefaultTimeout(60_000)

let fixture: EventsFixture
let registry: RegistryStandIn
beforeAll(async () => void (fixture = await openEvents()))
beforeEach(async () => {
  registry = startRegistry()
  await fixture.empty()
})
afterEach(() => registry.stop())
afterAll(() => fixture.close())

const AVRO_KIND = { type: 'enum', name: 'Kind', symbols: ['sale', 'return', 'purchase', 'adjustment'] }
const AVRO_HEAD = { type: 'record', name: 'Head', fields: [{ name: 'kind', type: 'Kind' }] }
const AVRO_FIELDS = [
  { name: 'event_id', type: 'string' },
  { name: 'sku', type: 'string' },
  { name: 'kind', type: AVRO_KIND },
  { name: 'quantity', type: 'long' },
  { name: 'occurred_at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }, 'string'], default: null },
  { name: 'data', type: ['null', { type: 'map', values: ['null', 'string', 'long', 'bytes'] }], default: null },
]
const AVRO = { type: 'record', name: 'Event', fields: AVRO_FIELDS } as avro.Schema
const JSON_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { quantity: { type: 'integer', maximum: 100 } },
  required: ['sku'],
}
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const LIVE = new AbortController().signal
const good = () => ({ ...input(), event_id: Bun.randomUUIDv7() })

async function handle(...values: Uint8Array[]) {
  await fixture.db.stream.produce('events', values.map(raw))
  await fixture.drain(fixture.db, { schema_registry_url: registry.url })
  const failed = await fixture.topic('events.failed')
  return {
    processed: await fixture.bodies('events.processed'),
    failed,
    reasons: failed.map(({ headers }) => headers[FAILED.reason]),
  }
}

test('Avro, JSON with a JSON Schema and plain JSON are events alike, and each schema is asked for once', async () => {
  const avro_id = registry.register(AVRO)
  const json_id = registry.register(JSON_SCHEMA, 'JSON')
  const type = avro.Type.forSchema(AVRO)
  const first = {
    ...good(),
    occurred_at: Date.parse('2026-01-02T03:04:05Z'),
    data: { a: 'ç', n: 5, b: Buffer.from([255]) },
  }
  const second = { ...good(), occurred_at: null, data: null }
  const { processed, failed } = await handle(
    framed(avro_id, type.toBuffer(first)),
    framed(avro_id, type.toBuffer(second)),
    framed(json_id, text(good())),
    message(good()).value!,
  )
  expect(failed).toEqual([])
  expect(processed).toHaveLength(4)
  expect(processed[0]).toMatchObject({
    event_id: first.event_id,
    occurred_at: '2026-01-02T03:04:05.000Z',
    data: { a: 'ç', n: 5, b: '/w==' },
  })
  expect(processed[1]).toMatchObject({ event_id: second.event_id, data: {} })
  expect(registry.asked.toSorted()).toEqual([`/schemas/ids/${avro_id}`, `/schemas/ids/${json_id}`])
})

test('schemas that refer to others, over several steps, are read with them', async () => {
  registry.name('kinds/value', AVRO_KIND)
  const kind = { name: 'Kind', subject: 'kinds/value', version: 1 }
  registry.name('heads', AVRO_HEAD, undefined, [kind])
  const avro_id = registry.register(
    {
      ...(AVRO as object),
      fields: [...AVRO_FIELDS.filter(({ name }) => name !== 'kind'), { name: 'kind', type: 'Kind' }],
    },
    'AVRO',
    [{ name: 'Head', subject: 'heads', version: 1 }],
  )
  registry.name('skus', { type: 'string', maxLength: 1 }, 'JSON')
  const json_id = registry.register({ type: 'object', properties: { sku: { $ref: 'sku.json' } } }, 'JSON', [
    { name: 'sku.json', subject: 'skus', version: 1 },
  ])
  const plain = avro.Type.forSchema({
    ...(AVRO as object),
    fields: [...AVRO_FIELDS.filter(({ name }) => name !== 'kind'), { name: 'kind', type: AVRO_KIND }],
  } as avro.Schema)
  const { processed, reasons } = await handle(
    framed(avro_id, plain.toBuffer({ ...good(), occurred_at: null, data: null })),
    framed(json_id, text(good())),
    framed(json_id, text({ ...good(), sku: 'LONGER' })),
  )
  expect(reasons).toEqual(['schema_mismatch'])
  expect(processed).toHaveLength(2)
})

describe('what cannot be read has a reason that says so, and does not hold up the others', () => {
  test('a schema that the registry does not have', async () => {
    const { reasons, failed, processed } = await handle(framed(7, text(good())), text(good()))
    expect(reasons).toEqual(['schema_unknown'])
    expect(failed[0]!.headers[FAILED.message]).toContain('no schema 7')
    expect(processed).toHaveLength(1)
  })

  test('an id beyond those that a registry can have, which it is not asked for', async () => {
    const ask = createPayloads(registry.url)
    const read = await ask(
      [2 ** 31, 2 ** 32 - 1].map((id) => ({ value: framed(id, text(good())) })),
      LIVE,
    )
    expect(() => read(framed(2 ** 32 - 1, text(good())))).toThrow('The schema registry has no schema 4294967295.')
    expect(registry.asked).toEqual([])
  })

  test.each([
    ['Protobuf', 'schema_unsupported', { a: 1 }, 'PROTOBUF', undefined, good()],
    [
      'a schema that refers to one that is missing',
      'schema_unsupported',
      AVRO,
      'AVRO',
      [{ name: 'x', subject: 'x', version: 1 }],
      good(),
    ],
    ['what is no Avro schema', 'schema_unsupported', { type: 'nonsense' }, 'AVRO', undefined, good()],
    ['a schema of Ajv alone', 'schema_unsupported', { $async: true, ...JSON_SCHEMA }, 'JSON', undefined, good()],
    ['what is no JSON Schema', 'schema_unsupported', { type: 'nonsense' }, 'JSON', undefined, good()],
    ['Avro bytes of another schema', 'schema_mismatch', AVRO, undefined, undefined, good()],
    [
      'JSON that its schema does not allow',
      'schema_mismatch',
      JSON_SCHEMA,
      'JSON',
      undefined,
      { ...good(), quantity: 101 },
    ],
    ['JSON that is no event', 'invalid', JSON_SCHEMA, 'JSON', undefined, { ...good(), kind: 'gift' }],
  ])('%s', async (_, reason, schema, type, references, value) => {
    const id = registry.register(schema, type, references)
    const { reasons, processed } = await handle(framed(id, text(value)), text(good()))
    expect(reasons).toEqual([reason])
    expect(processed).toHaveLength(1)
  })

  test('numbers of Avro beyond 2^53, and bytes behind the event', async () => {
    const id = registry.register(AVRO)
    const type = avro.Type.forSchema(AVRO)
    const encoded = type.toBuffer({ ...good(), occurred_at: null, data: null })
    const long = avro.Type.forSchema({
      type: 'record',
      name: 'Event',
      fields: [{ name: 'quantity', type: 'long' }],
    } as avro.Schema)
    const huge = registry.register(long.schema())
    const beyond = Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
    const { reasons } = await handle(framed(id, Buffer.concat([encoded, Buffer.from([1])])), framed(huge, beyond))
    expect(reasons).toEqual(['schema_mismatch', 'schema_mismatch'])
  })
})

describe('a payload that nests deeper than the stack, as schemas that refer to themselves allow, is a mismatch', () => {
  const LEVELS = 200_000

  test('in JSON', () => {
    const schema = { type: 'array', items: { $ref: '#' } }
    const read = jsonSchemaReader(JSON.stringify(schema), [])
    expect(() => read(new TextEncoder().encode('['.repeat(LEVELS) + ']'.repeat(LEVELS)))).toThrow(Unreadable)
  })

  test('in Avro', () => {
    const inner = { name: 'inner', type: { type: 'array', items: 'Nested' } }
    const read = avroReader(JSON.stringify({ type: 'record', name: 'Nested', fields: [inner] }), [])
    // One item in each, and the end of each.
    const nested = (levels: number) => new Uint8Array(2 * levels + 1).fill(2, 0, levels)
    const thrown = (levels: number) => {
      try {
        read(nested(levels))
      } catch (err) {
        return err
      }
    }
    expect(thrown(LEVELS)).toBeInstanceOf(Unreadable)
    // At some of these the stack is enough for the bytes, and not for their JSON.
    const found = [6_000, 8_000, 10_000, 12_000, 16_000, 20_000].map(thrown)
    expect(found.filter((err) => err !== undefined && !(err instanceof Unreadable))).toEqual([])
  })
})

test.each([
  ['503', () => new Response('', { status: 503 })],
  ['401', () => new Response('{}', { status: 401 })],
  ["another server's 404", () => new Response('<html>', { status: 404 })],
  ['half a body', () => new Response('{"schema":')],
  ['a redirect', () => Response.redirect('http://127.0.0.1:1/', 302)],
])('a registry that answers with %s holds the partition back; nothing fails', async (_, answer) => {
  const id = registry.register(JSON_SCHEMA, 'JSON')
  registry.answer = answer
  await fixture.db.stream.produce('events', [raw(text(good())), raw(framed(id, text(good())))])
  const consumer = await fixture.start(fixture.db, { schema_registry_url: registry.url })
  await until('some tries', () => registry.asked.length > 1)
  expect((await fixture.db.stream.lag(EVENTS_GROUP)).reduce((sum, { lag }) => sum + lag, 0)).toBe(2)
  registry.answer = undefined
  await until('the events', async () => (await fixture.topic('events.processed')).length === 2)
  await consumer.stop()
  expect(await fixture.topic('events.failed')).toEqual([])
})

test('a topic of garbage asks a registry for few schemas at once, and a batch that comes again for none of them', async () => {
  let [asked, most] = [0, 0]
  registry.answer = async () => {
    most = Math.max(most, ++asked)
    await Bun.sleep(1)
    asked--
    return Response.json({ error_code: 40403 }, { status: 404 })
  }
  const garbage = Array.from({ length: 100 }, (_, i) => ({ value: framed(i, new Uint8Array()) }))
  const ask = createPayloads(registry.url)
  await ask(garbage, LIVE)
  const read = await ask(garbage, LIVE)
  expect(registry.asked).toHaveLength(100)
  expect(most).toBeLessThanOrEqual(20)
  expect(() => read(garbage[0]!.value)).toThrow('The schema registry has no schema 0.')
})

test('a schema that the registry did not have is asked for again after a minute', async () => {
  let now = 0
  const ask = createSchemas(registry.url, () => now)
  const id = registry.register(JSON_SCHEMA, 'JSON')
  registry.answer = () => Response.json({ error_code: 40403 }, { status: 404 })
  expect(await ask(id, LIVE)).toBeInstanceOf(Unreadable)
  registry.answer = undefined
  now = 59_999
  expect(await ask(id, LIVE)).toBeInstanceOf(Unreadable)
  now = 60_000
  expect(await ask(id, LIVE)).toBeFunction()
})

test('user and password of SCHEMA_REGISTRY_URL are sent, and a path before the registry is kept', async () => {
  const id = registry.register(JSON_SCHEMA, 'JSON')
  const url = new URL('/proxy', registry.url)
  url.username = 'doca'
  url.password = 's:3 ç'
  await fixture.db.stream.produce('events', [raw(framed(id, text(good())))])
  await fixture.drain(fixture.db, { schema_registry_url: String(url) })
  expect(await fixture.topic('events.processed')).toHaveLength(1)
  expect(registry.asked).toEqual([`/proxy/schemas/ids/${id}`])
  expect(registry.authorization).toBe(`Basic ${Buffer.from('doca:s:3 ç').toString('base64')}`)
})

test('the doctor says whether the registry answers, and a URL that cannot be sent is a problem of the configuration', async () => {
  const check = (schema_registry_url: string | undefined) =>
    registryChecks({ unknown_sku: 'failed', schema_registry_url })
  expect(check(undefined)).toEqual([])
  expect(await check(registry.url)[0]![1]()).toMatchObject({ status: 'ok', found: 'schemas of the types JSON, AVRO' })
  registry.answer = () => new Response('<html>', { status: 502 })
  expect(await check(registry.url)[0]![1]()).toMatchObject({ status: 'failed', found: 'it answered 502' })
  const read = envReader({ SCHEMA_REGISTRY_URL: 'http://user:100%@host:8081', EVENTS_UNKNOWN_SKU: 'dropped' })
  readEventsConfig(read)
  expect(() => read.finish()).toThrow(/SCHEMA_REGISTRY_URL has a user or password[^]*EVENTS_UNKNOWN_SKU/)
})
