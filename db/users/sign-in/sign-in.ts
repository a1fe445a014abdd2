/** Sign-in: a password, and a code where the user has a second factor, become a session, which refresh tokens keep alive. */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { insertSession, revokeSessionsAt, type Used } from '../sessions.ts'
import { codeWrong, recordUse, takeCode } from '../two-factor/take-code.ts'
import { isTwoFactorOn } from '../two-factor/two-factor.ts'
import { holdCredentials } from '../users.ts'
import { checkAttempt, recordFailure, recordSuccess, takeBack } from './attempts.ts'
import { CHALLENGE_TTL_S, insertChallenge, tryChallenge, useChallenge } from './challenges.ts'
import { checkPassword, credentialsWrong } from './check-password.ts'
import type { SignInContext } from './context.ts'
import { insertRefreshToken, rotateRefreshToken } from './refresh-tokens.ts'

/** However often it is refreshed, a session ends so long after sign-in (OWASP ASVS 5, 7.3.2). */
export const SESSION_S = 30 * 24 * 3600

/** A session for which an access token may be issued now. */
export interface OpenSession {
  user_id: string
  session_id: string
  refresh_token: string
}

/** What a client tells of itself. */
export interface Browser {
  device?: string | null
  user_agent?: string | null
}

/** A browser keeps one session in its cookies; of a session whose tokens are in the body nobody knows where it is kept. */
export const usedBy = ({ device, user_agent }: Browser, cookie: boolean): Used => ({
  user_agent,
  device: cookie ? device : null,
})

/** The password was right, and a code is to come: `finishSignIn` takes both. */
export interface Challenge {
  challenge: string
  ttl_s: number
}

/**
 * `cookie` is kept for the second step; `device`: see attempt-rules.ts. A session in cookies takes the place of the one that the
 * browser had. Throws AppError credentials_wrong, the same for an
 * unknown user, a disabled one and a wrong password, too_many_attempts or busy.
 */
export async function signIn(
  context: Pick<SignInContext, 'sql' | 'passwords' | 'access_ttl_s'>,
  given: { username: string; password: string; cookie: boolean } & Browser,
  actor: Actor,
): Promise<OpenSession | Challenge> {
  const { sql } = context
  const { user, attempt } = await checkPassword(context, given, actor)
  const two_factor = await isTwoFactorOn(sql, user.id)
  const answer = await sql.begin(async (tx) => {
    // Against a change of the password while this one was compared.
    if (!(await holdCredentials(tx, user.id, user.password_hash))) throw credentialsWrong()
    if (!two_factor) return openSession(tx, user, context.access_ttl_s, actor, usedBy(given, given.cookie))
    return { challenge: await insertChallenge(tx, user.id, given.cookie), ttl_s: CHALLENGE_TTL_S }
  })
  // With a code to come it is no success yet: wrong codes and wrong passwords count together until the sign-in is whole.
  await (two_factor ? takeBack : recordSuccess)(sql, attempt)
  return answer
}

/**
 * The second step. `allow` may throw, before the code is looked at, when the session is to come in cookies. Throws AppError
 * challenge_invalid, code_wrong or too_many_attempts.
 */
export async function finishSignIn(
  context: Omit<SignInContext, 'passwords'>,
  { challenge, code, ...browser }: { challenge: string; code: string } & Browser,
  actor: Actor,
  allow: (cookie: boolean) => void,
): Promise<{ session: OpenSession; cookie: boolean }> {
  const { sql } = context
  const challenged = await tryChallenge(sql, challenge)
  if (!challenged)
    throw new AppError('unauthenticated', 'challenge_invalid', {
      en: 'This sign-in is over; begin again at POST /login.',
      pt: 'Este login expirou ou já foi concluído; recomece em POST /login.',
    })
  const { user_id, username, cookie } = challenged
  allow(cookie)
  const attempt = await checkAttempt(sql, username, { address: actor.address, device: browser.device }, 'code')
  const challenged_actor = { ...actor, actor_id: user_id, actor_name: username }
  const session = await sql.begin(async (tx) => {
    const factor = await takeCode(context, tx, user_id, code)
    if (!factor || !(await useChallenge(tx, challenge))) return null
    await recordUse(tx, factor, username, challenged_actor)
    const used = usedBy(browser, cookie)
    return openSession(tx, { id: user_id, username }, context.access_ttl_s, actor, used)
  })
  if (!session) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await recordSuccess(sql, attempt)
  return { session, cookie }
}

/** A new session for a user whose every factor was found right. */
export async function openSession(
  tx: ISql,
  { id: user_id, username }: { id: string; username: string },
  access_ttl_s: number,
  actor: Actor,
  used: Used,
): Promise<OpenSession> {
  const replaced = used.device ? await revokeSessionsAt(tx, used.device) : []
  const session_id = await insertSession(tx, user_id, SESSION_S, access_ttl_s, { ...used, address: actor.address })
  const refresh_token = await insertRefreshToken(tx, session_id)
  const signed_in = { ...actor, actor_id: user_id, actor_name: username }
  await recordAudit(tx, { ...signed_in, action: 'sign_in.succeeded', target: username, details: { session_id } })
  for (const { id, username: target } of replaced) {
    const details = { session_id: id, replaced_by: session_id }
    await recordAudit(tx, { ...signed_in, action: 'session.ended', target, details })
  }
  return { user_id, session_id, refresh_token }
}

/** Exchanges a refresh token, once. Throws AppError refresh_token_invalid or refresh_token_reused. */
export async function refreshSession(
  { sql, access_ttl_s, idle }: Pick<SignInContext, 'sql' | 'access_ttl_s' | 'idle'>,
  { token, user_agent }: { token: string; user_agent?: string | null },
  actor: Actor,
): Promise<OpenSession> {
  const rotation = await sql.begin(async (tx) => {
    const rotation = await rotateRefreshToken(tx, token, access_ttl_s, { address: actor.address, user_agent }, idle)
    // The sender is not known to be the user: the row names whom it happened to, and no actor.
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
  const { user_id, session_id, refresh_token } = rotation
  return { user_id, session_id, refresh_token }
}
