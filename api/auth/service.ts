/** Sign-in: a password becomes a session, with an access token bound to it and a refresh token for the next one. */
import type { Sql } from 'postgres'
import { hashPassword, verifyPassword } from '../../db/passwords.ts'
import { insertRefreshToken, rotateRefreshToken } from '../../db/refresh-tokens.ts'
import { insertSession, revokeSession, revokeSessionsOf, type Session } from '../../db/sessions.ts'
import { findCredentials } from '../../db/users.ts'
import { AppError } from '../../lib/errors.ts'
import type { ApiContext } from '../context.ts'

export interface SignedIn {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  refresh_token: string
}

/** However often it is refreshed, a session ends so long after sign-in (OWASP ASVS 5, 7.3.2). */
export const SESSION_S = 30 * 24 * 3600

/** Same answer and same work for an unknown user, a disabled one and a wrong password; throws AppError 401. */
export async function signIn(context: ApiContext, username: string, password: string): Promise<SignedIn> {
  const { config, db } = context
  const user = await findCredentials(db.sql, username)
  const right = await verifyPassword(password, user?.password_hash ?? (await decoyHash(config.password_rounds)))
  if (!user || !right || user.disabled_at)
    throw new AppError('credentials_wrong', 401, 'The user name or the password is wrong.')
  return startSession(context, db.sql, user.id)
}

/** A new session for a user whose every factor was found right. */
async function startSession(context: ApiContext, sql: Sql, user_id: string): Promise<SignedIn> {
  const { session_id, refresh_token } = await sql.begin(async (tx) => {
    const session_id = await insertSession(tx, user_id, SESSION_S, context.config.jwt_expires_s)
    return { session_id, refresh_token: await insertRefreshToken(tx, session_id) }
  })
  return signedIn(context, user_id, session_id, refresh_token)
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

let decoy: Promise<string> | undefined
/** What the password of nobody is compared with, so that an unknown name takes as long as a known one. */
function decoyHash(rounds: number): Promise<string> {
  return (decoy ??= hashPassword('nobody', rounds))
}
