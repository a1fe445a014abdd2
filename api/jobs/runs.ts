import { Elysia } from 'elysia'
import type { Sql } from 'postgres'
import { cancelByHand, retryByHand } from '../../db/jobs/control-jobs.ts'
import { followRun } from '../../db/jobs/follow-run.ts'
import { runLogsAfter, type RunLogRow } from '../../db/jobs/run-logs.ts'
import { lastSteps } from '../../db/jobs/run-steps.ts'
import { listAttempts, listRuns, readRun, type AttemptRow, type RunRow } from '../../db/jobs/runs.ts'
import { pageOf, type PageRequest } from '../../lib/page.ts'
import { storedIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { emptyBody, idParams, timestampOf } from '../http/schemas.ts'
import { languageOf } from '../http/language.ts'
import { eventStream, type ServerEvent } from '../http/event-stream.ts'
import { lastEventId } from '../http/last-event-id.ts'
import { answerPage, decodeCursor, invalidCursor } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import {
  logEvent,
  logsPage,
  logsQuery,
  runAnswer,
  runDetails,
  runsPage,
  runsQuery,
  type LogsQuery,
  type RunsQuery,
} from './run-model.ts'

const tags = ['jobs']

const LOGS_ANSWERS = { schema: logsPage, content: { 'text/event-stream': { schema: logEvent } } }

export function runs({ config, db: { sql }, log, closing, streams }: ApiContext) {
  const localeOf = (request: Request) => languageOf(request, config.locale)
  return new Elysia({ name: 'runs' })
    .use(withSession)
    .get('/runs', ({ query, request }) => pageOfRuns(sql, query, localeOf(request)), {
      query: runsQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'The runs of all jobs, newest first',
        responses: responses({ 200: runsPage }, [422]),
      },
    })
    .get('/runs/:id', ({ params, request }) => details(params.id, localeOf(request)), {
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
        return query.follow ? follow(params.id, query, last_id, request) : logsOf(params.id, query)
      },
      {
        params: idParams,
        query: logsQuery,
        detail: {
          tags,
          access: 'viewer',
          request_headers: ['Last-Event-ID'],
          summary: 'What a run said, oldest first; with ?follow=1 as it says it',
          description: FOLLOW,
          responses: responses({ 200: LOGS_ANSWERS }, [404, 422]),
        },
      },
    )
    .post(
      '/runs/:id/retry',
      async ({ params, request, session }) => {
        const run = await retryByHand(sql, params.id, actorOf(request, session))
        return jsonAnswer(describeRun(run, localeOf(request)), 202)
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
        return jsonAnswer(describeRun(run, localeOf(request)), run.state === 'cancelled' ? 200 : 202)
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

  async function details(id: string, locale: Locale) {
    const run = await readRun(sql, id)
    const [attempts, steps] = await Promise.all([listAttempts(sql, id), lastSteps(sql, id, STEPS)])
    return { ...describeRun(run, locale), attempts: attempts.map((one) => describeAttempt(one, locale)), steps }
  }

  function logsOf(id: string, { limit, cursor, after: first = 0 }: LogsQuery) {
    const read = async ({ limit, after }: PageRequest<{ line: string }>) => {
      const line = after ? lineNumber(after.line) : first
      await readRun(sql, id)
      return pageOf(await runLogsAfter(sql, id, line, limit + 1), limit, ({ id }) => ({ line: String(id) }))
    }
    return answerPage({ limit, cursor }, ['line'], read, describeLine)
  }

  async function follow(
    id: string,
    { cursor, after: first = 0 }: LogsQuery,
    last_id: string | null,
    request: Request,
  ): Promise<Response> {
    const after =
      last_id === null
        ? cursor === undefined
          ? first
          : lineNumber(decodeCursor(cursor, ['line']).line)
        : Number(last_id)
    await readRun(sql, id)
    return eventStream(request, (signal) => news(id, after, localeOf(request), signal), {
      streams,
      closing,
      longest_s: config.jwt_expires_s,
      onError: (err) => log.warn({ err, run_id: id }, 'a stream of run logs broke off'),
    })
  }

  async function* news(id: string, after: number, locale: Locale, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const part of followRun(sql, id, after, signal)) {
      if ('lines' in part)
        for (const line of part.lines) yield { event: 'log', id: String(line.id), data: describeLine(line) }
      else yield { event: 'end', data: part.end ? describeRun(part.end, locale) : { id, state: null } }
    }
  }
}

/** Of one job, or of all. */
export function pageOfRuns(
  sql: Sql,
  { state, trigger, from, to, ...query }: RunsQuery,
  locale: Locale,
  job: string | null = null,
) {
  const filter = {
    state,
    trigger,
    ...(from !== undefined && { from: timestampOf('from', from) }),
    ...(to !== undefined && { to: timestampOf('to', to) }),
  }
  const read = async ({ limit, after }: PageRequest<{ id: string }>) =>
    pageOf(await listRuns(sql, job, limit + 1, { ...filter, before: after?.id }), limit, ({ id }) => ({ id }))
  return answerPage(query, ['id'], read, (run) => describeRun(run, locale))
}

/** How many of its finished steps a run shows. */
const STEPS = 100

/** Without what only workers need. */
function describeRun(
  { lease_until: _, alone: __, pool: ___, pool_place: ____, error_pt, cancel_reason_pt, ...run }: RunRow,
  locale: Locale,
) {
  return {
    ...run,
    error: storedIn(locale, run.error, error_pt),
    cancel_reason: storedIn(locale, run.cancel_reason, cancel_reason_pt),
  }
}

const describeAttempt = ({ run_id: _, error_pt, ...attempt }: AttemptRow, locale: Locale) => ({
  ...attempt,
  error: storedIn(locale, attempt.error, error_pt),
})

const describeLine = ({ run_id: _, ...line }: RunLogRow) => line

/** The line that a cursor of the logs stands behind. Throws AppError cursor_invalid. */
function lineNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalidCursor()
}

const FOLLOW =
  'Server-sent events: one `log` per line, with its id, then `end` with the run as it ended, and the stream closes. A comment ' +
  'every few seconds keeps it open. It also ends with its session, and after JWT_EXPIRES_S: come again with Last-Event-ID, as browsers do.'
