/** A user's own new password: proved with the present one, which is as hard to guess here as at sign-in. */
import { AppError } from '../../lib/errors.ts'
import type { Actor } from '../audit/audit.ts'
import { recordAccountChange } from './notices.ts'
import { normalPassword } from './passwords/hash.ts'
import { IN_SESSION } from './passwords/hashing.ts'
import { checkNewPassword } from './passwords/rules.ts'
import { revokeSessionsOf, type Session } from './sessions.ts'
import { checkAttempt, recordFailure, recordSuccess } from './sign-in/attempts.ts'
import type { SignInContext } from './sign-in/context.ts'
import { findCredentials, holdCredentials, lockUser, updateUser } from './users.ts'

/**
 * Ends every other session of the user. Throws AppError current_password_wrong, password_unchanged, too_many_attempts,
 * busy, or invalid for a password that is refused.
 */
export async function changeOwnPassword(
  { sql, passwords }: Pick<SignInContext, 'sql' | 'passwords'>,
  session: Session,
  { current_password, new_password }: { current_password: string; new_password: string },
  actor: Actor,
): Promise<void> {
  await checkNewPassword(new_password, session.username, '/new_password')
  if (normalPassword(new_password) === normalPassword(current_password))
    throw new AppError(
      'invalid',
      'password_unchanged',
      { en: 'The new password is the present one.', pt: 'A senha nova é igual à atual.' },
      {
        errors: [{ path: '/new_password', message: { en: 'is the present one', pt: 'é igual à atual' } }],
      },
    )
  await passwords.turn(async ({ verify, hash }) => {
    const user = await findCredentials(sql, session.username)
    const attempt = await checkAttempt(sql, session.username, { ...actor, session_id: session.id }, 'password')
    const { right } = await verify(current_password, user?.password_hash ?? null)
    if (!right || !user) {
      await recordFailure(sql, attempt, session.username, actor)
      throw presentPasswordWrong()
    }
    const password_hash = await hash(new_password)
    await sql.begin(async (tx) => {
      await lockUser(tx, user.id)
      // An admin may have set another one, or disabled the user, while this one was hashed.
      if (!(await holdCredentials(tx, user.id, user.password_hash))) throw presentPasswordWrong()
      await updateUser(tx, user.id, { password_hash })
      const sessions_ended = await revokeSessionsOf(tx, user.id, session.id)
      await recordAccountChange(tx, user, actor, 'password.changed', { sessions_ended })
    })
    await recordSuccess(sql, attempt)
  }, IN_SESSION)
}

export function presentPasswordWrong(): AppError {
  return new AppError('forbidden', 'current_password_wrong', {
    en: 'The present password is wrong.',
    pt: 'A senha atual não confere.',
  })
}
