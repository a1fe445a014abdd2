/** Who asks: the session of a request's token or cookie, and whether it may do what it asks for. */
import { Elysia } from 'elysia'
import { timingSafeEqual } from 'node:crypto'
import type { Actor } from '../../db/audit/audit.ts'
import { isMeantAsKey } from '../../db/users/api-keys/key-text.ts'
import { missingProof } from '../../db/users/proof.ts'
import type { Session } from '../../db/users/sessions.ts'
import type { UserRole } from '../../db/users/users.ts'
import { AppError } from '../../lib/errors.ts'
import type { ApiConfig } from '../config.ts'
import type { AppContext } from '../context.ts'
import { clientAddress, isLocal } from './client-address.ts'
import { accessCookie, refuseForeignOrigin } from './cookies.ts'
import type { FindSession } from './live-sessions.ts'
import { contextOf, requestIdOf, withoutToken } from './request-context.ts'
import { isRole, roleSuffices, type RouteRules } from './route-table.ts'

/** The session, or null where none is needed. Throws AppError unauthenticated or forbidden for what `access` does not allow. */
export async function authenticate(
  request: Request,
  rules: RouteRules,
  { config, db, log }: AppContext,
  findSession: FindSession,
): Promise<Session | null> {
  const { access } = rules
  if (access === 'public') return null
  if (access === 'metrics') {
    if (mayReadMetrics(request, config)) return null
    throw metricsTokenWanted()
  }
  // The route checks the signature, since it reads the body; without a secret no signature is right.
  if (access === 'signed' && config.webhook_secret && !presentsToken(request)) {
    if (request.headers.has('x-signature-256')) return null
    throw unauthorized()
  }
  const token = presentedToken(request)
  const session = token && (await findSession(token, request))
  if (!session) {
    if (access === 'either') return null
    throw token && isMeantAsKey(token) ? keyInvalid() : unauthorized()
  }
  const refusal = refusalOf(session, rules) ?? (rules.fresh_proof ? await missingProof(db.sql, session) : null)
  if (refusal) {
    // OWASP ASVS 5, 16.3.2.
    const { method } = request
    const path = withoutToken(contextOf(request).path)
    const { actor_id: user_id, address, request_id } = actorOf(request, session)
    log.info({ log: 'audit', action: 'access.refused', code: refusal.code, user_id, method, path, address, request_id })
    throw refusal
  }
  contextOf(request).session = session
  return session
}

/** Why the session may not call a route; null when it may. */
export function refusalOf(
  session: Session,
  { access, before_password_change, before_enrolment, session_only, fresh_proof }: RouteRules,
): AppError | null {
  const needs = access === 'signed' ? 'operator' : isRole(access) ? access : 'viewer'
  if (!roleSuffices(session.role, needs)) return forbidden(session, needs)
  if ((session_only || fresh_proof) && session.api_key_id) return sessionNeeded()
  if (session.must_change_password && !before_password_change) return passwordChangeRequired()
  return session.must_enrol && !before_enrolment ? twoFactorRequired() : null
}

const forbidden = ({ role: has, api_key_id }: Session, needs: UserRole) =>
  new AppError(
    'forbidden',
    'forbidden',
    api_key_id
      ? {
          en: `This needs the role ${needs}; this API key has the role ${has}.`,
          pt: `Isto exige o papel ${needs}; esta chave de API tem o papel ${has}.`,
        }
      : {
          en: `This needs the role ${needs}; you are signed in as ${has}.`,
          pt: `Isto exige o papel ${needs}; você entrou como ${has}.`,
        },
  )
const sessionNeeded = () =>
  new AppError('forbidden', 'session_needed', {
    en: 'An API key cannot do this; sign in at POST /login and send that token.',
    pt: 'Uma chave de API não pode fazer isto; faça login em POST /login e envie esse token.',
  })
const keyInvalid = () =>
  new AppError('unauthenticated', 'api_key_invalid', {
    en: 'This API key is mistyped, has ended, or was deleted; make a new one at POST /me/api-keys.',
    pt: 'Esta chave de API foi digitada errado, expirou ou foi excluída; crie outra em POST /me/api-keys.',
  })
const passwordChangeRequired = () =>
  new AppError('forbidden', 'password_change_required', {
    en: 'Somebody else chose your password; choose your own at PUT /me/password first.',
    pt: 'Outra pessoa escolheu a sua senha; antes, escolha a sua em PUT /me/password.',
  })
const twoFactorRequired = () =>
  new AppError('forbidden', 'two_factor_required', {
    en: 'Your role needs two-factor sign-in; begin with POST /2fa/enable.',
    pt: 'O seu papel precisa da verificação em duas etapas; comece com POST /2fa/enable.',
  })

/** Gives a feature's handlers `session`. */
export const withSession = new Elysia({ name: 'session' }).derive({ as: 'scoped' }, ({ request }) => ({
  session: sessionOf(request),
}))

/** Throws AppError unauthenticated for a request without a session. */
export function sessionOf(request: Request): Session {
  const { session } = contextOf(request)
  if (!session) throw unauthorized()
  return session
}

export const isSignedIn = (request: Request): boolean => contextOf(request).session !== undefined

/** The part of an audit row that a request knows: who asks, and from where. */
export function actorOf(
  request: Request,
  session?: { user_id: string | null; username: string; api_key_id?: string },
): Actor {
  return {
    actor_id: session?.user_id ?? null,
    actor_name: session?.username ?? null,
    api_key_id: session?.api_key_id ?? null,
    address: clientAddress(request),
    request_id: requestIdOf(request),
  }
}

export function unauthorized(): AppError {
  return new AppError('unauthenticated', 'unauthorized', {
    en: 'Sign in at POST /login and send the token as `Authorization: Bearer …`.',
    pt: 'Faça login em POST /login e envie o token como `Authorization: Bearer …`.',
  })
}

/** With METRICS_TOKEN where it is set; else anybody, but in production a program on this machine only. */
function mayReadMetrics(request: Request, { metrics_token, production }: ApiConfig): boolean {
  if (metrics_token === undefined) return !production || isLocal(request)
  const token = bearerToken(request)
  return token !== undefined && sameText(token, metrics_token)
}

const metricsTokenWanted = () =>
  new AppError('unauthenticated', 'unauthorized', {
    en: 'Send METRICS_TOKEN as `Authorization: Bearer …`; in production it must be set, or only this machine is answered.',
    pt: 'Envie METRICS_TOKEN como `Authorization: Bearer …`; em produção defina-o, senão só esta máquina recebe resposta.',
  })

const presentsToken = (request: Request) => request.headers.has('authorization') || Boolean(accessCookie(request))

/** The bearer token, or without Authorization the cookie's. Throws AppError forbidden for a forged request. */
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
