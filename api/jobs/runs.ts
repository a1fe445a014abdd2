import { Elysia } from 'elysia'
import { cancelByHand, retryByHand } from '../../db/jobs/control-jobs.ts'
import { followRun } from '../../db/jobs/follow-run.ts'
import { getRun, runNotFound } from '../../db/jobs/runs.ts'
import type { ApiContext } from '../context.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { emptyBody, idParams } from '../http/schemas.ts'
import { eventStream, lastEventId, type ServerEvent } from '../http/event-stream.ts'
import { headers } from '../http/openapi.ts'
import { responses } from '../http/responses.ts'
import { logEvent, logsPage, logsQuery, runAnswer, runDetails } from './model.ts'
import { describeLine, describeRun, lineOf, readLogs, readRun } from './service.ts'

const tags = ['jobs']

const { 200: logs, ...problems } = responses({ 200: logsPage }, [404, 422])
const LOGS_ANSWERS = {
  200: { ...logs, content: { ...logs.content, 'text/event-stream': { schema: logEvent } } },
  ...problems,
}

export function runs({ config, db: { sql }, log, closing }: ApiContext) {
  return new Elysia({ name: 'runs' })
    .use(withSession)
    .get('/runs/:id', ({ params }) => readRun(sql, params.id), {
      params: idParams,
      detail: {
        tags,
        access: 'viewer',
        summary: 'One run with its attempts',
        responses: responses({ 200: runDetails }, [404, 422]),
      },
    })
    .get(
      '/runs/:id/logs',
      async ({ params, query, request }) => {
        const last_id = lastEventId(request)
        return query.follow ? follow(params.id, query.cursor, last_id, request) : readLogs(sql, params.id, query)
      },
      {
        params: idParams,
        query: logsQuery,
        detail: {
          tags,
          access: 'viewer',
          ...headers('Last-Event-ID'),
          summary: 'What a run said, oldest first; with ?follow=1 as it says it',
          description: FOLLOW,
          responses: LOGS_ANSWERS,
        },
      },
    )
    .post(
      '/runs/:id/retry',
      async ({ params, request, session }) => {
        const run = await retryByHand(sql, params.id, actorOf(request, session))
        return Response.json(describeRun(run), { status: 202 })
      },
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Queue a run that failed or was cancelled again, as its next attempt',
          responses: responses({ 202: runAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .post(
      '/runs/:id/cancel',
      async ({ params, request, session }) => {
        const run = await cancelByHand(sql, params.id, actorOf(request, session))
        return Response.json(describeRun(run), { status: run.state === 'cancelled' ? 200 : 202 })
      },
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Cancel a run',
          description:
            '200: it is cancelled. 202: it runs, and its worker was told; it is cancelled when it has ended, or when its ' +
            'worker has not been heard of for JOBS_LEASE_S.',
          responses: responses({ 200: runAnswer, 202: runAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )

  async function follow(
    id: string,
    cursor: string | undefined,
    last_id: string | null,
    request: Request,
  ): Promise<Response> {
    const after = last_id === null ? (cursor === undefined ? 0 : lineOf(cursor)) : Number(last_id)
    if (!(await getRun(sql, id))) throw runNotFound(id)
    return eventStream(request, (signal) => news(id, after, signal), {
      closing,
      longest_s: config.jwt_expires_s,
      onError: (err) => log.warn({ err, run_id: id }, 'a stream of run logs broke off'),
    })
  }

  async function* news(id: string, after: number, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const part of followRun(sql, id, after, signal)) {
      if ('lines' in part)
        for (const line of part.lines) yield { event: 'log', id: String(line.id), data: describeLine(line) }
      else yield { event: 'end', data: part.end ? describeRun(part.end) : { id, state: null } }
    }
  }
}

const FOLLOW =
  'Server-sent events: one `log` per line, with its id, then `end` with the run as it ended, and the stream closes. A comment ' +
  'every few seconds keeps it open. It also ends after JWT_EXPIRES_S: come again with Last-Event-ID, as browsers do.'
