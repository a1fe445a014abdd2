/** Sign-in: a password becomes a session, with an access token bound to it and a refresh token for the next one. */
import type { Sql } from 'postgres'
import type { Origin } from '../../db/audit.ts'
import { insertRefreshToken, rotateRefreshToken } from '../../db/refresh-tokens.ts'
import { insertSession, revokeSession, revokeSessionsOf, type Session } from '../../db/sessions.ts'
import { holdCredentials, type Credentials } from '../../db/users.ts'
import { AppError } from '../../lib/errors.ts'
import type { ApiContext } from '../context.ts'
import { recordSuccess } from './attempts.ts'
import { checkPassword, credentialsWrong } from './check-password.ts'

export interface SignedIn {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  refresh_token: string
}

/** However often it is refreshed, a session ends so long after sign-in (OWASP ASVS 5, 7.3.2). */
export const SESSION_S = 30 * 24 * 3600

/** Throws AppError 401, the same for an unknown user, a disabled one and a wrong password, 429 and 503. */
export async function signIn(
  context: ApiContext,
  given: { username: string; password: string },
  origin: Origin,
): Promise<SignedIn> {
  const { user, attempt } = await checkPassword(context, given, origin)
  const session = await startSession(context, context.db.sql, user)
  await recordSuccess(context.db.sql, attempt)
  return session
}

/** A new session for a user whose every factor was found right; throws AppError 401 when that has changed meanwhile. */
async function startSession(context: ApiContext, sql: Sql, user: Credentials): Promise<SignedIn> {
  const { session_id, refresh_token } = await sql.begin(async (tx) => {
    if (!(await holdCredentials(tx, user.id, user.password_hash))) throw credentialsWrong()
    const session_id = await insertSession(tx, user.id, SESSION_S, context.config.jwt_expires_s)
    return { session_id, refresh_token: await insertRefreshToken(tx, session_id) }
  })
  return signedIn(context, user.id, session_id, refresh_token)
}

/** Exchanges a refresh token, once; throws AppError 401 for one that is unknown, ended or used before. */
export async function refresh(context: ApiContext, token: string): Promise<SignedIn> {
  const rotation = await rotateRefreshToken(context.db.sql, token, context.config.jwt_expires_s)
  if (rotation.outcome === 'rotated')
    return signedIn(context, rotation.user_id, rotation.session_id, rotation.refresh_token)
  if (rotation.outcome === 'reused')
    throw new AppError(
      'refresh_token_reused',
      401,
      'This refresh token was used before, so its session was ended; sign in again at POST /login.',
    )
  throw new AppError('refresh_token_invalid', 401, 'This refresh token is not valid; sign in again at POST /login.')
}

/** Ends the session, or every session of its user. */
export async function signOut({ db }: ApiContext, session: Session, all: boolean): Promise<void> {
  if (all) await revokeSessionsOf(db.sql, session.user_id)
  else await revokeSession(db.sql, session.id)
}

async function signedIn(context: ApiContext, user_id: string, session_id: string, refresh_token: string) {
  const access_token = await context.tokens.issue(user_id, session_id)
  return { access_token, token_type: 'Bearer' as const, expires_in: context.config.jwt_expires_s, refresh_token }
}
