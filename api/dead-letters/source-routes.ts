/** Routes that each source of dead letters has under its own name: its replay in short, and the consumer that a storm pauses. */
import { Elysia } from 'elysia'
import type { Sql } from 'postgres'
import { DEFAULT_RATE_PER_S, startReplay } from '../../db/dead-letters/replays/start.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { once } from '../http/idempotency.ts'
import { responses } from '../http/responses.ts'
import { consumerAnswer, resumeBody } from './consumer-model.ts'
import { replayAnswer, replayDeadBody } from './replay-model.ts'

/** `consumer`: as sentences call it. */
export function consumerRoutes(sql: Sql, source: string, consumer = 'the consumer') {
  const tags = [source]
  return new Elysia()
    .use(withSession)
    .get(`/${source}/consumer`, () => readConsumerState(sql, source), {
      detail: {
        tags,
        access: 'viewer',
        summary: `Whether ${consumer} runs, or is paused by a storm of failures`,
        responses: responses({ 200: consumerAnswer }),
      },
    })
    .post(
      `/${source}/consumer/resume`,
      ({ body, request, session }) => decideStorm(sql, source, body.decision, actorOf(request, session)),
      {
        body: resumeBody,
        detail: {
          tags,
          access: 'operator',
          summary: `Decide about the storm, and let ${consumer} go on`,
          responses: responses({ 200: consumerAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )
}

/** `path`: of the list whose letters are replayed; `letters`: as sentences call them. */
export function replayRoute(sql: Sql, source: string, path: string, letters: string) {
  const route = `${path}/replay`
  return new Elysia().use(withSession).post(
    route,
    ({ body, request, session }) =>
      once(sql, request, async (tx) => {
        const { ids, rate_per_s = DEFAULT_RATE_PER_S, canary = 0 } = body ?? {}
        const asked = { name: `POST ${route}`, source, filter: ids ? { ids } : {} }
        const replay = await startReplay(tx, { ...asked, rate_per_s, canary }, actorOf(request, session))
        return jsonAnswer(replay, 201, { location: `/replays/${replay.id}` })
      }),
    {
      body: replayDeadBody,
      detail: {
        tags: [source],
        access: 'operator',
        request_headers: ['Idempotency-Key'],
        summary: `Replay ${letters}, all or those that are named; POST /replays can do more`,
        responses: responses(
          { 201: { schema: replayAnswer, headers: ['Idempotency-Replayed', 'Location'] } },
          [400, 409, 413, 415, 422],
        ),
      },
    },
  )
}
