/** Checks a code of a user's second factor, from the app or a recovery code, and spends it: each is good once. */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import type { Session } from '../sessions.ts'
import { checkAttempt, recordFailure, takeBack } from '../sign-in/attempts.ts'
import type { SignInContext } from '../sign-in/context.ts'
import { digitsOf, stepOf } from './codes.ts'
import { takeRecoveryCode } from './recovery-codes.ts'
import { findActiveSecret, replaceEncrypted, takeStep } from './two-factor.ts'

type Context = Pick<SignInContext, 'encryption' | 'now_ms'>

type Factor = 'app' | 'recovery code'

export type CodeContext = Pick<SignInContext, 'sql' | 'encryption' | 'now_ms'>

/**
 * Spends a code in a session, together with what it is for; `effect` gives false when that cannot be had any more. Throws
 * AppError code_wrong or too_many_attempts.
 */
export async function spendCode(
  context: CodeContext,
  { id: session_id, user_id, username }: Session,
  code: string,
  actor: Actor,
  effect: (tx: ISql) => Promise<boolean>,
): Promise<void> {
  const { sql } = context
  const attempt = await checkAttempt(sql, username, { ...actor, session_id }, 'code')
  const done = await sql.begin(async (tx) => {
    const factor = await takeCode(context, tx, user_id, code)
    if (!factor) return false
    await recordUse(tx, factor, username, actor)
    return effect(tx)
  })
  if (!done) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await takeBack(sql, attempt)
}

/** Spends a code of the app or a recovery code, in the transaction of what it is for; null when it is wrong or was used. */
export async function takeCode(context: Context, tx: ISql, user_id: string, code: string): Promise<Factor | null> {
  if (digitsOf(code) === null) return (await takeRecoveryCode(tx, user_id, code)) ? 'recovery code' : null
  const encrypted = await findActiveSecret(tx, user_id)
  if (!encrypted) return null
  const { secret, stale } = decryptSecret(context, encrypted, user_id)
  const step = stepOf(secret, code, nowOf(context))
  if (step === null || !(await takeStep(tx, user_id, step))) return null
  if (stale) await replaceEncrypted(tx, user_id, encrypted, context.encryption.encrypt(secret, user_id))
  return 'app'
}

/** Throws AppError totp_key_wrong: without the key no app's code can be checked, yet recovery codes work. */
export function decryptSecret({ encryption }: Context, encrypted: Uint8Array, user_id: string) {
  const decrypted = encryption.decrypt(encrypted, user_id)
  if (decrypted) return decrypted
  throw new AppError('internal', 'totp_key_wrong', {
    en: 'Codes cannot be checked: TOTP_KEY is not the one that was set when this app was enrolled. A recovery code works.',
    pt: 'Os códigos não podem ser verificados: TOTP_KEY não é a mesma de quando este aplicativo foi cadastrado. Um código de recuperação funciona.',
  })
}

/** A recovery code leaves a row in the audit. */
export async function recordUse(tx: ISql, factor: Factor, username: string, actor: Actor): Promise<void> {
  if (factor === 'recovery code')
    await recordAudit(tx, { ...actor, action: 'two_factor.recovery_code_used', target: username })
}

export const nowOf = ({ now_ms = Date.now }: Context): number => now_ms()

export const codeWrong = () =>
  new AppError('unauthenticated', 'code_wrong', {
    en: 'The code is wrong or was used before; wait for the next one and try again.',
    pt: 'O código está errado ou já foi usado; espere o próximo e tente de novo.',
  })
