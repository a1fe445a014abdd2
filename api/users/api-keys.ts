/** API keys: one's own, and for admins those of others. */
import { Elysia } from 'elysia'
import { readUser } from '../../db/users/accounts.ts'
import { pageKeys } from '../../db/users/api-keys/api-keys.ts'
import { createKey, endKey, MAX_KEYS } from '../../db/users/api-keys/own-keys.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { SIGN_IN_BODY_BYTES } from '../http/route-table.ts'
import { idParams, timestampOf } from '../http/schemas.ts'
import { keyBody, keysAnswer, keysQuery, newKeyAnswer, userKeyParams } from './api-key-model.ts'

const tags = ['sign-in']

export function apiKeys({ db: { sql }, config: { api_key_max_days } }: ApiContext) {
  return new Elysia({ name: 'api-keys' })
    .use(withSession)
    .get('/me/api-keys', ({ session, query }) => list(session.user_id, query), {
      query: keysQuery,
      detail: {
        tags,
        access: 'viewer',
        session_only: true,
        summary: 'List your API keys, newest first',
        responses: responses({ 200: keysAnswer }, [422]),
      },
    })
    .post(
      '/me/api-keys',
      async ({ session, body, request }) => {
        const wanted = { ...body, expires_at: timestampOf('expires_at', body.expires_at) }
        const rules = { actor: actorOf(request, session), max_days: api_key_max_days }
        const { made, key } = await createKey(sql, session, wanted, rules)
        return jsonAnswer({ ...made, key }, 201, { location: `/me/api-keys/${made.id}` })
      },
      {
        body: keyBody,
        detail: {
          tags,
          access: 'viewer',
          fresh_proof: true,
          max_body_bytes: SIGN_IN_BODY_BYTES,
          summary: 'Make an API key for a script',
          description: MAKING,
          responses: responses({ 201: { schema: newKeyAnswer, headers: ['Location'] } }, [400, 409, 413, 415, 422]),
        },
      },
    )
    .delete(
      '/me/api-keys/:id',
      async ({ session, params, request }) => {
        const { user_id: id, username } = session
        await endKey(sql, { id, username }, params.id, actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'viewer',
          session_only: true,
          summary: 'End one of your API keys at once',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )
    .get('/users/:id/api-keys', async ({ params, query }) => list((await readUser(sql, params.id)).id, query), {
      params: idParams,
      query: keysQuery,
      detail: {
        tags: ['users'],
        access: 'admin',
        summary: "List a user's API keys, newest first",
        responses: responses({ 200: keysAnswer }, [404, 422]),
      },
    })
    .delete(
      '/users/:id/api-keys/:key_id',
      async ({ session, params, request }) => {
        await endKey(sql, await readUser(sql, params.id), params.key_id, actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: userKeyParams,
        detail: {
          tags: ['users'],
          access: 'admin',
          session_only: true,
          summary: 'End an API key of a user at once',
          responses: responses({ 204: null }, [404, 422]),
        },
      },
    )

  function list(user_id: string, query: typeof keysQuery.static) {
    return answerPage(query, ['id'], (page) => pageKeys(sql, user_id, page))
  }
}

const MAKING =
  'Asks for a sign-in or a code of the last 15 minutes (403 sign_in_again, code_required), and is told to its user by e-mail. The answer is the one place where the key can be read, so ' +
  `there is no Idempotency-Key here: a repeat is 409 api_key_name_taken. A user has at most ${MAX_KEYS} keys (409 api_keys_too_many). A ` +
  'key ends at `expires_at`, when it is deleted, and when an admin disables its user or resets their password or 2FA. It ' +
  'may do what its role may, never more than its user may at that moment, and nothing that is said to take a session. Its ' +
  'requests count against the limit of its user.'
