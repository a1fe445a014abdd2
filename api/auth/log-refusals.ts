/**
 * Every refused sign-in, and every wrong proof of who is signed in, leaves a line in the audit log (OWASP ASVS 5, 16.3.1). The audit table has only those that began a
 * delay, so that a flood cannot fill the database. No name: what somebody typed as one may be
 * a password.
 */
import type { Actor } from '../../db/audit/audit.ts'
import { AppError, type ErrorKind } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'

const REFUSALS = new Set<ErrorKind>(['unauthenticated', 'forbidden', 'rate_limited'])

/** Runs a step of sign-in; what it throws goes on, and is logged when it is a refusal. */
export async function logRefusals<T>(
  log: Log,
  { address, request_id, actor_id: user_id }: Actor,
  factor: 'password' | 'code' | 'refresh_token' | 'first_link',
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step()
  } catch (thrown) {
    if (thrown instanceof AppError && REFUSALS.has(thrown.kind))
      log.info({
        log: 'audit',
        action: 'sign_in.refused',
        factor,
        code: thrown.code,
        ...(user_id && { user_id }),
        address,
        request_id,
      })
    throw thrown
  }
}
