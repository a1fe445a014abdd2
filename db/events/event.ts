/**
 * A stock event, as the API accepts it and as it travels through the topic `events`: JSON in UTF-8, keyed by sku, so
 * that the events of one item keep their order.
 */
import { Type, type Static } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { isCalendarDay } from '../../lib/calendar.ts'
import type { ErrorItem } from '../../lib/errors.ts'
import { outlineErrors } from '../../lib/outline.ts'
import { errorItems, MEANING } from '../../lib/validation-texts.ts'
import { unstorablePart } from '../engines/postgres/storable.ts'
import type { Message } from '../engines/stream/stream.ts'

export const EVENTS_TOPIC = 'events'
export const EVENTS_PROCESSED_TOPIC = 'events.processed'
export const EVENTS_FAILED_TOPIC = 'events.failed'

/** The consumer group of the consumer `events`. */
export const EVENTS_GROUP = 'doca-events'
/** The group that drains failed events into the dead letters. */
export const EVENTS_FAILED_GROUP = 'doca-events-failed'

/** Of an event's shape, in the message's header SCHEMA_VERSION; a message without one has the first. */
export const SCHEMA_VERSIONS = ['1'] as const
export const SCHEMA_VERSION = 'schema_version'

export const EVENT_KINDS = ['sale', 'return', 'purchase', 'adjustment'] as const

// Patterns, not formats: a format is only checked where somebody has registered it.
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/.source
const RFC3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/
    .source

/** No control characters; whether an item has it is looked up later. */
export const eventSku = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: /^[^\u0000-\u001f\u007f]+$/.source,
  [MEANING]: { en: 'a text without control characters', pt: 'um texto sem caracteres de controle' },
})

export const eventInput = Type.Object(
  {
    event_id: Type.Optional(
      Type.String({
        pattern: UUID,
        description: 'Made here when absent.',
        [MEANING]: { en: 'a UUID', pt: 'um UUID' },
      }),
    ),
    sku: eventSku,
    kind: Type.Unsafe<(typeof EVENT_KINDS)[number]>({ type: 'string', enum: [...EVENT_KINDS] }),
    quantity: Type.Integer({
      minimum: -1_000_000_000,
      maximum: 1_000_000_000,
      description: 'Units; below 1 only for an adjustment.',
    }),
    occurred_at: Type.Optional(
      Type.String({
        pattern: RFC3339,
        description: 'RFC 3339; now when absent.',
        [MEANING]: {
          en: 'a date and time such as 2026-01-31T12:00:00Z',
          pt: 'uma data com hora como 2026-01-31T12:00:00Z',
        },
      }),
    ),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Anything else worth keeping.' })),
  },
  {
    title: 'Event',
    additionalProperties: false,
    examples: [{ sku: 'CX-0201-160x110x30-B', kind: 'sale', quantity: 12, data: { order: 'PED-1042' } }],
  },
)

export type EventInput = Static<typeof eventInput>
export type StockEvent = Required<EventInput>

const shape = TypeCompiler.Compile(
  Type.Object(
    { ...eventInput.properties, kind: Type.Union(EVENT_KINDS.map((kind) => Type.Literal(kind))) },
    {
      additionalProperties: false,
    },
  ),
)

/** The errors that keep `value` from being an event; none when it is one. Paths are JSON pointers. */
export function eventErrors(value: unknown): ErrorItem[] {
  const outline = outlineErrors(eventInput, value)
  if (outline.length > 0) return outline
  // Compiled, unlike the list of errors.
  if (!shape.Check(value)) return errorItems(shape.Errors(value))
  const event = value as EventInput
  const errors: ErrorItem[] = []
  if (event.kind !== 'adjustment' && event.quantity < 1)
    errors.push({
      path: '/quantity',
      message: { en: `must be 1 or more for a ${event.kind}`, pt: `deve ser 1 ou mais para ${event.kind}` },
    })
  if (event.occurred_at !== undefined && !isPointInTime(event.occurred_at))
    errors.push({
      path: '/occurred_at',
      message: { en: 'is no point in time of the years 1 to 9999', pt: 'não é um momento entre os anos 1 e 9999' },
    })
  const unstorable = unstorablePart(event.data)
  if (unstorable) errors.push({ path: '/data', message: unstorable })
  else if (isInexact(event.data))
    errors.push({
      path: '/data',
      message: {
        en: 'holds a whole number beyond 2^53, which cannot be kept exactly; send it as a text',
        pt: 'contém um número inteiro além de 2^53, que não pode ser guardado exatamente; envie como texto',
      },
    })
  return errors
}

/** Whether a whole number in it is so large that reading it as JSON may have changed it. */
function isInexact(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(isInexact)
}

/** Set in a message's headers when the API chose occurred_at, which then is no part of the event's identity. */
const TIME_CHOSEN = 'occurred_at_chosen'

/** The message that carries a checked event; what the client left out is filled in. */
export function eventMessage(input: EventInput, trace_id: string, now: Date): { event: StockEvent; message: Message } {
  const event = completeEvent({ ...input, event_id: input.event_id ?? Bun.randomUUIDv7() }, now)
  const headers = {
    trace_id,
    [SCHEMA_VERSION]: SCHEMA_VERSIONS[0],
    ...(input.occurred_at === undefined && { [TIME_CHOSEN]: 'yes' }),
  }
  return { event, message: { key: event.sku, value: new TextEncoder().encode(JSON.stringify(event)), headers } }
}

/** A checked event with its id in lower case and its time in UTC; one without a time occurred at `now`. */
export function completeEvent(input: EventInput & { event_id: string }, now: Date): StockEvent {
  return {
    event_id: input.event_id.toLowerCase(),
    sku: input.sku,
    kind: input.kind,
    quantity: input.quantity,
    occurred_at: (input.occurred_at ? new Date(input.occurred_at) : now).toISOString(),
    data: input.data ?? {},
  }
}

/** Whether the time of an event that came with `headers` is its sender's own word. */
export function isTimeGiven(input: EventInput, headers: Record<string, string>): boolean {
  return input.occurred_at !== undefined && !headers[TIME_CHOSEN]
}

/**
 * SHA-256 of an event's content, whatever the order of its keys: two messages with one event_id are the same event when
 * this is the same. A time that the sender did not give is no part of it.
 */
export function contentHash(event: StockEvent, time_given: boolean): Uint8Array {
  const { event_id: _, occurred_at, ...content } = event
  const meant = time_given ? { ...content, occurred_at } : content
  return new Uint8Array(new Bun.CryptoHasher('sha256').update(JSON.stringify(inOrder(meant))).digest())
}

/** The same value with the keys of every object in order; quicker than a replacer of JSON.stringify. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(inOrder)
  const fields = value as Record<string, unknown>
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((name) => [name, inOrder(fields[name])]),
  )
}

function isPointInTime(text: string): boolean {
  const time = new Date(text)
  if (!isCalendarDay(text.slice(0, 10)) || Number.isNaN(time.getTime())) return false
  const year = time.getUTCFullYear()
  return year >= 1 && year <= 9999
}
