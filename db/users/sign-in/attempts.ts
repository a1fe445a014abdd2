/**
 * The limits of sign-in, for passwords and codes alike: `checkAttempt` before anything is compared, then `recordFailure`, or
 * `recordSuccess` once the whole sign-in is done, or `takeBack` when the attempt was right but more is to come (a code
 * after the password) or was not tried at all. The rules are in attempt-rules.ts.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { foldUsername } from '../usernames.ts'
import { changeCounts, deleteOldAttempts, readCounts } from './attempt-counts.ts'
import {
  FREE_FAILURES,
  MAX_FAILURES,
  placeOf,
  rowsAt,
  rowsOfSuccess,
  SHARED_ATTEMPTS,
  sourcesOf,
  succeed,
  takeAttempt,
  undoAttempt,
  type Origin,
  type Step,
  type Taken,
} from './attempt-rules.ts'

export interface Attempt {
  account: string
  origin: Origin
  taken: Taken
}

/** Counts an attempt on `username`; throws AppError too_many_attempts while there is none to be had. */
export async function checkAttempt(sql: Sql, username: string, origin: Origin, step: Step): Promise<Attempt> {
  const account = foldUsername(username)
  const { counts, now_ms } = await readCounts(sql, account, sourcesOf(origin, step))
  const place = placeOf(origin, counts, now_ms)
  // First without a lock: in a flood, counting would make all requests queue for the locks of the same rows.
  const seen = takeAttempt(place, step, counts, now_ms)
  if ('wait_ms' in seen) throw tooManyAttempts(seen.wait_ms)
  const taken = await changeCounts(sql, account, rowsAt(place, step), (counts, now_ms) => {
    const one = takeAttempt(place, step, counts, now_ms)
    if ('wait_ms' in one) throw tooManyAttempts(one.wait_ms)
    return { changes: one.changes, result: one.taken }
  })
  return { account, origin, taken }
}

/** Whether an attempt from there would count at a device or an address that the account signed in from. */
export async function isKnownOrigin(sql: Sql, username: string, origin: Origin): Promise<boolean> {
  const { counts, now_ms } = await readCounts(sql, foldUsername(username), sourcesOf(origin, 'password'))
  return placeOf(origin, counts, now_ms).known
}

/**
 * The attempt was wrong: it stays counted, and the one that begins a delay is audited. `username` is that of a user,
 * null where there is none: a text that was typed as a name may be a password.
 */
export async function recordFailure(
  sql: Sql,
  { taken: { source, failures, shared, shared_failures } }: Attempt,
  username: string | null,
  actor: Actor,
): Promise<void> {
  const begins = failures === FREE_FAILURES || failures === MAX_FAILURES
  const audit = (details: { failures: number; at: string }) =>
    recordAudit(sql, { ...actor, action: 'sign_in.locked', target: username, details })
  // A device's text is hashed, and a session is no place that a reader could look for.
  if (begins) await audit({ failures, at: /^(?:address|network) /.test(source) ? source : source.split(' ')[0]! })
  if (shared !== null && shared_failures === SHARED_ATTEMPTS) await audit({ failures: shared_failures, at: shared })
  if (begins) await deleteOldAttempts(sql, SWEEP)
}

/** Every delay, which begins after five attempts, deletes up to so many old rows: trying new names cannot pile them up. */
const SWEEP = 1000

export function recordSuccess(sql: Sql, { account, origin, taken }: Attempt): Promise<void> {
  return changeCounts(sql, account, rowsOfSuccess(taken, origin), (counts, now_ms) => ({
    changes: succeed(taken, origin, counts, now_ms),
    result: undefined,
  }))
}

export function takeBack(sql: Sql, { account, taken }: Attempt): Promise<void> {
  const { source, shared } = taken
  return changeCounts(sql, account, shared === null ? [source] : [source, shared], (counts, now_ms) => ({
    changes: undoAttempt(taken, counts, now_ms),
    result: undefined,
  }))
}

function tooManyAttempts(wait_ms: number): AppError {
  const retry_after_s = Math.ceil(wait_ms / 1000)
  return new AppError(
    'rate_limited',
    'too_many_attempts',
    {
      en: `Too many failed attempts; try again in ${retry_after_s} s.`,
      pt: `Tentativas erradas demais; tente de novo em ${retry_after_s} s.`,
    },
    { retry_after_s },
  )
}
