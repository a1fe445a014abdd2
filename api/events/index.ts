import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { requestIdOf } from '../http/access-log.ts'
import { jsonBody, responses } from '../http/responses.ts'
import { accepted, eventsBody, historyPage, historyQuery } from './model.ts'
import { acceptEvents, readHistory } from './service.ts'

const tags = ['events']

export function events({ db }: ApiContext) {
  return new Elysia({ name: 'events' })
    .post(
      '/events',
      async ({ body, request, set }) => {
        const event_ids = await acceptEvents(db, body, requestIdOf(request))
        set.status = 202
        return { accepted: event_ids.length, event_ids }
      },
      {
        detail: {
          tags,
          summary: 'Accept one event or up to 1,000; the sku is looked up later',
          requestBody: jsonBody(eventsBody),
          responses: responses({ 202: accepted }, [400, 413, 415, 422]),
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
