import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { withSession } from '../http/authenticate.ts'
import { responses } from '../http/responses.ts'
import { loginAnswer, loginBody, logoutQuery, me, refreshBody } from './model.ts'
import { refresh, signIn, signOut } from './service.ts'

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
    .post('/token/refresh', ({ body }) => refresh(context, body.refresh_token), {
      body: refreshBody,
      detail: {
        tags,
        security: [],
        summary: 'Exchange a refresh token for the next access and refresh token',
        description: REFRESH,
        responses: responses({ 200: loginAnswer }, [400, 401, 413, 415, 422], [500, 503]),
      },
    })
    .use(withSession)
    .post(
      '/logout',
      async ({ session, query }) => {
        await signOut(context, session, query.all ?? false)
        return new Response(null, { status: 204 })
      },
      {
        query: logoutQuery,
        detail: {
          tags,
          summary: 'End this session at once, or with ?all=true every session of the user',
          responses: responses({ 204: null }, [422]),
        },
      },
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

const REFRESH =
  'A refresh token works once and ends with its session, 30 days after sign-in. Sent again within ten seconds it gets the ' +
  'same next refresh token, so that two tabs or a lost answer do no harm; sent again later, it ends the session.'
