/**
 * The second factor. Enrolment is two steps, and until the second nothing is on: a secret is shown, then a code proves
 * that the app has it. Each code is good once, also for fifty parallel requests; wrong ones count as wrong passwords do.
 * Turning it on or off ends the user's other sessions, since one of them may be the reason.
 */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import type { Actor } from '../../audit/audit.ts'
import { recordAccountChange } from '../notices.ts'
import { markProved } from '../proof.ts'
import { revokeSessionsOf, type Session } from '../sessions.ts'
import { checkAttempt, recordFailure, takeBack } from '../sign-in/attempts.ts'
import type { SignInContext } from '../sign-in/context.ts'
import { describeSecret, generateSecret, stepOf } from './codes.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import { codeWrong, decryptSecret, nowOf, spendCode } from './take-code.ts'
import { confirmSecret, deleteTwoFactor, findPendingSecret, isTwoFactorOn, savePendingSecret } from './two-factor.ts'

type Context = Pick<SignInContext, 'sql' | 'encryption' | 'now_ms'>

/** How long a shown secret waits for its proof. */
const PENDING_S = 900

/**
 * A new secret to show, in the place of one that was shown before and never proved. For a session with a fresh proof
 * (OWASP ASVS 5, 7.5.1): a stolen token must not put another phone before the owner's account. Throws AppError two_factor_on.
 */
export async function startEnrolment(
  { sql, encryption }: Pick<Context, 'sql' | 'encryption'>,
  { user_id, username }: Session,
): Promise<{ secret: string; otpauth_url: string }> {
  const secret = generateSecret()
  if (!(await savePendingSecret(sql, user_id, encryption.encrypt(secret, user_id), PENDING_S))) throw alreadyOn()
  return describeSecret(secret, username)
}

/**
 * Turns the factor on and gives the recovery codes; this session lives on, the user's others end. Throws AppError code_wrong,
 * two_factor_on, two_factor_not_started or too_many_attempts.
 */
export async function finishEnrolment(
  context: Context,
  session: Session,
  code: string,
  actor: Actor,
): Promise<string[]> {
  const { sql } = context
  const { id: session_id, user_id, username } = session
  const encrypted = await findPendingSecret(sql, user_id)
  if (!encrypted) throw (await isTwoFactorOn(sql, user_id)) ? alreadyOn() : notStarted()

  const attempt = await checkAttempt(sql, username, { ...actor, session_id }, 'code')
  const step = stepOf(decryptSecret(context, encrypted, user_id).secret, code, nowOf(context))
  if (step === null) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await takeBack(sql, attempt)
  return sql.begin(async (tx) => {
    if (!(await confirmSecret(tx, user_id, encrypted, step))) throw notStarted()
    await endOthers(tx, session)
    await markProved(tx, session_id)
    await recordAccountChange(tx, { id: user_id, username }, actor, 'two_factor.enabled')
    return replaceRecoveryCodes(tx, user_id)
  }) as Promise<string[]>
}

/** Turns the factor off with a last code; the user's other sessions end. Throws AppError code_wrong, two_factor_off or too_many_attempts. */
export async function disableTwoFactor(context: Context, session: Session, code: string, actor: Actor): Promise<void> {
  const { user_id: id, username } = session
  if (!(await isTwoFactorOn(context.sql, id))) throw notOn()
  await spendCode(context, session, code, actor, async (tx) => {
    if (!(await deleteTwoFactor(tx, id))) return false
    await endOthers(tx, session)
    await recordAccountChange(tx, { id, username }, actor, 'two_factor.disabled')
    return true
  })
}

async function endOthers(tx: ISql, session: Session): Promise<void> {
  await revokeSessionsOf(tx, session.user_id, session.id)
}

export const notOn = () =>
  new AppError('conflict', 'two_factor_off', {
    en: 'Two-factor sign-in is not on.',
    pt: 'A verificação em duas etapas não está ativada.',
  })
const alreadyOn = () =>
  new AppError('conflict', 'two_factor_on', {
    en: 'Two-factor sign-in is on already; turn it off first to change the device.',
    pt: 'A verificação em duas etapas já está ativada; para trocar de aparelho, desative-a primeiro.',
  })
const notStarted = () =>
  new AppError('conflict', 'two_factor_not_started', {
    en: 'No enrolment waits for a code; begin with POST /2fa/enable.',
    pt: 'Nenhum cadastro espera por um código; comece com POST /2fa/enable.',
  })
