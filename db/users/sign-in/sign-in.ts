/** Sign-in: a password becomes a session, with an access token bound to it and a refresh token for the next one. */
import type { ISql } from 'postgres'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { CHALLENGE_TTL_S, insertChallenge } from './challenges.ts'
import { insertRefreshToken, rotateRefreshToken } from './refresh-tokens.ts'
import { insertSession, revokeSession, revokeSessionsOf, type Session } from '../sessions.ts'
import { isTwoFactorOn, readTwoFactor } from '../two-factor/two-factor.ts'
import { holdCredentials } from '../users.ts'
import { AppError } from '../../../lib/errors.ts'
import type { ApiContext } from '../../../api/context.ts'
import { recordSuccess, undoAttempt } from './attempts.ts'
import { checkPassword, credentialsWrong } from './check-password.ts'

export interface SignedIn {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  refresh_token: string
}

/** However often it is refreshed, a session ends so long after sign-in (OWASP ASVS 5, 7.3.2). */
export const SESSION_S = 30 * 24 * 3600

/** The password was right, and a code is to come; `POST /2fa/verify` takes both. */
export interface Challenge {
  requires_2fa: true
  challenge: string
  expires_in: number
}

/** Throws AppError 401, the same for an unknown user, a disabled one and a wrong password, 429 and 503. */
export async function signIn(
  context: ApiContext,
  given: { username: string; password: string; cookie?: boolean },
  actor: Actor,
): Promise<SignedIn | Challenge> {
  const { sql } = context.db
  const { user, attempt } = await checkPassword(context, given, actor)
  const two_factor = await isTwoFactorOn(sql, user.id)
  const answer = await sql.begin(async (tx) => {
    // Against a change of the password while this one was compared.
    if (!(await holdCredentials(tx, user.id, user.password_hash))) throw credentialsWrong()
    if (!two_factor) return startSession(context, tx, user, actor)
    const challenge = await insertChallenge(tx, user.id, given.cookie ?? false)
    return { requires_2fa: true as const, challenge, expires_in: CHALLENGE_TTL_S }
  })
  // With a code to come it is no success yet: wrong codes and wrong passwords count together until the sign-in is whole.
  await (two_factor ? undoAttempt : recordSuccess)(sql, attempt)
  return answer
}

/** A new session for a user whose every factor was found right. */
export async function startSession(
  { config, tokens }: ApiContext,
  tx: ISql,
  user: { id: string; username: string },
  actor: Actor,
): Promise<SignedIn> {
  const session_id = await insertSession(tx, user.id, SESSION_S, config.jwt_expires_s)
  const refresh_token = await insertRefreshToken(tx, session_id)
  const signed_in = { ...actor, actor_id: user.id, actor_name: user.username }
  await recordAudit(tx, { ...signed_in, action: 'sign_in.succeeded', target: user.username, details: { session_id } })
  const access_token = await tokens.issue(user.id, session_id)
  return { access_token, token_type: 'Bearer', expires_in: config.jwt_expires_s, refresh_token }
}

/** Exchanges a refresh token, once; throws AppError 401 for one that is unknown, ended or used before. */
export async function refresh({ config, db, tokens }: ApiContext, token: string, actor: Actor): Promise<SignedIn> {
  const rotation = await db.sql.begin(async (tx) => {
    const rotation = await rotateRefreshToken(tx, token, config.jwt_expires_s)
    // Whoever sent it is not known to be the user: the row names whom it happened to, and no actor.
    if (rotation.outcome === 'reused') {
      const { username, session_id } = rotation
      await recordAudit(tx, { ...actor, action: 'session.refresh_reused', target: username, details: { session_id } })
    }
    return rotation
  })
  if (rotation.outcome === 'invalid')
    throw new AppError('unauthenticated', 'refresh_token_invalid', {
      en: 'This refresh token is not valid; sign in again at POST /login.',
      pt: 'Este refresh token não é válido; faça login de novo em POST /login.',
    })
  if (rotation.outcome === 'reused')
    throw new AppError('unauthenticated', 'refresh_token_reused', {
      en: 'This refresh token was used before, so its session was ended; sign in again at POST /login.',
      pt: 'Este refresh token já foi usado, por isso a sessão dele foi encerrada; faça login de novo em POST /login.',
    })
  return {
    access_token: await tokens.issue(rotation.user_id, rotation.session_id),
    token_type: 'Bearer',
    expires_in: config.jwt_expires_s,
    refresh_token: rotation.refresh_token,
  }
}

/** Ends the session, or every session of its user. */
export async function signOut({ db }: ApiContext, session: Session, all: boolean, actor: Actor): Promise<void> {
  const { id: session_id, user_id, username: target } = session
  await db.sql.begin(async (tx) => {
    const ended = all ? await revokeSessionsOf(tx, user_id) : await revokeSession(tx, session_id)
    await recordAudit(tx, {
      ...actor,
      action: all ? 'session.all_ended' : 'session.ended',
      target,
      details: all ? { sessions: ended } : { session_id },
    })
  })
}

/** Who is signed in, and how. */
export async function describeMe({ config, db }: ApiContext, { id, user_id, username, role }: Session) {
  const state = await readTwoFactor(db.sql, user_id)
  const two_factor = { ...state, required: config.require_admin_2fa && role === 'admin' }
  return { id: user_id, username, role, session_id: id, two_factor }
}
