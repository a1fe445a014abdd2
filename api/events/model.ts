import { t } from 'elysia'
import { MAX_EVENTS } from '../../db/events/accept-events.ts'
import { eventInput, eventSku } from '../../db/events/event.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams, NO_CONTROLS, oneOf, orNull, time } from '../http/schemas.ts'

/** Checked by eventErrors, which names the event and field; this is what the OpenAPI document shows. */
export const eventsBody = t.Union([eventInput, t.Array(eventInput, { minItems: 1, maxItems: MAX_EVENTS })], {
  title: 'Events',
  examples: [...eventInput.examples, eventInput.examples],
})

export const accepted = t.Object(
  {
    accepted: t.Integer(),
    event_ids: t.Array(t.String({ format: 'uuid' }), { description: 'In the order of the body.' }),
  },
  {
    title: 'AcceptedEvents',
    examples: [{ accepted: 1, event_ids: ['01a1fc6d-ba26-771a-b067-b72d1b4570e8'] }],
  },
)

export const historyQuery = t.Object(
  {
    sku: { ...eventSku, description: 'Of the item.' },
    day: t.Optional(
      t.String({
        pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.source,
        description: 'A day of UTC, YYYY-MM-DD.',
        [MEANING]: { en: 'a date such as 2026-01-31', pt: 'uma data como 2026-01-31' },
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
)

const historyItem = t.Object(
  {
    event_id: t.String({ format: 'uuid' }),
    sku: t.String(),
    kind: t.String(),
    quantity: t.Integer(),
    occurred_at: t.String({ format: 'date-time' }),
    data: t.Record(t.String(), t.Unknown()),
    packaging: t.Union([
      t.Record(t.String(), t.Unknown(), { description: 'The catalogue item as it was then.' }),
      t.Null({ description: 'There was none.' }),
    ]),
    trace_id: t.String({ description: 'Of the trace of the POST that brought it; without tracing its request_id.' }),
  },
  {
    title: 'HistoryEvent',
    additionalProperties: true,
    examples: [
      {
        event_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        sku: 'CX-0201',
        kind: 'sale',
        quantity: 12,
        occurred_at: '2026-11-20T09:30:00.000Z',
        data: { order: 'PED-1042' },
        packaging: { name: 'Caixa maleta 160×110×30 mm', material: 'paper' },
        trace_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
      },
    ],
  },
)

export const historyPage = pageAnswer(historyItem)

export const failedQuery = t.Object(
  {
    reason: t.Optional(
      t.String({ maxLength: 100, ...NO_CONTROLS, description: 'Of this reason, e.g. `unknown_sku`.' }),
    ),
    group: t.Optional({ ...idParams.properties.id, description: 'Of this group of dead letters.' }),
    q: t.Optional(t.String({ minLength: 1, maxLength: 200, ...NO_CONTROLS, description: 'As in GET /dead-letters.' })),
    ...pageQuery,
  },
  { additionalProperties: false },
)

const failedEvent = t.Object(
  {
    id: t.String({ format: 'uuid', description: 'Of the dead letter.' }),
    event_id: t.Union([t.String({ format: 'uuid' }), t.Null({ description: 'It could not be read.' })]),
    key: orNull(t.String({ description: 'Of the message; what is no UTF-8 in it is replaced.' })),
    payload: t.String({ description: 'Its first 4 KiB; GET /dead-letters/{id}/body has all of it.' }),
    encoding: oneOf(['utf8', 'base64'], { description: 'base64: the payload is no text in UTF-8.' }),
    payload_bytes: t.Integer({ description: 'Of all of it.' }),
    step: t.String({ description: 'What failed: decode, validate, enrich, ledger, or history.' }),
    reason: t.String({ description: 'A stable code.' }),
    detail: t.String(),
    topic: orNull(t.String()),
    partition: orNull(t.Integer()),
    offset: orNull(t.Integer()),
    attempts: t.Integer({ description: 'Above 1 where it was replayed.' }),
    failed_at: time,
  },
  {
    title: 'FailedEvent',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        event_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        key: 'CX-0999',
        payload: '{"event_id":"01a1fc6d-ba26-771a-b067-b72d1b4570e9","sku":"CX-0999","kind":"sale","quantity":1}',
        encoding: 'utf8',
        payload_bytes: 94,
        step: 'enrich',
        reason: 'unknown_sku',
        detail: 'No packaging item has the sku "CX-0999".',
        topic: 'events',
        partition: 2,
        offset: 1042,
        attempts: 1,
        failed_at: '2026-11-20T09:31:10.000Z',
      },
    ],
  },
)
export const failedPage = pageAnswer(failedEvent)
