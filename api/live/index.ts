/** One event stream a tab of the dashboard: it says in which topics something has changed, and the tab asks for what it shows. */
import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { withSession } from '../http/authenticate.ts'
import { eventStream, type ServerEvent } from '../http/event-stream.ts'
import { lastEventId } from '../http/last-event-id.ts'
import { responses } from '../http/responses.ts'
import { followTopics, type Topic } from './follow-topics.ts'
import { liveEvent, liveQuery } from './model.ts'

export function live({ config, db: { sql }, log, closing, streams }: ApiContext) {
  return new Elysia({ name: 'live' }).use(withSession).get(
    '/live',
    ({ query, request }) => {
      const topics = [...new Set(query.topics.split(','))] as Topic[]
      const missed = lastEventId(request) !== null
      return eventStream(request, (signal) => changes(topics, missed, signal), {
        streams,
        closing,
        longest_s: config.jwt_expires_s,
        onError: (err) => log.warn({ err }, 'a live stream broke off'),
      })
    },
    {
      query: liveQuery,
      detail: {
        tags: ['dashboard'],
        access: 'viewer',
        request_headers: ['Last-Event-ID'],
        summary: 'In which topics something has changed, as it happens (server-sent events)',
        description: LIVE,
        responses: responses({ 200: { content: { 'text/event-stream': { schema: liveEvent } } } }, [422]),
      },
    },
  )

  async function* changes(topics: Topic[], missed: boolean, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const changed of followTopics(sql, topics, missed, signal))
      yield { event: 'changed', id: String(Date.now()), data: { topics: changed } }
  }
}

const LIVE =
  'One `changed` for what happens within a fifth of a second. With Last-Event-ID, as browsers send it, the first names every topic, ' +
  'since anything may have changed meanwhile. A comment every few seconds keeps it open; it ends with its session, and after ' +
  'JWT_EXPIRES_S.'
