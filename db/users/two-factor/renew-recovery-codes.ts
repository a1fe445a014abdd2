/**
 * New recovery codes, for an owner who has used some or left them where others see them. It takes both factors: a stolen
 * session must not become a way in that outlives it.
 */
import type { Actor } from '../../audit/audit.ts'
import { recordAccountChange } from '../notices.ts'
import { presentPasswordWrong } from '../own-password.ts'
import { IN_SESSION } from '../passwords/hashing.ts'
import type { Session } from '../sessions.ts'
import { checkAttempt, recordFailure, takeBack } from '../sign-in/attempts.ts'
import type { SignInContext } from '../sign-in/context.ts'
import { findCredentials, holdCredentials } from '../users.ts'
import { notOn } from './enrolment.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import { codeWrong, recordUse, takeCode } from './take-code.ts'
import { isTwoFactorOn } from './two-factor.ts'

/**
 * Ten new ones; the old ones are none any more. Throws AppError code_wrong, current_password_wrong, two_factor_off,
 * too_many_attempts or busy.
 */
export async function renewRecoveryCodes(
  context: Omit<SignInContext, 'access_ttl_s'>,
  { id: session_id, user_id, username }: Session,
  { password, code }: { password: string; code: string },
  actor: Actor,
): Promise<string[]> {
  const { sql } = context
  if (!(await isTwoFactorOn(sql, user_id))) throw notOn()
  return context.passwords.turn(async ({ verify }) => {
    const user = await findCredentials(sql, username)
    const attempt = await checkAttempt(sql, username, { ...actor, session_id }, 'password')
    const { right } = await verify(password, user?.password_hash ?? null)
    if (!right || !user) {
      await recordFailure(sql, attempt, username, actor)
      throw presentPasswordWrong()
    }
    const recovery_codes = await sql.begin(async (tx) => {
      const factor = await takeCode(context, tx, user_id, code)
      if (!factor || !(await holdCredentials(tx, user_id, user.password_hash))) return null
      await recordUse(tx, factor, username, actor)
      await recordAccountChange(tx, user, actor, 'two_factor.recovery_codes_renewed')
      return replaceRecoveryCodes(tx, user_id)
    })
    if (!recovery_codes) {
      await recordFailure(sql, attempt, username, actor)
      throw codeWrong()
    }
    await takeBack(sql, attempt)
    return recovery_codes
  }, IN_SESSION)
}
