/**
 * How many guesses a password takes, by zxcvbn-ts with Portuguese and English words. Its lists take half a second to load and
 * 90 MB, and a password some 10 ms, at most a few hundred, so that it works in a process of its own, which ends when no password was set for a while.
 */
import { join } from 'node:path'
import { ChildWorker } from '../../../lib/child/child-worker.ts'

/** What makes a password easy to guess. */
export type Weakness = 'common' | 'own_name' | 'word' | 'repeat' | 'sequence' | 'date'

export interface Estimate {
  guesses: number
  weaknesses: Weakness[]
}

type Estimator = ChildWorker<{ password: string; own: string[] }, Estimate>

const IDLE_MS = 10_000
/** Loading the lists included, on a machine that is busy. */
const LIMITS = { time_ms: 30_000, memory_bytes: 512 * 1024 * 1024 }

/** One process, started when it is needed, that takes one password after the other. */
class Strength {
  #estimator: Estimator | undefined
  #idle: Timer | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** `own`: words that the password's user is known by. Throws ChildFailed. */
  estimate(password: string, own: string[]): Promise<Estimate> {
    const next = this.#last.then(() => this.#ask(password, own))
    this.#last = next.catch(() => undefined)
    return next
  }

  async #ask(password: string, own: string[]): Promise<Estimate> {
    clearTimeout(this.#idle)
    if (!this.#estimator?.usable()) this.#estimator = new ChildWorker(join(import.meta.dir, 'strength-worker.ts'))
    const estimator = this.#estimator
    try {
      return await estimator.ask({ password, own }, LIMITS)
    } finally {
      this.#idle = setTimeout(() => estimator.end(), IDLE_MS)
      this.#idle.unref()
    }
  }
}

export const strength = new Strength()
