import { Elysia } from 'elysia'
import { acknowledgeAlert } from '../../db/alerts/acknowledge-alert.ts'
import { listAlerts, listNotifications, listWorst, readAlert, type AlertRow } from '../../db/alerts/alerts.ts'
import { followAlerts } from '../../db/alerts/follow-alerts.ts'
import { NOTHING_TO_DO, RULE_TEXTS } from '../../db/alerts/rule-texts.ts'
import { createSilence, endSilence, listSilences, type NewSilence } from '../../db/alerts/silences.ts'
import { storedIn, textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { idParams, timestampOf } from '../http/schemas.ts'
import { eventStream, type ServerEvent } from '../http/event-stream.ts'
import { lastEventId } from '../http/last-event-id.ts'
import { once } from '../http/idempotency.ts'
import { languageOf } from '../http/language.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import {
  ackBody,
  alertAnswer,
  alertDetails,
  alertsPage,
  alertsQuery,
  silenceAnswer,
  silenceBody,
  silencesPage,
  silencesQuery,
  type AlertsQuery,
  type SilenceBody,
  type SilencesQuery,
} from './model.ts'

const tags = ['alerts']

export function alerts({ config, db: { sql }, log, closing, streams }: ApiContext) {
  const localeOf = (request: Request) => languageOf(request, config.locale)
  return new Elysia({ name: 'alerts' })
    .use(withSession)
    .get('/alerts', ({ query, request }) => list(query, localeOf(request)), {
      query: alertsQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Incidents, newest first or worst first',
        responses: responses({ 200: alertsPage }, [422]),
      },
    })
    .get('/alerts/stream', ({ request }) => stream(request), {
      detail: {
        tags,
        access: 'viewer',
        request_headers: ['Last-Event-ID'],
        summary: 'Alerts as they change (server-sent events)',
        description: STREAM,
        responses: responses(
          { 200: { content: { 'text/event-stream': { schema: { type: 'string' }, example: ALERT_STREAM } } } },
          [422],
        ),
      },
    })
    .get('/alerts/:id', ({ params, request }) => details(params.id, localeOf(request)), {
      params: idParams,
      detail: {
        tags,
        access: 'viewer',
        summary: 'One incident, and what was told of it where',
        responses: responses({ 200: alertDetails }, [404, 422]),
      },
    })
    .post(
      '/alerts/:id/ack',
      async ({ params, body, request, session }) => {
        const alert = await acknowledgeAlert(sql, params.id, body?.note ?? null, actorOf(request, session))
        return describe(alert, localeOf(request))
      },
      {
        params: idParams,
        body: ackBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Take note of it: no more reminders',
          description: 'The first to do so is kept; doing it again changes nothing.',
          responses: responses({ 200: alertAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .get('/silences', ({ query }) => silences(query), {
      query: silencesQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Silences, the last to end first',
        responses: responses({ 200: silencesPage }, [422]),
      },
    })
    .post(
      '/silences',
      ({ body, request, session }) =>
        once(sql, request, async (tx) => {
          const silence = await createSilence(tx, silenceOf(body), actorOf(request, session))
          return jsonAnswer(silence, 201)
        }),
      {
        body: silenceBody,
        detail: {
          tags,
          access: 'admin',
          request_headers: ['Idempotency-Key'],
          summary: 'Record alerts without telling of them, until it ends',
          description:
            'What still fires when it ends is told then. An alert that was told before is told when it is over.',
          responses: responses(
            { 201: { schema: silenceAnswer, headers: ['Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
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
        detail: {
          tags,
          access: 'admin',
          summary: 'End a silence now',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )

  function list({ limit, cursor, sort, ...filters }: AlertsQuery, locale: Locale) {
    const asked = { limit, cursor }
    const described = (alert: AlertRow) => describe(alert, locale)
    return sort === 'worst'
      ? answerPage(asked, ['rank', 'at', 'id'], (page) => listWorst(sql, filters, page), described)
      : answerPage(asked, ['at', 'id'], (page) => listAlerts(sql, filters, page), described)
  }

  async function details(id: string, locale: Locale) {
    const alert = await readAlert(sql, id)
    const notifications = (await listNotifications(sql, id)).map(({ last_error, last_error_pt, ...sent }) => ({
      ...sent,
      last_error: storedIn(locale, last_error, last_error_pt),
    }))
    const { advice, command } = RULE_TEXTS[alert.rule]
    const more = typeof alert.detail === 'string' ? null : alert.detail
    return {
      ...describe(alert, locale),
      advice: textIn(alert.state === 'resolved' ? NOTHING_TO_DO : advice, locale),
      command: more?.command ?? command(alert.subject),
      path: more?.path ?? null,
      notifications,
    }
  }

  function silences({ limit, cursor, active }: SilencesQuery) {
    return answerPage({ limit, cursor }, ['at', 'id'], (page) => listSilences(sql, active, page))
  }

  function stream(request: Request): Response {
    const after = lastEventId(request)
    const locale = localeOf(request)
    return eventStream(request, (signal) => news(after, locale, signal), {
      streams,
      closing,
      longest_s: config.jwt_expires_s,
      onError: (err) => log.warn({ err }, 'a stream of alerts broke off'),
    })
  }

  async function* news(after: string | null, locale: Locale, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const { alert, position } of followAlerts(sql, after, signal))
      yield { event: 'alert', id: position, data: describe(alert, locale) }
  }
}

function describe({ detail, alias, ...alert }: AlertRow, locale: Locale) {
  const title = textIn(RULE_TEXTS[alert.rule].title(alert.subject), locale)
  return { ...alert, name: alias ?? alert.rule, title, detail: textIn(detail, locale) }
}

const silenceOf = ({ rule, subject, starts_at, ends_at, reason }: SilenceBody): NewSilence => ({
  rule: rule ?? null,
  subject: subject ?? null,
  starts_at: starts_at === undefined ? null : timestampOf('starts_at', starts_at),
  ends_at: timestampOf('ends_at', ends_at),
  reason,
})

const ALERT_STREAM = `retry: 2000\n\nevent: alert\nid: 1763607631000000\ndata: ${JSON.stringify(alertAnswer.examples[0])}\n\n`
const STREAM =
  'One `alert` whenever an alert fires, changes, is acknowledged or over, with the whole of it; at the start one for each ' +
  'that fires. With Last-Event-ID, as browsers send it, what has changed since; something may come twice. A comment every ' +
  'few seconds keeps it open; it ends with its session, and after JWT_EXPIRES_S.'
