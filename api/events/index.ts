import { Elysia } from 'elysia'
import { DEFAULT_RATE_PER_S, startReplay } from '../../db/dead-letters/replays/start.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { acceptEvents } from '../../db/events/accept-events.ts'
import { EVENTS_SOURCE } from '../../db/events/deaths.ts'
import { readHistory, type EventKeyset } from '../../db/events/history.ts'
import { listFailed } from '../../db/events/list-failed.ts'
import type { ApiContext } from '../context.ts'
import { consumerAnswer, resumeBody } from '../dead-letters/consumer-model.ts'
import { replayAnswer, replayDeadBody } from '../dead-letters/replay-model.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { once, repeatable } from '../http/idempotency.ts'
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
    .post(
      '/events/failed/replay',
      ({ body, request, session }) =>
        once(sql, request, async (tx) => {
          const { ids, rate_per_s = DEFAULT_RATE_PER_S, canary = 0 } = body ?? {}
          const asked = { name: 'POST /events/failed/replay', source: EVENTS_SOURCE, filter: ids ? { ids } : {} }
          const replay = await startReplay(tx, { ...asked, rate_per_s, canary }, actorOf(request, session))
          return jsonAnswer(replay, 201, { location: `/replays/${replay.id}` })
        }),
      {
        body: replayDeadBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Replay failed events, all or those that are named; POST /replays can do more',
          responses: responses(
            { 201: { schema: replayAnswer, headers: ['Idempotency-Replayed', 'Location'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/events/consumer', () => readConsumerState(sql, EVENTS_SOURCE), {
      detail: {
        tags,
        access: 'viewer',
        summary: 'Whether the consumer runs, or is paused by a storm of failures',
        responses: responses({ 200: consumerAnswer }),
      },
    })
    .post(
      '/events/consumer/resume',
      ({ body, request, session }) => decideStorm(sql, EVENTS_SOURCE, body.decision, actorOf(request, session)),
      {
        body: resumeBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Decide about the storm, and let the consumer go on',
          responses: responses({ 200: consumerAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )

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
