/** Lets a request in or denies it, before its route, body or parameters are looked at. */
import { Elysia } from 'elysia'
import { timingSafeEqual } from 'node:crypto'
import type { Session } from '../../db/users/sessions.ts'
import type { UserRole } from '../../db/users/users.ts'
import { AppError } from '../../lib/errors.ts'
import type { ApiContext } from '../context.ts'
import { accessOf, allowedBeforeEnrolment, roleSuffices } from './access.ts'
import { accessCookie, refuseForeignOrigin } from './cookies.ts'
import { actorOf } from './actor.ts'

const sessions = new WeakMap<Request, Session>()

/** The session as it is when it is asked for: one that ended before is never found. */
export type FindSession = (id: string) => Promise<Session | null>

/** The session of who asks, null where none is needed; throws AppError 401 or 403 for what access.ts does not allow. */
export async function authenticate(
  request: Request,
  path: string,
  { config, tokens, log }: ApiContext,
  findSession: FindSession,
): Promise<Session | null> {
  const access = accessOf(request.method, path)
  if (access === 'public') return null
  if (access === 'metrics') {
    const token = bearerToken(request)
    if (!config.metrics_token || (token && sameText(token, config.metrics_token))) return null
    throw unauthorized()
  }
  // The body has yet to prove it, in the route; without a secret nobody can.
  if (access === 'signed' && config.webhook_secret && !presentsToken(request)) {
    if (request.headers.has('x-signature-256')) return null
    throw unauthorized()
  }
  const token = presentedToken(request)
  const session_id = token && (await tokens.sessionOf(token))
  const session = session_id && (await findSession(session_id))
  if (!session) {
    if (access === 'either') return null
    throw unauthorized()
  }
  const needs = access === 'signed' ? 'operator' : access === 'either' ? 'viewer' : access
  const refusal = !roleSuffices(session.role, needs)
    ? forbidden(session.role, needs)
    : config.require_admin_2fa && session.unenrolled_admin && !allowedBeforeEnrolment(request.method, path)
      ? twoFactorRequired()
      : null
  if (refusal) {
    // OWASP ASVS 5, 16.3.2.
    const { method } = request
    const { actor_id: user_id, address, request_id } = actorOf(request, session)
    log.info({ log: 'audit', action: 'access.refused', code: refusal.code, user_id, method, path, address, request_id })
    throw refusal
  }
  sessions.set(request, session)
  return session
}

const forbidden = (has: UserRole, needs: UserRole) =>
  new AppError('forbidden', 'forbidden', {
    en: `This needs the role ${needs}; you are signed in as ${has}.`,
    pt: `Isto exige o papel ${needs}; você entrou como ${has}.`,
  })
const twoFactorRequired = () =>
  new AppError('forbidden', 'two_factor_required', {
    en: 'Admins need two-factor sign-in; begin with POST /2fa/enable.',
    pt: 'Administradores precisam da verificação em duas etapas; comece com POST /2fa/enable.',
  })

/** Gives a feature's handlers `session`: who is asking. */
export const withSession = new Elysia({ name: 'session' }).derive({ as: 'scoped' }, ({ request }) => ({
  session: sessionOf(request),
}))

/** Who asks, once the request was let in; throws AppError 401 on a public route. */
export function sessionOf(request: Request): Session {
  const session = sessions.get(request)
  if (!session) throw unauthorized()
  return session
}

/** False where a request was let in without a session. */
export const isSignedIn = (request: Request): boolean => sessions.has(request)

export function unauthorized(): AppError {
  return new AppError('unauthenticated', 'unauthorized', {
    en: 'Sign in at POST /login and send the token as `Authorization: Bearer …`.',
    pt: 'Faça login em POST /login e envie o token como `Authorization: Bearer …`.',
  })
}

const presentsToken = (request: Request) => request.headers.has('authorization') || Boolean(accessCookie(request))

/** The bearer token, or the cookie's where there is no Authorization at all; throws AppError 403 for a forged request. */
function presentedToken(request: Request): string | null | undefined {
  if (request.headers.has('authorization')) return bearerToken(request)
  const token = accessCookie(request)
  if (token && !SAFE_METHODS.has(request.method)) refuseForeignOrigin(request)
  return token
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

function bearerToken(request: Request): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => new Uint8Array(new Bun.CryptoHasher('sha256').update(text).digest())
  return timingSafeEqual(digest(a), digest(b))
}
