import { Elysia } from 'elysia'
import { followAlerts } from '../../db/alerts/follow-alerts.ts'
import type { Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { withSession } from '../http/authenticate.ts'
import { emptyBody, idParams } from '../http/schemas.ts'
import { eventStream, lastEventId, type ServerEvent } from '../http/event-stream.ts'
import { once } from '../http/idempotency.ts'
import { languageOf } from '../http/language.ts'
import { headers } from '../http/openapi.ts'
import { actorOf } from '../http/actor.ts'
import { responses } from '../http/responses.ts'
import {
  alertAnswer,
  alertDetails,
  alertsPage,
  alertsQuery,
  silenceAnswer,
  silenceBody,
  silencesPage,
  silencesQuery,
} from './model.ts'
import {
  acknowledge,
  createSilence,
  describeAlert,
  endSilence,
  readAlert,
  readAlerts,
  readSilences,
} from './service.ts'

const tags = ['alerts']

export function alerts({ config, db: { sql }, log, closing }: ApiContext) {
  const localeOf = (request: Request) => languageOf(request, config.locale)
  return new Elysia({ name: 'alerts' })
    .use(withSession)
    .get('/alerts', ({ query, request }) => readAlerts(sql, query, localeOf(request)), {
      query: alertsQuery,
      detail: { tags, summary: 'Incidents, newest first', responses: responses({ 200: alertsPage }, [422]) },
    })
    .get('/alerts/stream', ({ request }) => stream(request), {
      detail: {
        tags,
        ...headers('Last-Event-ID'),
        summary: 'Alerts as they change (server-sent events)',
        description: STREAM,
        responses: {
          ...responses({}, [422]),
          200: { description: 'OK', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        },
      },
    })
    .get('/alerts/:id', ({ params, request }) => readAlert(sql, params.id, localeOf(request)), {
      params: idParams,
      detail: {
        tags,
        summary: 'One incident, and what was told of it where',
        responses: responses({ 200: alertDetails }, [404, 422]),
      },
    })
    .post(
      '/alerts/:id/ack',
      ({ params, request, session }) => acknowledge(sql, params.id, actorOf(request, session), localeOf(request)),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          summary: 'Take note of it: no more reminders',
          description: 'The first to do so is kept; doing it again changes nothing.',
          responses: responses({ 200: alertAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .get('/silences', ({ query }) => readSilences(sql, query), {
      query: silencesQuery,
      detail: {
        tags,
        summary: 'Silences, the last to end first',
        responses: responses({ 200: silencesPage }, [422]),
      },
    })
    .post(
      '/silences',
      ({ body, request, session }) =>
        once(sql, request, async (tx) => {
          const silence = await createSilence(tx, body, actorOf(request, session))
          return Response.json(silence, { status: 201 })
        }),
      {
        body: silenceBody,
        detail: {
          tags,
          ...headers('Idempotency-Key'),
          summary: 'Record alerts without telling of them, until it ends',
          description:
            'What still fires when it ends is told then. An alert that was told before is told when it is over.',
          responses: responses({ 201: silenceAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )
    .delete(
      '/silences/:id',
      async ({ params, request, session }) => {
        await endSilence(sql, params.id, actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: { tags, summary: 'End a silence now', responses: responses({ 204: null }, [404, 422]) },
      },
    )

  function stream(request: Request): Response {
    const after = lastEventId(request)
    const locale = localeOf(request)
    return eventStream(request, (signal) => news(after, locale, signal), {
      closing,
      longest_s: config.jwt_expires_s,
      onError: (err) => log.warn({ err }, 'a stream of alerts broke off'),
    })
  }

  async function* news(after: string | null, locale: Locale, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const { alert, place } of followAlerts(sql, after, signal))
      yield { event: 'alert', id: place, data: describeAlert(alert, locale) }
  }
}

const STREAM =
  'One `alert` whenever an alert fires, changes, is acknowledged or over, with the whole of it; at the start one for each ' +
  'that fires. With Last-Event-ID, as browsers send it, what has changed since; something may come twice. A comment every ' +
  'few seconds keeps it open; it ends after JWT_EXPIRES_S.'
