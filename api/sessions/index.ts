/** Sessions: one's own, and for admins those of any user. Ending one takes no proof, since it only takes away. */
import { Elysia } from 'elysia'
import { readUser } from '../../db/users/accounts.ts'
import { endSession, endSessionsOf, sessionNotFound } from '../../db/users/end-sessions.ts'
import { pageSessions, type Session } from '../../db/users/sessions.ts'
import type { ApiContext } from '../context.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { idParams } from '../http/schemas.ts'
import { listAnswer, listQuery, sessionParams, type ListQuery } from './model.ts'

export function sessions({ db: { sql }, config: { session_idle: idle } }: ApiContext) {
  return new Elysia({ name: 'sessions' })
    .use(withSession)
    .get('/me/sessions', ({ query, session }) => list(query, session.user_id, session), {
      query: listQuery,
      detail: {
        tags: ['sign-in'],
        access: 'viewer',
        summary: 'Your sessions, newest first',
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .delete(
      '/me/sessions/:id',
      async ({ params, session, request }) => {
        if (!(await endSession(sql, session, params.id, actorOf(request, session)))) throw sessionNotFound(params.id)
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags: ['sign-in'],
          access: 'viewer',
          session_only: true,
          summary: 'End one of your sessions at once',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )
    .get(
      '/users/:id/sessions',
      async ({ params, query, session }) => list(query, (await readUser(sql, params.id)).id, session),
      {
        params: idParams,
        query: listQuery,
        detail: {
          tags: ['users'],
          access: 'admin',
          summary: "A user's sessions, newest first",
          responses: responses({ 200: listAnswer }, [404, 422]),
        },
      },
    )
    .delete(
      '/users/:id/sessions',
      async ({ params, session, request }) => {
        await endSessionsOf(sql, await owner(params.id), actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags: ['users'],
          access: 'admin',
          session_only: true,
          summary: 'End every session of a user at once',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )
    .delete(
      '/users/:id/sessions/:sid',
      async ({ params, session, request }) => {
        const ended = await endSession(sql, await owner(params.id), params.sid, actorOf(request, session))
        if (!ended) throw sessionNotFound(params.sid)
        return new Response(null, { status: 204 })
      },
      {
        params: sessionParams,
        detail: {
          tags: ['users'],
          access: 'admin',
          session_only: true,
          summary: 'End a session of a user at once',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )

  function list(page: ListQuery, user_id: string, { id: own }: Session) {
    const read = (request: Parameters<typeof pageSessions>[3]) => pageSessions(sql, user_id, idle, request)
    return answerPage(page, ['id'], read, (row) => ({ ...row, current: row.id === own }))
  }

  async function owner(id: string) {
    const { username } = await readUser(sql, id)
    return { user_id: id, username }
  }
}
