/** Accounts, and the audit of what happened to them. */
import { Elysia } from 'elysia'
import {
  changeOwnEmail,
  changeUser,
  createUser,
  prepareUser,
  readUser,
  type HashPassword,
} from '../../db/users/accounts.ts'
import { changeOwnPassword } from '../../db/users/own-password.ts'
import { pageUsers, type User } from '../../db/users/users.ts'
import { audit } from '../audit/index.ts'
import { logRefusals } from '../auth/log-refusals.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { etagOf, isUnchanged, versionsAllowed } from '../http/etag.ts'
import { idParams } from '../http/schemas.ts'
import { once } from '../http/idempotency.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { SIGN_IN_BODY_BYTES } from '../http/route-table.ts'
import { apiKeys } from './api-keys.ts'
import { sessions } from '../sessions/index.ts'
import {
  listAnswer,
  listQuery,
  ownEmailBody,
  ownPasswordBody,
  userAnswer,
  userBody,
  userPatch,
  type ListQuery,
} from './model.ts'

const tags = ['users']

export function users(context: ApiContext) {
  const { sql } = context.db
  const { passwords } = context
  const service = context.config.service_username.toLowerCase()
  const described = (user: User) => ({ ...user, is_service: user.username.toLowerCase() === service })
  const answer = (user: User, status = 200, headers: Record<string, string> = {}): Response =>
    jsonAnswer(described(user), status, { etag: etagOf(user.version), ...headers })
  const hash: HashPassword = (password) => passwords.turn((hashing) => hashing.hash(password))
  return new Elysia({ name: 'users' })
    .use(audit(context))
    .use(apiKeys(context))
    .use(sessions(context))
    .use(withSession)
    .get('/users', ({ query }) => list(query), {
      query: listQuery,
      detail: {
        tags,
        access: 'admin',
        summary: 'List and filter users by name',
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .post(
      '/users',
      async ({ body, request, session }) => {
        const user = await prepareUser(body, hash)
        return once(sql, request, async (tx) => {
          const made = await createUser(tx, user, actorOf(request, session))
          return answer(made, 201, { location: `/users/${made.id}` })
        })
      },
      {
        body: userBody,
        detail: {
          tags,
          access: 'admin',
          fresh_proof: true,
          summary: 'Create a user, who changes the password at the first sign-in',
          description: `${FIRST_PASSWORD}\n\n${FRESH_PROOF}`,
          request_headers: ['Idempotency-Key'],
          responses: responses(
            { 201: { schema: userAnswer, headers: ['ETag', 'Location', 'Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get(
      '/users/:id',
      async ({ params, request }) => {
        const user = await readUser(sql, params.id)
        const etag = etagOf(user.version)
        return isUnchanged(request, etag) ? new Response(null, { status: 304, headers: { etag } }) : answer(user)
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'admin',
          summary: 'Read a user',
          responses: responses({ 200: userAnswer }, [404, 422]),
        },
      },
    )
    .patch(
      '/users/:id',
      async ({ params, body, request, session }) => {
        const rules = { hash, actor: actorOf(request, session), versions: versionsAllowed(request) }
        return answer(await changeUser(sql, params.id, body, rules))
      },
      {
        params: idParams,
        body: userPatch,
        detail: {
          tags,
          access: 'admin',
          fresh_proof: true,
          request_headers: ['If-Match'],
          summary:
            "Change another's role, password or e-mail, disable, enable, unlock, reset 2FA; 412 when If-Match has an older ETag",
          description: `${PATCH}\n\n${FIRST_PASSWORD}\n\n${FRESH_PROOF}`,
          responses: responses({ 200: { schema: userAnswer, headers: ['ETag'] } }, [400, 404, 409, 412, 413, 415, 422]),
        },
      },
    )
    .put(
      '/me/password',
      async ({ body, request, session }) => {
        const actor = actorOf(request, session)
        await logRefusals(context.log, actor, 'password', () =>
          changeOwnPassword({ sql, passwords }, session, body, actor),
        )
        return new Response(null, { status: 204 })
      },
      {
        body: ownPasswordBody,
        detail: {
          tags: ['sign-in'],
          access: 'viewer',
          session_only: true,
          max_body_bytes: SIGN_IN_BODY_BYTES,
          tarpit: true,
          before_password_change: true,
          before_enrolment: true,
          summary: 'Change your own password; every other session of yours ends',
          responses: responses({ 204: null }, [400, 413, 415, 422, 429]),
        },
      },
    )
    .put(
      '/me/email',
      async ({ body, request, session }) => {
        await changeOwnEmail(sql, session, body.email, actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        body: ownEmailBody,
        detail: {
          tags: ['sign-in'],
          access: 'viewer',
          fresh_proof: true,
          summary: 'Set the address where you are told of changes of your account, or null; the old one is told',
          description: FRESH_PROOF,
          responses: responses({ 204: null }, [400, 413, 415, 422]),
        },
      },
    )

  function list({ limit, cursor, ...filters }: ListQuery) {
    return answerPage({ limit, cursor }, ['username'], (page) => pageUsers(sql, filters, page), described)
  }
}

const FIRST_PASSWORD =
  'Until its user has changed a password that somebody else chose (PUT /me/password), nothing else is allowed: 403 ' +
  'password_change_required.'
const FRESH_PROOF =
  'Asks for a proof of the last 15 minutes that the user of the session is there: a sign-in, or, with a second factor, a code ' +
  'sent to POST /2fa/verify with the token of the session (403 code_required); without one, a new sign-in (403 sign_in_again).'
const PATCH =
  "The user is told by e-mail where an address is set, of a new one at the old. One's own account is changed under /me alone " +
  '(403 own_account). A new role counts from the next request; a new password, a reset of 2FA and disabling end every session and API key of the user. The last enabled ' +
  'admin can be neither disabled nor given another role (409 last_admin).'
