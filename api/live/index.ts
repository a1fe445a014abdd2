/** One event stream a tab of the dashboard: it says in which topics something has changed, and the tab asks for what it shows. */
import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { refusalOf, withSession } from '../http/authenticate.ts'
import { eventStream, type ServerEvent } from '../http/event-stream.ts'
import { lastEventId } from '../http/last-event-id.ts'
import { contextOf } from '../http/request-context.ts'
import { responses } from '../http/responses.ts'
import { createTopics } from './follow-topics.ts'
import { liveEvent, liveQuery } from './model.ts'
import { accessTo, type Topic } from './topics.ts'

export function live({ config, db: { sql }, log, closing, streams }: ApiContext) {
  const { follow } = createTopics(sql)
  return new Elysia({ name: 'live' }).use(withSession).get(
    '/live',
    ({ query, request }) => {
      const topics = [...new Set(query.topics.split(','))] as Topic[]
      const after = lastEventId(request)
      takeRoleOf(request, topics)
      return eventStream(request, (signal) => changes(topics, after, signal), {
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

  async function* changes(topics: Topic[], after: string | null, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const change of follow(topics, after, signal))
      yield { event: 'changed', id: change.id, data: { topics: change.topics } }
  }
}

/** Some topics take more than the route does; the stream then ends with that role. Throws AppError forbidden. */
function takeRoleOf(request: Request, topics: Topic[]): void {
  const known = contextOf(request)
  const rules = { ...known.rules!, access: accessTo(topics) }
  const refusal = refusalOf(known.session!, rules)
  if (refusal) throw refusal
  known.rules = rules
}

const LIVE =
  'One `changed` for what happens within a tenth of a second. The first comes at once and names every topic; with Last-Event-ID, as ' +
  'browsers send it, only those that have changed meanwhile, where this process knows it. The topics audit and users take the role ' +
  'admin. A comment every few seconds keeps it open; it ends with its session or the role, and after JWT_EXPIRES_S.'
