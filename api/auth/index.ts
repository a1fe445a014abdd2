import { Elysia } from 'elysia'
import { readUser } from '../../db/users/accounts.ts'
import { endSession, endSessionsOf } from '../../db/users/end-sessions.ts'
import { signInFirst, type FirstAdmin } from '../../db/users/sign-in/first-sign-in.ts'
import { refreshSession, signIn } from '../../db/users/sign-in/sign-in.ts'
import { AppError } from '../../lib/errors.ts'
import { needsFactor, readTwoFactor } from '../../db/users/two-factor/two-factor.ts'
import type { Session } from '../../db/users/sessions.ts'
import { signInContext, type ApiContext } from '../context.ts'
import {
  clearedCookies,
  deviceCookie,
  keptDevice,
  newDevice,
  REFRESH_PATH,
  refreshCookie,
  refuseForeignOrigin,
} from '../http/cookies.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { userAgent } from '../http/client-address.ts'
import { emptyBody } from '../http/schemas.ts'
import { responses } from '../http/responses.ts'
import { SIGN_IN_BODY_BYTES } from '../http/route-table.ts'
import { answerSession } from './answer.ts'
import { logRefusals } from './log-refusals.ts'
import {
  firstPasswordBody,
  loginAnswer,
  loginBody,
  logoutQuery,
  meAnswer,
  refreshBody,
  sessionAnswer,
} from './model.ts'
import { twoFactor } from './two-factor/index.ts'

const tags = ['sign-in']

/** Before the first users are made, a right password would be called wrong. */
const startsStill = () =>
  new AppError(
    'unavailable',
    'api_starting',
    { en: 'Doca starts; try again in a moment.', pt: 'O Doca está iniciando; tente de novo em instantes.' },
    { retry_after_s: 1 },
  )

