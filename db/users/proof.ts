/**
 * A token may have been stolen: what changes an account, or makes one, asks its user to have shown within the last 15 minutes
 * that they are there themselves. A sign-in shows it, and in a session that lives on a code of the second factor does; who has
 * none signs in again, with the password.
 */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import type { Session } from './sessions.ts'
import { spendCode, type CodeContext } from './two-factor/take-code.ts'

/** For how long a proof counts. */
export const PROOF_S = 900

/** The refusal of a session without a fresh proof; null for one that has it. */
export async function missingProof(sql: Sql, { id }: Pick<Session, 'id'>): Promise<AppError | null> {
  const [row] = await sql<{ fresh: boolean; two_factor: boolean }[]>`
    select proved_at > now() - make_interval(secs => ${PROOF_S}) as fresh, exists (
      select 1 from two_factor f where f.user_id = s.user_id and f.confirmed_at is not null) as two_factor
    from sessions s where id = ${id}`
  return row?.fresh ? null : row?.two_factor ? codeRequired() : signInAgain()
}

/** Spends a code for a fresh proof. Throws AppError code_wrong or too_many_attempts. */
export async function proveSession(context: CodeContext, session: Session, code: string, actor: Actor): Promise<void> {
  await spendCode(context, session, code, actor, async (tx) => {
    await markProved(tx, session.id)
    await recordAudit(tx, { ...actor, action: 'session.proved', target: session.username })
    return true
  })
}

/** To be called in the transaction that took the proof. */
export async function markProved(tx: ISql, session_id: string): Promise<void> {
  await tx`update sessions set proved_at = now() where id = ${session_id}`
}

const MINUTES = PROOF_S / 60
const codeRequired = () =>
  new AppError('forbidden', 'code_required', {
    en: `This takes a code of the last ${MINUTES} minutes: send one to POST /2fa/verify with this token, then repeat.`,
    pt: `Isto exige um código dos últimos ${MINUTES} minutos: envie um a POST /2fa/verify com este token e repita.`,
  })
export const signInAgain = () =>
  new AppError('forbidden', 'sign_in_again', {
    en: `This takes a sign-in of the last ${MINUTES} minutes; begin again at POST /login.`,
    pt: `Isto exige um login dos últimos ${MINUTES} minutos; recomece em POST /login.`,
  })
