/**
 * The growing delay of sign-in, for passwords and codes alike: `checkAttempt` before anything is compared, then
 * `recordFailure`, or `recordSuccess` once the whole sign-in is done, or `undoAttempt` when the attempt was right but
 * more is to come (a code after the password) or was not tried at all. The rules are in attempt-counts.ts.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { networkOf } from '../../../lib/network.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { foldUsername } from '../usernames.ts'
import {
  ACCOUNT_FAILURES,
  countAttempt,
  deleteOldAttempts,
  FREE_FAILURES,
  readWait,
  resetAttempts,
  STRANGER_FAILURES,
  uncountAttempt,
  type Attempted,
} from './attempt-counts.ts'

export interface Attempt extends Attempted {
  account: string
  source: string
}

/** Counts an attempt on `username` from `address`; throws AppError too_many_attempts while there is none to be had. */
export async function checkAttempt(sql: Sql, username: string, address: string | null): Promise<Attempt> {
  const account = foldUsername(username)
  const source = networkOf(address)
  // Read first: in a flood, counting would make all requests queue for the locks of the same two rows.
  const counted = (await readWait(sql, account, source)) === 0 && (await countAttempt(sql, account, source))
  if (counted) return { account, source, ...counted }
  throw tooManyAttempts(await readWait(sql, account, source))
}

/**
 * The attempt was wrong: it stays counted, and the one that begins a delay is audited. `username` is that of a user,
 * null where there is none: a text that was typed as a name may be a password.
 */
export async function recordFailure(
  sql: Sql,
  { pair_failures, account_failures }: Attempt,
  username: string | null,
  actor: Actor,
): Promise<void> {
  const begins = pair_failures === FREE_FAILURES
  if (begins || account_failures === STRANGER_FAILURES || account_failures === ACCOUNT_FAILURES)
    await recordAudit(sql, {
      ...actor,
      action: 'sign_in.locked',
      target: username,
      details: { failures_from_address: pair_failures, failures: account_failures },
    })
  if (begins) await deleteOldAttempts(sql, SWEEP)
}

/** Every delay, which begins after five attempts, deletes up to so many old rows: trying new names cannot pile them up. */
const SWEEP = 1000

export const recordSuccess = (sql: Sql, { account, source }: Attempt): Promise<void> =>
  resetAttempts(sql, account, source)

export const undoAttempt = (sql: Sql, { account, source }: Attempt): Promise<void> =>
  uncountAttempt(sql, account, source)

function tooManyAttempts(wait_s: number | null): AppError {
  // A wait that ended between the two reads is still said as a second.
  const retry_after = Math.max(1, wait_s ?? LOCKED_RETRY_S)
  const sentence =
    wait_s === null
      ? {
          en: 'Too many failed attempts; an administrator has to unlock this account.',
          pt: 'Tentativas erradas demais; um administrador precisa desbloquear esta conta.',
        }
      : {
          en: `Too many failed attempts; try again in ${retry_after} s.`,
          pt: `Tentativas erradas demais; tente de novo em ${retry_after} s.`,
        }
  return new AppError('rate_limited', 'too_many_attempts', sentence, { retry_after_s: retry_after })
}

/** A locked account does not unlock by itself; a client that needs a number may ask again tomorrow. */
const LOCKED_RETRY_S = 86_400
