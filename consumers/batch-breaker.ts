/**
 * The storm breaker of a consumer that reads batches: a batch is judged as a whole (db/dead-letters/storms.ts) before any of its
 * messages becomes a dead letter. Where it is a storm the batch fails, so that its offset does not move, and the consumer pauses.
 *
 * It counts beside what other partitions and consumers saw last, each by itself, so that a poisoned partition is judged by its
 * share of all. A batch that looks like a storm, or has too few messages to tell, waits once: for the batches that are in hand, at most
 * HOLD_MS, and for other consumers.
 */
import type { Sql } from 'postgres'
import { isPaused, judgeDeaths } from '../db/dead-letters/storms.ts'
import { sleep, withDeadline } from '../lib/retry.ts'
import { FailureWindow } from './failure-window.ts'
import type { Death } from './storm-breaker.ts'

const HOLD_MS = 2_000
const AGAIN_MS = 250
/** So often a consumer tells of its messages while none fails; well within the time for which that counts. */
const TELL_EVERY_MS = 5_000

/** The batch is a part of a storm, and comes again once somebody has decided. */
export class StormError extends Error {
  constructor() {
    super('the batch is a part of a storm of failures; it comes again once somebody has decided')
  }
}

export interface BatchBreakerOptions {
  sql: Sql
  /** Of the dead letters. */
  source: string
  /** The consumer's name; it gets an ending of its own. */
  worker: string
  /** How long failures wait for other consumers. */
  again_ms?: number | undefined
}

/** The messages of a batch. */
export interface Judged {
  partition: number
  /** The keys of those that have not failed. */
  fine: string[]
  deaths: Death[]
}

export class BatchBreaker {
  readonly source: string
  readonly #sql: Sql
  readonly #worker: string
  readonly #again_ms: number
  /** By partition. */
  readonly #windows = new Map<number, FailureWindow>()
  /** The batches in hand that no window has yet, by partition. */
  readonly #uncounted = new Map<number, PromiseWithResolvers<void>>()
  #told_at = -Infinity
  #onStorm = () => {}

  constructor({ sql, source, worker, again_ms = AGAIN_MS }: BatchBreakerOptions) {
    this.source = source
    this.#sql = sql
    this.#worker = `${worker}:${Bun.randomUUIDv7().slice(-6)}`
    this.#again_ms = again_ms
  }

  /** `listener` is called before the storm's batch fails. */
  onStorm(listener: () => void): void {
    this.#onStorm = listener
  }

  isPaused(): Promise<boolean> {
    return isPaused(this.#sql, this.source)
  }

  /** Forgets what it saw: a person has decided. */
  restart(): void {
    this.#windows.clear()
    this.#told_at = -Infinity
  }

  /** Handles a batch, of which a partition has one at a time; `work` has it judged, or fails. */
  async during<T>(partition: number, work: () => Promise<T>): Promise<T> {
    const counted = Promise.withResolvers<void>()
    this.#uncounted.set(partition, counted)
    try {
      return await work()
    } finally {
      counted.resolve()
      if (this.#uncounted.get(partition) === counted) this.#uncounted.delete(partition)
    }
  }

  /** Whether the deaths of a batch may become dead letters. */
  async mayDie({ partition, fine, deaths }: Judged, signal: AbortSignal): Promise<boolean> {
    this.#count(partition, fine, deaths)
    if (deaths.length === 0 && performance.now() - this.#told_at < TELL_EVERY_MS) return true
    const judge = (is_last: boolean) =>
      judgeDeaths(this.#sql, this.source, this.#worker, this.#figures(), deaths, is_last)
    this.#told_at = performance.now()
    let verdict = await judge(false)
    if (deaths.length === 0) return true
    if (verdict === 'early') {
      await this.#wait(signal)
      verdict = await judge(true)
    }
    if (verdict === 'storm') this.#onStorm()
    return verdict !== 'storm'
  }

  /** All of the batch counts, however large it is, and so do the messages before it. */
  #count(partition: number, fine: string[], deaths: Death[]): void {
    const window = this.#windows.get(partition) ?? new FailureWindow()
    this.#windows.set(partition, window)
    const size = fine.length + deaths.length
    for (const key of fine) window.note(key, null, size)
    for (const { key, reason } of deaths) window.note(key, reason, size)
    this.#uncounted.get(partition)?.resolve()
    this.#uncounted.delete(partition)
  }

  #figures(): ReturnType<FailureWindow['figures']> {
    const sum: ReturnType<FailureWindow['figures']> = { messages: 0, failed: {} }
    for (const window of this.#windows.values()) {
      const { messages, failed } = window.figures()
      sum.messages += messages
      for (const [reason, count] of Object.entries(failed)) sum.failed[reason] = (sum.failed[reason] ?? 0) + count
    }
    return sum
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const counted = Promise.all([...this.#uncounted.values()].map(({ promise }) => promise))
    await Promise.all([sleep(this.#again_ms, signal), withDeadline(counted, HOLD_MS).catch(() => {})])
    signal.throwIfAborted()
  }
}
