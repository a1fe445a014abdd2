import { t } from 'elysia'
import { MAX_EVENTS } from '../../db/events/accept-events.ts'
import { eventInput, eventSku } from '../../db/events/event.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageQuery } from '../http/pagination.ts'

/** Checked by eventErrors, which names the event and field; this is what the OpenAPI document shows. */
export const eventsBody = t.Union([eventInput, t.Array(eventInput, { minItems: 1, maxItems: MAX_EVENTS })])

export const accepted = t.Object({
  accepted: t.Integer(),
  event_ids: t.Array(t.String({ format: 'uuid' }), { description: 'In the order of the body.' }),
})

export const historyQuery = t.Object(
  {
    sku: eventSku,
    day: t.Optional(
      t.String({
        pattern: /^\d{4}-\d{2}-\d{2}$/.source,
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
    packaging: t.Record(t.String(), t.Unknown(), { description: 'The catalogue item as it was then.' }),
    trace_id: t.String({ description: 'request_id of the POST that brought it, unless the sender named another.' }),
  },
  { additionalProperties: true },
)

export const historyPage = t.Object({
  items: t.Array(historyItem),
  next_cursor: t.Union([t.String(), t.Null()]),
})
