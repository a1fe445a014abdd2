/**
 * The second factor. Enrolment is two steps, and until the second nothing is on: a secret is shown, then a code proves
 * that the app has it. Each code is good once, also for fifty parallel requests; wrong ones count as wrong passwords do.
 * Turning it on or off ends the user's other sessions, since one of them may be the reason.
 */
import type { ISql } from 'postgres'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { tryChallenge, useChallenge } from '../sign-in/challenges.ts'
import { replaceRecoveryCodes, takeRecoveryCode } from './recovery-codes.ts'
import { isRecentSession, revokeSessionsOf, type Session } from '../sessions.ts'
import {
  confirmSecret,
  deleteTwoFactor,
  findActiveSecret,
  findPendingSecret,
  isTwoFactorOn,
  replaceSeal,
  savePendingSecret,
  takeStep,
} from './two-factor.ts'
import { AppError } from '../../../lib/errors.ts'
import type { ApiContext } from '../../../api/context.ts'
import { checkAttempt, recordFailure, recordSuccess, undoAttempt } from '../sign-in/attempts.ts'
import { startSession, type SignedIn } from '../sign-in/sign-in.ts'
import { describeSecret, generateSecret, stepOf } from './codes.ts'
import { qrCode } from '../../../api/auth/two-factor/qr-code.ts'

/** How long a shown secret waits for its proof. */
const PENDING_S = 900

/** After that, a session that somebody came by must not be able to put its own phone before the owner's door. */
const RECENT_S = 900

/**
 * Shows a new secret; one that was shown before and never proved is forgotten. Throws AppError 409 when the factor is on,
 * 403 for a session that is not fresh from its sign-in (OWASP ASVS 5, 7.5.1).
 */
export async function startEnrolment({ db, sealer }: ApiContext, { id, user_id, username }: Session) {
  if (!(await isRecentSession(db.sql, id, RECENT_S))) throw signInAgain()
  const bytes = generateSecret()
  if (!(await savePendingSecret(db.sql, user_id, sealer.seal(bytes, user_id), PENDING_S))) throw alreadyOn()
  const described = describeSecret(bytes, username)
  return { ...described, qr_code: await qrCode(described.otpauth_url) }
}

/** Turns the factor on; this session lives on, the user's others end. Throws AppError 401, 409 or 429. */
export async function finishEnrolment(context: ApiContext, session: Session, code: string, actor: Actor) {
  const { sql } = context.db
  const { user_id, username } = session
  const sealed = await findPendingSecret(sql, user_id)
  if (!sealed) throw (await isTwoFactorOn(sql, user_id)) ? alreadyOn() : notStarted()

  const attempt = await checkAttempt(sql, username, actor.address)
  const step = stepOf(unseal(context, sealed, user_id).secret, code, now(context))
  if (step === null) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await undoAttempt(sql, attempt)
  const recovery_codes = await sql.begin(async (tx) => {
    if (!(await confirmSecret(tx, user_id, sealed, step))) throw notStarted()
    await endOthers(tx, session)
    await recordAudit(tx, { ...actor, action: 'two_factor.enabled', target: username })
    return replaceRecoveryCodes(tx, user_id)
  })
  return { enabled: true as const, recovery_codes }
}

/**
 * The second step of a sign-in. `allow` may throw, before the code is looked at, when the session is to come in cookies.
 * Throws AppError 401 or 429.
 */
export async function finishSignIn(
  context: ApiContext,
  { challenge, code }: { challenge: string; code: string },
  actor: Actor,
  allow: (cookie: boolean) => void,
): Promise<{ signed_in: SignedIn; cookie: boolean }> {
  const { sql } = context.db
  const challenged = await tryChallenge(sql, challenge)
  if (!challenged)
    throw new AppError('unauthenticated', 'challenge_invalid', {
      en: 'This sign-in is over; begin again at POST /login.',
      pt: 'Este login expirou ou já foi concluído; recomece em POST /login.',
    })
  const { user_id, username, cookie } = challenged
  allow(cookie)
  const attempt = await checkAttempt(sql, username, actor.address)
  const challenged_actor = { ...actor, actor_id: user_id, actor_name: username }
  const signed_in = await sql.begin(async (tx) => {
    const factor = await takeCode(context, tx, user_id, code)
    if (!factor || !(await useChallenge(tx, challenge))) return null
    await recordUse(tx, factor, username, challenged_actor)
    return startSession(context, tx, { id: user_id, username }, actor)
  })
  if (!signed_in) {
    await recordFailure(sql, attempt, username, actor)
    throw codeWrong()
  }
  await recordSuccess(sql, attempt)
  return { signed_in, cookie }
}

/** Turns the factor off with a last code; the user's other sessions end. Throws AppError 401, 409 or 429. */
export async function disable(context: ApiContext, session: Session, code: string, actor: Actor): Promise<void> {
  const { sql } = context.db
  const { user_id, username } = session
  if (!(await isTwoFactorOn(sql, user_id))) throw notOn()
  const attempt = await checkAttempt(sql, username, actor.address)
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
  await undoAttempt(sql, attempt)
}

type Factor = 'app' | 'recovery code'

/** Spends a code of the app or a recovery code, in the transaction of what it is for; null when it is wrong or was used. */
export async function takeCode(context: ApiContext, tx: ISql, user_id: string, code: string): Promise<Factor | null> {
  const digits = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return (await takeRecoveryCode(tx, user_id, code)) ? 'recovery code' : null
  const sealed = await findActiveSecret(tx, user_id)
  if (!sealed) return null
  const { secret, stale } = unseal(context, sealed, user_id)
  const step = stepOf(secret, digits, now(context))
  if (step === null || !(await takeStep(tx, user_id, step))) return null
  if (stale) await replaceSeal(tx, user_id, sealed, context.sealer.seal(secret, user_id))
  return 'app'
}

/** Throws AppError 500 for whoever runs Doca: without the key nobody's code can be checked, yet recovery codes work. */
function unseal({ sealer }: ApiContext, sealed: Uint8Array, user_id: string) {
  const opened = sealer.open(sealed, user_id)
  if (opened) return opened
  throw new AppError('internal', 'totp_key_wrong', {
    en: 'Codes cannot be checked: TOTP_KEY is not the one that was set when this app was enrolled. A recovery code works.',
    pt: 'Os códigos não podem ser verificados: TOTP_KEY não é a mesma de quando este aplicativo foi cadastrado. Um código de recuperação funciona.',
  })
}

export async function recordUse(tx: ISql, factor: Factor, username: string, actor: Actor): Promise<void> {
  if (factor === 'recovery code')
    await recordAudit(tx, { ...actor, action: 'two_factor.recovery_code_used', target: username })
}

async function endOthers(tx: ISql, session: Session): Promise<void> {
  await revokeSessionsOf(tx, session.user_id, session.id)
}

const now = ({ now_ms = Date.now }: ApiContext): number => now_ms()

export const codeWrong = () =>
  new AppError('unauthenticated', 'code_wrong', {
    en: 'The code is wrong or was used before; wait for the next one and try again.',
    pt: 'O código está errado ou já foi usado; espere o próximo e tente de novo.',
  })
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
