/**
 * The storm breaker of a consumer: it holds deaths with an unexpected reason back until it is known whether they are a storm
 * (db/dead-letters/storms.ts), so that none of a storm's messages becomes a dead letter.
 *
 * A death is held until everything else in hand has ended, at most HOLD_MS. Where there are too few messages to tell, the deaths wait
 * once more, for those that other consumers hold. A consumer that has one message in hand at a time cannot tell before it has seen 20
 * of them: up to 19 die first.
 */
import type { Sql } from 'postgres'
import { endRetries, isPaused, judgeDeaths } from '../db/dead-letters/storms.ts'
import type { RetryUntilAborted } from '../lib/retry.ts'
import { FailureWindow } from './failure-window.ts'

const HOLD_MS = 2_000
/** A broker's messages of one moment come within it. */
const GATHER_MS = 100
/** For the windows of other consumers. */
const AGAIN_MS = 250

export interface Death {
  /** The same for a message that comes again, and another for every other one. */
  key: string
  message_id: string
  reason: string
  detail: string
}

export interface StormBreakerOptions {
  sql: Sql
  /** Of the dead letters. */
  source: string
  /** The consumer's name; it gets an ending of its own. */
  worker: string
  retry: RetryUntilAborted
}

export class StormBreaker {
  readonly source: string
  readonly #options: StormBreakerOptions
  readonly #worker: string
  readonly #window = new FailureWindow()
  #handling = 0
  #held: Held[] = []
  #timer: Timer | undefined
  #judging = false
  #onStorm = () => {}

  constructor(options: StormBreakerOptions) {
    this.#options = options
    this.source = options.source
    this.#worker = `${options.worker}:${Bun.randomUUIDv7().slice(-6)}`
  }

  /** `listener` is called before any of the storm's messages goes back. */
  onStorm(listener: () => void): void {
    this.#onStorm = listener
  }

  isPaused(): Promise<boolean> {
    return isPaused(this.#options.sql, this.source)
  }

  /** Forgets what it saw: a person has decided. */
  restart(): void {
    this.#window.clear()
  }

  /** Handles a message: deaths are held until it has ended, and `work` has said if it is fine. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#handling++
    try {
      return await work()
    } finally {
      this.#handling--
      this.#consider()
    }
  }

  /** A message that has not failed, or as it is expected to. */
  fine(key: string): void {
    this.#window.note(key, null)
  }

  /** Called every few seconds: what goes well ends a decision to try again. */
  tend(): Promise<void> {
    return endRetries(this.#options.sql, this.source, this.#window.figures())
  }

  /** Whether the message may become a dead letter; otherwise it has to go back to where it came from. */
  mayDie(death: Death, leaving: AbortSignal): Promise<boolean> {
    this.#window.note(death.key, death.reason)
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#held.push({ death, leaving, since: performance.now(), resolve, reject })
    this.#consider()
    return promise
  }

  /** Holds nothing back any more: `leaving` has aborted. */
  release(): void {
    this.#consider()
  }

  /** Judges now, or sets the time for it. */
  #consider(): void {
    if (this.#held.length === 0 || this.#judging) return
    const now = performance.now()
    const [oldest, newest] = [this.#held[0]!, this.#held.at(-1)!]
    const all_in_hand = this.#held.length >= this.#handling
    const due_at = Math.min(oldest.since + HOLD_MS, all_in_hand ? newest.since + GATHER_MS : Infinity)
    clearTimeout(this.#timer)
    if (due_at <= now || oldest.leaving.aborted) void this.#judge()
    else this.#timer = setTimeout(() => this.#consider(), due_at - now)
  }

  async #judge(): Promise<void> {
    const { sql, source, retry } = this.#options
    this.#judging = true
    const held = this.#held
    this.#held = []
    const { leaving } = held[0]!
    try {
      const deaths = held.map(({ death }) => death)
      const ask = () => retry(() => judgeDeaths(sql, source, this.#worker, this.#window.figures(), deaths), leaving)
      let verdict = await ask()
      if (verdict === 'early' && !leaving.aborted) {
        await Bun.sleep(AGAIN_MS)
        verdict = await ask()
      }
      if (verdict === 'storm') this.#onStorm()
      for (const { resolve } of held) resolve(verdict !== 'storm' && !leaving.aborted)
    } catch (err) {
      for (const { reject } of held) reject(err)
    } finally {
      this.#judging = false
      this.#consider()
    }
  }
}

interface Held {
  death: Death
  /** Aborts when its consumer stops. */
  leaving: AbortSignal
  since: number
  resolve(may_die: boolean): void
  reject(err: unknown): void
}
