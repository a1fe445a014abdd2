/**
 * Bounded hashing. A password costs a thread about a fifth of a second, so only as many are worked on at once as leave a
 * core free, a few more wait, and the rest are refused at once: a flood of sign-ins costs sign-ins, not the other work of
 * the process. Users at a device or an address that they signed in from go before strangers.
 */
import { availableParallelism } from 'node:os'
import { AppError } from '../../../lib/errors.ts'
import { createDerive } from './derive.ts'
import { hashPassword, isOutdated, verifyPassword } from './hash.ts'

export interface Passwords {
  /**
   * Waits for a turn and does `work`, whose hashing may be done only in it; throws AppError busy when too many wait. Where
   * `isKnown` says true, which is asked only then, it waits all the same, and before those.
   */
  turn<T>(work: (hashing: Hashing) => Promise<T>, isKnown?: () => Promise<boolean>): Promise<T>
}

export interface Hashing {
  hash(password: string): Promise<string>
  /** `stored` null: no user's, which is never right and takes as long. `outdated`: to be hashed again, with more rounds. */
  verify(password: string, stored: string | null): Promise<{ right: boolean; outdated: boolean }>
}

/** Of strangers, and of known ones beside them. */
const MAX_WAITING = 8
/** For a proof in a session, whose user is known. */
export const IN_SESSION = async () => true
/** About what the queue takes to pass. */
const RETRY_AFTER_S = 2

export function createPasswords(rounds: number, at_once = Math.max(1, availableParallelism() - 1)): Passwords {
  const derive = createDerive(at_once)
  const waiting: Array<() => void> = []
  const known: Array<() => void> = []
  let working = 0
  /** Whether they are known is being asked. */
  let asking = 0
  /** Compared with where there is no user. */
  let decoy: Promise<string> | undefined
  const hashing: Hashing = {
    hash: (password) => hashPassword(password, rounds, derive),
    async verify(password, stored) {
      const compared = stored ?? (await decoyHash())
      const right = await verifyPassword(password, compared, rounds, derive)
      return { right: stored !== null && right, outdated: stored !== null && isOutdated(stored, rounds) }
    },
  }

  function decoyHash(): Promise<string> {
    decoy ??= hashPassword('nobody', rounds, derive)
    decoy.catch(() => (decoy = undefined))
    return decoy
  }

  async function begin(isKnown?: () => Promise<boolean>): Promise<void> {
    const queue = working < at_once || waiting.length < MAX_WAITING ? waiting : await queueOfKnown(isKnown)
    // After the question there may be a place.
    if (working < at_once) return void working++
    if (queue.length >= MAX_WAITING) throw busy()
    // The one that ends hands its place on, so `working` stays as it is.
    await new Promise<void>((resolve) => queue.push(resolve))
  }

  /** Throws busy for strangers; also while too many are being looked up, so that a flood costs the database little. */
  async function queueOfKnown(isKnown?: () => Promise<boolean>): Promise<Array<() => void>> {
    if (!isKnown || asking >= MAX_WAITING) throw busy()
    asking++
    const is_known = await isKnown().finally(() => asking--)
    if (!is_known) throw busy()
    return known
  }

  function end(): void {
    const next = known.shift() ?? waiting.shift()
    if (next) next()
    else working--
  }

  return {
    async turn(work, isKnown) {
      await begin(isKnown)
      try {
        return await work(hashing)
      } finally {
        end()
      }
    },
  }
}

function busy(): AppError {
  return new AppError(
    'busy',
    'busy',
    {
      en: 'Too many passwords are being checked at this moment; try again in a few seconds.',
      pt: 'Há senhas demais sendo verificadas neste momento; tente de novo em alguns segundos.',
    },
    {
      retry_after_s: RETRY_AFTER_S,
    },
  )
}
