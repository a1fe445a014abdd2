import { Elysia } from 'elysia'
import { acceptEvents } from '../../db/events/accept-events.ts'
import { EVENTS_SOURCE } from '../../db/events/deaths.ts'
import { readHistory, type EventKeyset } from '../../db/events/history.ts'
import { listFailed } from '../../db/events/list-failed.ts'
import type { ApiContext } from '../context.ts'
import { consumerRoutes, replayRoute } from '../dead-letters/source-routes.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { repeatable } from '../http/idempotency.ts'
import { answerPage, cursorTime, invalidCursor } from '../http/pagination.ts'
import { jsonBody, responses } from '../http/responses.ts'
import { traceIdOf } from '../http/trace-requests.ts'
import { accepted, eventsBody, failedPage, failedQuery, historyPage, historyQuery } from './model.ts'

const tags = ['events']

export function events({ db: { sql, stream, history }, tracing }: ApiContext) {
  return new Elysia({ name: 'events' })
    .use(withSession)
    .post(
      '/events',
      ({ body, request, session }) =>
        repeatable(sql, request, async ({ id: idOf, at: now }) => {
          const actor = actorOf(request, session)
          const trace_id = traceIdOf(request, tracing)
          const event_ids = await acceptEvents({ sql, stream }, body, actor, { idOf, now, trace_id })
          return jsonAnswer({ accepted: event_ids.length, event_ids }, 202)
        }),
      {
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Accept one event or up to 1,000; the sku is looked up later',
          requestBody: jsonBody(eventsBody),
          responses: responses(
            { 202: { schema: accepted, headers: ['Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/events/history', ({ query }) => list(query), {
      query: historyQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'What happened to an item, newest first',
        responses: responses({ 200: historyPage }, [422]),
      },
    })
    .get(
      '/events/failed',
      ({ query: { reason, group, q, ...page } }) =>
        answerPage(page, ['id'], (page) => listFailed(sql, { reason, group, q }, page)),
      {
        query: failedQuery,
        detail: {
          tags,
          access: 'viewer',
          summary: 'Events that will not be tried again by themselves, newest first',
          description: 'Each is a dead letter: GET /dead-letters/{id} has all of it, and what became of it before.',
          responses: responses({ 200: failedPage }, [422]),
        },
      },
    )
    .use(replayRoute(sql, EVENTS_SOURCE, '/events/failed', 'failed events'))
    .use(consumerRoutes(sql, EVENTS_SOURCE))

  function list({ limit, cursor, ...which }: typeof historyQuery.static) {
    return answerPage({ limit, cursor }, ['at', 'id'], async ({ limit, after }) => {
      const { rows, last } = await readHistory(history, which, { limit, after: after && keysetOf(after) })
      return { rows, last: last && { at: last.at.toISOString(), id: last.id } }
    })
  }
}

function keysetOf({ at, id }: { at: string; id: string }): EventKeyset {
  if (!/^[\w-]{1,64}$/.test(id)) throw invalidCursor()
  return { at: cursorTime(at), id }
}
