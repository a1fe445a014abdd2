import { Elysia } from 'elysia'
import { revokeSession } from '../../db/sessions.ts'
import type { ApiContext } from '../context.ts'
import { withSession } from '../http/authenticate.ts'
import { responses } from '../http/responses.ts'
import { loginAnswer, loginBody, me } from './model.ts'
import { signIn } from './service.ts'

const tags = ['sign-in']

export function auth(context: ApiContext) {
  return new Elysia({ name: 'auth' })
    .post('/login', ({ body }) => signIn(context, body.username, body.password), {
      body: loginBody,
      detail: {
        tags,
        security: [],
        summary: 'Exchange a password for an access token',
        responses: responses({ 200: loginAnswer }, [400, 401, 413, 422], [500, 503]),
      },
    })
    .use(withSession)
    .post(
      '/logout',
      async ({ session }) => {
        await revokeSession(context.db.sql, session.id)
        return new Response(null, { status: 204 })
      },
      { detail: { tags, summary: 'End this session at once', responses: responses({ 204: null }) } },
    )
    .get(
      '/me',
      ({ session }) => ({
        id: session.user_id,
        username: session.username,
        role: session.role,
        session_id: session.id,
      }),
      { detail: { tags, summary: 'Who is signed in', responses: responses({ 200: me }) } },
    )
}
