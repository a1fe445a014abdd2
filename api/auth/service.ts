/** Sign-in: a password becomes a session, and a token bound to that session. */
import { hashPassword, verifyPassword } from '../../db/passwords.ts'
import { insertSession } from '../../db/sessions.ts'
import { findCredentials } from '../../db/users.ts'
import { AppError } from '../../lib/errors.ts'
import type { ApiContext } from '../context.ts'

export interface SignedIn {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
}

/** Same answer and same work for an unknown user, a disabled one and a wrong password; throws AppError 401. */
export async function signIn(context: ApiContext, username: string, password: string): Promise<SignedIn> {
  const { config, db, tokens } = context
  const user = await findCredentials(db.sql, username)
  const right = await verifyPassword(password, user?.password_hash ?? (await decoyHash(config.password_rounds)))
  if (!user || !right || user.disabled_at)
    throw new AppError('credentials_wrong', 401, 'The user name or the password is wrong.')
  const session_id = await insertSession(db.sql, user.id, config.jwt_expires_s)
  return {
    access_token: await tokens.issue(user.id, session_id),
    token_type: 'Bearer',
    expires_in: config.jwt_expires_s,
  }
}

let decoy: Promise<string> | undefined
/** What the password of nobody is compared with, so that an unknown name takes as long as a known one. */
function decoyHash(rounds: number): Promise<string> {
  return (decoy ??= hashPassword('nobody', rounds))
}
