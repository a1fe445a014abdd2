import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { requestIdOf } from '../http/request-context.ts'
import { repeatable } from '../http/idempotency.ts'
import { headers } from '../http/openapi.ts'
import { jsonBody, responses } from '../http/responses.ts'
import { accepted, eventsBody, historyPage, historyQuery } from './model.ts'
import { acceptEvents, readHistory } from '../../db/events/accept-events.ts'

const tags = ['events']

export function events({ db }: ApiContext) {
  return new Elysia({ name: 'events' })
    .post(
      '/events',
      ({ body, request }) =>
        repeatable(db.sql, request, async (repeat) => {
          const event_ids = await acceptEvents(db, body, requestIdOf(request), repeat)
          return Response.json({ accepted: event_ids.length, event_ids }, { status: 202 })
        }),
      {
        detail: {
          tags,
          ...headers('Idempotency-Key'),
          summary: 'Accept one event or up to 1,000; the sku is looked up later',
          requestBody: jsonBody(eventsBody),
          responses: responses({ 202: accepted }, [400, 409, 413, 415, 422]),
        },
      },
    )
    .get('/events/history', ({ query }) => readHistory(db, query), {
      query: historyQuery,
      detail: {
        tags,
        summary: 'What happened to an item, newest first',
        responses: responses({ 200: historyPage }, [422]),
      },
    })
}
