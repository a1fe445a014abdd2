/**
 * The second factor. Enrolment is two steps, and until the second nothing is on: a secret is shown, then a code proves
 * that the app has it. Each code is good once, also for fifty parallel requests; wrong ones count as wrong passwords do.
 * Turning it on or off ends the user's other sessions, since one of them may be the reason.
 */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { isRecentSession, revokeSessionsOf, type Session } from '../sessions.ts'
import { checkAttempt, recordFailure, takeBack } from '../sign-in/attempts.ts'
import type { SignInContext } from '../sign-in/context.ts'
import { describeSecret, generateSecret, stepOf } from './codes.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import { codeWrong, decryptSecret, nowOf, recordUse, takeCode } from './take-code.ts'
import { confirmSecret, deleteTwoFactor, findPendingSecret, isTwoFactorOn, savePendingSecret } from './two-factor.ts'

type Context = Pick<SignInContext, 'sql' | 'encryption' | 'now_ms'>

/** How long a shown secret waits for its proof. */
const PENDING_S = 900

/** An older session, which somebody may have come by, must not put its own phone before the owner's account. */
const RECENT_S = 900

/**
 * A new secret to show, in the place of one that was shown before and never proved. Throws AppError two_factor_on, or
 * sign_in_again for a session that is not fresh from its sign-in (OWASP ASVS 5, 7.5.1).
 */
export async function startEnrolment(
  { sql, encryption }: Pick<Context, 'sql' | 'encryption'>,
  { id, user_id, username }: Session,
): Promise<{ secret: string; otpauth_url: string }> {
  if (!(await isRecentSession(sql, id, RECENT_S))) throw signInAgain()
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
    await recordAudit(tx, { ...actor, action: 'two_factor.enabled', target: username })
    return replaceRecoveryCodes(tx, user_id)
  }) as Promise<string[]>
}

/** Turns the factor off with a last code; the user's other sessions end. Throws AppError code_wrong, two_factor_off or too_many_attempts. */
export async function disableTwoFactor(context: Context, session: Session, code: string, actor: Actor): Promise<void> {
  const { sql } = context
  const { id: session_id, user_id, username } = session
  if (!(await isTwoFactorOn(sql, user_id))) throw notOn()
  const attempt = await checkAttempt(sql, username, { ...actor, session_id }, 'code')
  const done = await sql.begin(async (tx) => {
    const factor = await takeCode(context, tx, user_id, code)
    if (!factor || !(await deleteTwoFactor(tx, user_id))) return false
    await recordUse(tx, factor, username, actor)
    await endOthers(tx, session)
    await recordAudit(tx, { ...actor, action: 'two_factor.disabled', target: username })
    return true
  })
  if (!done) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await takeBack(sql, attempt)
}

async function endOthers(tx: ISql, session: Session): Promise<void> {
  await revokeSessionsOf(tx, session.user_id, session.id)
}

const signInAgain = () =>
  new AppError('forbidden', 'sign_in_again', {
    en: `This takes a sign-in of the last ${RECENT_S / 60} minutes; begin again at POST /login.`,
    pt: `Isto exige um login dos últimos ${RECENT_S / 60} minutos; recomece em POST /login.`,
  })
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
