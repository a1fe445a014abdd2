/** The first step of every sign-in: does this password belong to this user, and may it be tried now? */
import { AppError } from '../../../lib/errors.ts'
import type { Actor } from '../../audit/audit.ts'
import type { Hashing } from '../passwords/hashing.ts'
import { normalUsername } from '../usernames.ts'
import { findCredentials, rehashPassword, type Credentials } from '../users.ts'
import type { Origin } from './attempt-rules.ts'
import { checkAttempt, isKnownOrigin, recordFailure, takeBack, type Attempt } from './attempts.ts'
import type { SignInContext } from './context.ts'

export interface Checked {
  /** To be held by `holdCredentials` in the transaction that begins the session. */
  user: Credentials
  /** Still counted: `recordSuccess` when the sign-in is whole, `takeBack` when a code is to come. */
  attempt: Attempt
}

/**
 * Same answer and same work for an unknown user, a disabled one and a wrong password. Throws AppError credentials_wrong,
 * too_many_attempts or busy.
 */
export function checkPassword(
  { sql, passwords }: Pick<SignInContext, 'sql' | 'passwords'>,
  given: { username: string; password: string; device?: string | null },
  actor: Actor,
): Promise<Checked> {
  const name = normalUsername(given.username) ?? ''
  const origin: Origin = { address: actor.address, device: given.device }
  const work = async ({ verify, hash }: Hashing): Promise<Checked> => {
    const user = await findCredentials(sql, name)
    const attempt = await checkAttempt(sql, name, origin, 'password')
    const { right, outdated } = await verify(given.password, user?.password_hash ?? null).catch(async (thrown) => {
      await takeBack(sql, attempt)
      throw thrown
    })
    if (!user || !right || user.disabled_at) {
      await recordFailure(sql, attempt, user?.username ?? null, actor)
      throw credentialsWrong()
    }
    const password_hash = outdated ? await hash(given.password) : user.password_hash
    if (outdated) await rehashPassword(sql, user.id, user.password_hash, password_hash)
    return { user: { ...user, password_hash }, attempt }
  }
  return passwords.turn(work, () => isKnownOrigin(sql, name, origin))
}

export function credentialsWrong(): AppError {
  return new AppError('unauthenticated', 'credentials_wrong', {
    en: 'The user name or the password is wrong.',
    pt: 'O nome de usuário ou a senha não confere.',
  })
}
