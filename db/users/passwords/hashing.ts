/**
 * Bounded hashing. A password costs a thread about a fifth of a second, so only as many are worked on at once as leave a
 * core free, a few more wait, and the rest are refused at once: a flood of sign-ins costs sign-ins, not the other work of
 * the process.
 */
import { availableParallelism } from 'node:os'
import { AppError } from '../../../lib/errors.ts'
import { createDerive } from './derive.ts'
import { hashPassword, isOutdated, verifyPassword } from './hash.ts'

export interface Passwords {
  /** Waits for a turn and does `work`, whose hashing may be done only in it; throws AppError busy when too many wait. */
  turn<T>(work: (hashing: Hashing) => Promise<T>): Promise<T>
}

export interface Hashing {
  hash(password: string): Promise<string>
  /** `stored` null: no user's, which is never right and takes as long. `outdated`: to be hashed again, with more rounds. */
  verify(password: string, stored: string | null): Promise<{ right: boolean; outdated: boolean }>
}

const MAX_WAITING = 8
/** About what the queue takes to pass. */
const RETRY_AFTER_S = 2

export function createPasswords(rounds: number, at_once = Math.max(1, availableParallelism() - 1)): Passwords {
  const derive = createDerive(at_once)
  const waiting: Array<() => void> = []
  let working = 0
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

  async function begin(): Promise<void> {
    if (working < at_once) return void working++
    if (waiting.length >= MAX_WAITING) throw busy()
    // The one that ends hands its place on, so `working` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function end(): void {
    const next = waiting.shift()
    if (next) next()
    else working--
  }

  return {
    async turn(work) {
      await begin()
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
