import { Elysia } from 'elysia'
import { cancelReplay, pauseReplay, resumeReplay } from '../../db/dead-letters/replays/control.ts'
import { findReplay, listReplayLetters, listReplays } from '../../db/dead-letters/replays/replays.ts'
import { DEFAULT_CANARY, DEFAULT_RATE_PER_S, dryRun, startReplay } from '../../db/dead-letters/replays/start.ts'
import type { ReplayFilter } from '../../db/dead-letters/replays/table.ts'
import { effectsOf } from '../../db/dead-letters/sources.ts'
import { validationFailed } from '../../lib/errors.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { once, withoutKey } from '../http/idempotency.ts'
import { languageOf } from '../http/language.ts'
import { answerPage, invalidCursor } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { emptyBody, idParams } from '../http/schemas.ts'
import {
  dryRunAnswer,
  replayAnswer,
  replayBody,
  replayedPage,
  replayedQuery,
  replaysPage,
  replaysQuery,
  type ReplayBody,
  type ReplayedQuery,
  type ReplaysQuery,
} from './replay-model.ts'

const tags = ['dead-letters']

export function replays({ config, db: { sql } }: ApiContext) {
  return new Elysia({ name: 'replays' })
    .use(withSession)
    .get('/replays', ({ query }) => list(query), {
      query: replaysQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Replays of dead letters, newest first',
        responses: responses({ 200: replaysPage }, [422]),
      },
    })
    .post(
      '/replays',
      ({ body, request, session }) => {
        const asked = replayOf(body)
        if (body.dry_run) return withoutKey(request, () => dry(asked, languageOf(request, config.locale)))
        return once(sql, request, async (tx) => {
          const replay = await startReplay(tx, asked, actorOf(request, session))
          return jsonAnswer(replay, 201, { location: `/replays/${replay.id}` })
        })
      },
      {
        body: replayBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Send dead letters to their source again, and follow each to its end',
          description:
            'What it selects is fixed when it starts. The canary goes alone; the rest follows at the rate when all of the canary ' +
            'succeeded, otherwise the replay pauses. A letter is in one replay at a time.',
          responses: responses(
            { 200: dryRunAnswer, 201: { schema: replayAnswer, headers: ['Idempotency-Replayed', 'Location'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/replays/:id', ({ params }) => findReplay(sql, params.id), {
      params: idParams,
      detail: {
        tags,
        access: 'viewer',
        summary: 'How far a replay is',
        responses: responses({ 200: replayAnswer }, [404, 422]),
      },
    })
    .get('/replays/:id/letters', ({ params, query }) => lettersOf(params.id, query), {
      params: idParams,
      query: replayedQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'The letters of a replay in the order in which they go, and what became of each',
        responses: responses({ 200: replayedPage }, [404, 422]),
      },
    })
    .post(
      '/replays/:id/pause',
      ({ params, request, session }) => pauseReplay(sql, params.id, actorOf(request, session)),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Send nothing more for now',
          responses: responses({ 200: replayAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .post(
      '/replays/:id/resume',
      ({ params, request, session }) => resumeReplay(sql, params.id, actorOf(request, session)),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Go on; after a canary that failed, with all the rest',
          responses: responses({ 200: replayAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .post(
      '/replays/:id/cancel',
      ({ params, request, session }) => cancelReplay(sql, params.id, actorOf(request, session)),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Undo what is not sent yet: those letters are dead as before',
          responses: responses({ 200: replayAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )

  function list({ source, state, ...page }: ReplaysQuery) {
    return answerPage(page, ['id'], (page) => listReplays(sql, { source, state }, page))
  }

  function lettersOf(id: string, { state, ...page }: ReplayedQuery) {
    return answerPage(page, ['position'], ({ limit, after }) => {
      if (after && !/^\d{1,9}$/.test(after.position)) throw invalidCursor()
      return listReplayLetters(sql, id, state, { limit, after })
    })
  }

  /** Throws AppError validation_failed. */
  function replayOf({
    name,
    source,
    filter,
    ids,
    rate_per_s = DEFAULT_RATE_PER_S,
    canary = DEFAULT_CANARY,
  }: ReplayBody) {
    if ((filter === undefined) === (ids === undefined))
      throw validationFailed([
        {
          path: '/filter',
          message: { en: 'give filter or ids, one of them', pt: 'informe filter ou ids, só um deles' },
        },
      ])
    return { name, source, filter: (filter ?? { ids }) as ReplayFilter, rate_per_s, canary }
  }

  async function dry(asked: ReturnType<typeof replayOf>, locale: Locale) {
    const found = await dryRun(sql, asked, effectsOf(asked.source, config.orders.retry))
    return { ...found, effects: found.effects.map((one) => ({ ...one, detail: textIn(one.detail, locale) })) }
  }
}