export function auth(context: ApiContext) {
  const { log, config, db } = context
  const signing = signInContext(context)
  return new Elysia({ name: 'auth' })
    .post(
      '/login',
      async ({ body, request }) => {
        if (context.isReady?.() === false) throw startsStill()
        const { cookie = false } = body
        if (cookie) refuseForeignOrigin(request)
        const actor = actorOf(request)
        const device = deviceCookie(request) ?? (cookie ? newDevice() : null)
        const given = { ...body, cookie, device, user_agent: userAgent(request) }
        const begun = await logRefusals(log, actor, 'password', () => signIn(signing, given, actor))
        if ('session_id' in begun) return answerSession(context, request, begun, cookie, device)
        const headers: Record<string, string> = cookie && device ? { 'set-cookie': keptDevice(request, device) } : {}
        const { challenge, ttl_s: expires_in } = begun
        return Response.json({ requires_2fa: true as const, challenge, expires_in }, { headers })
      },
      {
        body: loginBody,
        detail: {
          tags,
          access: 'public',
          max_body_bytes: SIGN_IN_BODY_BYTES,
          budget: 'sign_in',
          tarpit: true,
          summary: 'Exchange a password for a session',
          description: `${DELAY}\n\n${COOKIE}`,
          responses: responses(
            { 200: { schema: loginAnswer, headers: ['Set-Cookie'] } },
            [400, 401, 403, 413, 415, 422, 429],
            [500, 503],
          ),
        },
      },
    )
    .post(
      REFRESH_PATH,
      async ({ body, request }) => {
        const kept = body.refresh_token === undefined ? refreshCookie(request) : null
        if (kept) refuseForeignOrigin(request)
        const given = { token: body.refresh_token ?? kept ?? '', user_agent: userAgent(request) }
        const actor = actorOf(request)
        const next = await logRefusals(log, actor, 'refresh_token', () => refreshSession(signing, given, actor))
        return answerSession(context, request, next, kept !== null)
      },
      {
        body: refreshBody,
        detail: {
          tags,
          access: 'public',
          max_body_bytes: SIGN_IN_BODY_BYTES,
          budget: 'refresh',
          tarpit: true,
          summary: 'Exchange a refresh token for the next access and refresh token',
          description: REFRESH,
          responses: responses(
            { 200: { schema: sessionAnswer, headers: ['Set-Cookie'] } },
            [400, 401, 403, 413, 415, 422],
            [500, 503],
          ),
        },
      },
    )
    .post(
      '/first-password',
      async ({ body: { token, new_password, cookie = false }, request }) => {
        if (cookie) refuseForeignOrigin(request)
        const actor = actorOf(request)
        const device = deviceCookie(request) ?? (cookie ? newDevice() : null)
        const fits = (admin: FirstAdmin) => context.first_links.fits(token, admin)
        const given = { fits, new_password, cookie, device, user_agent: userAgent(request) }
        const begun = await logRefusals(log, actor, 'first_link', () => signInFirst(signing, given, actor))
        return answerSession(context, request, begun, cookie, device)
      },
      {
        body: firstPasswordBody,
        detail: {
          tags,
          access: 'public',
          max_body_bytes: SIGN_IN_BODY_BYTES,
          budget: 'sign_in',
          tarpit: true,
          summary: "Choose admin's password, with the link of the first start",
          description: FIRST,
          responses: responses(
            { 200: { schema: sessionAnswer, headers: ['Set-Cookie'] } },
            [400, 401, 403, 413, 415, 422],
            [500, 503],
          ),
        },
      },
    )
    .use(twoFactor(context))
    .use(withSession)
    .post(
      '/logout',
      async ({ session, query, request }) => {
        const actor = actorOf(request, session)
        if (query.all) await endSessionsOf(db.sql, session, actor)
        else await endSession(db.sql, session, session.id, actor)
        const headers = new Headers()
        for (const line of clearedCookies(request)) headers.append('set-cookie', line)
        return new Response(null, { status: 204, headers })
      },
      {
        body: emptyBody,
        query: logoutQuery,
        detail: {
          tags,
          access: 'viewer',
          session_only: true,
          before_password_change: true,
          before_enrolment: true,
          summary: 'End this session at once, or with ?all=true every session of the user',
          responses: responses({ 204: null }, [400, 413, 415, 422]),
        },
      },
    )
    .get('/me', ({ session }) => me(session), {
      detail: {
        tags,
        access: 'viewer',
        before_password_change: true,
        before_enrolment: true,
        summary: 'Who is signed in',
        responses: responses({ 200: meAnswer }),
      },
    })

  async function me({ id: session_id, user_id: id, username, role, must_change_password, api_key_id }: Session) {
    const through = api_key_id ? { session_id: null, api_key_id } : { session_id, api_key_id: null }
    const required = needsFactor(config.two_factor_need, { role, username })
    const [factor, { email }] = await Promise.all([readTwoFactor(db.sql, id), readUser(db.sql, id)])
    const two_factor = { ...factor, required }
    return {
      id,
      username,
      role,
      email,
      ...through,
      must_change_password,
      two_factor,
      max_upload_bytes: config.max_upload_bytes,
      features: config.features,
    }
  }
}

const COOKIE =
  'With `cookie: true` the tokens come in HttpOnly, SameSite=Strict cookies instead of the body, and the session that the browser ' +
  'had in them ends. Requests with a cookie that ' +
  'change something must come from this site: `Sec-Fetch-Site: same-origin`, or for browsers without it an `Origin` that ' +
  'is this host; else 403 `origin_refused`. Another cookie, which opens nothing, makes the browser known for 90 days.'
const DELAY =
  'Wrong passwords for a user count where they come from: at the device or the address that the user signed in from in the ' +
  'last 90 days; else at the network, /24 or /40. After five in a row the next attempt there waits: a second, then twice as ' +
  'long each time up to 15 minutes (429 too_many_attempts, Retry-After); after a hundred, 30 days. All unknown networks ' +
  'share, beyond the first two attempts of each, 50 attempts and four an hour for a user: somebody who guesses from many ' +
  'addresses keeps nobody out. A name that nobody has is counted alike. 503 busy: too many passwords are being checked at once.'
const FIRST =
  'The link is good for a day, once, and only while nobody has signed in as admin. Until then each start of the API shows ' +
  'another, unless ADMIN_PASSWORD is set.'
const REFRESH =
  'A refresh token works once and ends with its session, 30 days after sign-in. Sent again within ten seconds it gets the ' +
  'same next refresh token, so that two tabs or a lost answer do no harm; sent again later, it ends the session.'
