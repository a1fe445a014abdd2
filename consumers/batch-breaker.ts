/**
 * The storm breaker of a consumer that reads batches: a batch is judged as a whole (db/dead-letters/storms.ts) before any of its
 * messages becomes a dead letter. Where it is a storm the batch fails, so that its offset does not move, and the consumer pauses.
 *
 * Where there are too few messages to tell, they wait once for those of other partitions and consumers.
 */
import type { Sql } from 'postgres'
import { isPaused, judgeDeaths } from '../db/dead-letters/storms.ts'
import { sleep } from '../lib/retry.ts'
import { FailureWindow } from './failure-window.ts'
import type { Death } from './storm-breaker.ts'

const AGAIN_MS = 250

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
  /** How long failures wait that are too few to tell. */
  again_ms?: number | undefined
}

export class BatchBreaker {
  readonly source: string
  readonly #sql: Sql
  readonly #worker: string
  readonly #again_ms: number
  readonly #window = new FailureWindow()
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
    this.#window.clear()
  }

  /** Whether the deaths of a batch may become dead letters; `fine` are the keys of its other messages. */
  async mayDie(fine: string[], deaths: Death[], signal: AbortSignal): Promise<boolean> {
    // All of the batch counts, however large it is, and so do the messages before it.
    const size = fine.length + deaths.length
    for (const key of fine) this.#window.note(key, null, size)
    for (const { key, reason } of deaths) this.#window.note(key, reason, size)
    if (deaths.length === 0) return true
    const judge = () => judgeDeaths(this.#sql, this.source, this.#worker, this.#window.figures(), deaths)
    let verdict = await judge()
    if (verdict === 'early' && this.#again_ms > 0) {
      await sleep(this.#again_ms, signal)
      verdict = await judge()
    }
    if (verdict === 'storm') this.#onStorm()
    return verdict !== 'storm'
  }
}
