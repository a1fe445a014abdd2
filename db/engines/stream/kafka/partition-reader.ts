/**
 * Reads one partition for one member: what kafkajs fetched goes to the handler batch by batch, and the offset moves
 * behind it. While a commit is under way the next batches are handled already, a few of them, and the next commit covers
 * them all. Fetching goes on meanwhile, so that a slow partition holds up no other.
 *
 * The membership allows one of:
 * - reading: batches are handed out, and committed.
 * - held: no new batch; the running ones are committed.
 * - frozen: no commit either, while the group decides whose the partition is.
 *
 * From each of them finish() leads to the end when the running batches are committed, and lose() without that.
 */
import { messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StoredMessage } from '../stream.ts'
import { FetchedMessages } from './fetched-messages.ts'

const DEFAULT_MAX_BATCH = 500
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 30_000
const FIRST_COMMIT_RETRY_MS = 50
const MAX_COMMIT_RETRY_MS = 1_000
/** Batches handled beyond the committed offset: so many come again after a crash. */
const MAX_AHEAD = 8

/** The calls of a reader to its membership. */
export interface PartitionControl {
  /** Moves the group's offset; throws when Kafka refuses. */
  commit(partition: number, offset: number): Promise<void>
  /** Stops fetching, or goes on with it. */
  setPaused(partition: number, paused: boolean): void
  /** A batch has ended, with its commit. */
  onRest(): void
}

export interface ReaderContext extends PartitionControl {
  log: Log
  options: ConsumeOptions
  /** Aborts when a finished batch's commit is no longer tried again. */
  giveUp: AbortSignal
}

export class PartitionReader {
  /** Resolves when the handler has returned and nothing will be committed any more; never rejects. */
  readonly done: Promise<void>

  readonly #context: ReaderContext
  readonly #partition: number
  readonly #fetched: FetchedMessages
  /** A notify wakes one loop: that of the batches, and that of the commits. */
  readonly #batches = createNotify()
  readonly #commits = createNotify()
  readonly #lost = new AbortController()
  #allowed: 'reading' | 'held' | 'frozen' = 'reading'
  #ending = false
  #handling = false
  /** Moves the offset behind what was handled; undefined when it is there. */
  #committing: Promise<void> | undefined
  /** Behind the newest batch that was handled. */
  #handled = 0
  /** Batches that were handled and are not committed. */
  #ahead = 0
  /** Where the group begins here. */
  #first = 0
  #next = 0

  constructor(context: ReaderContext, partition: number) {
    this.#context = context
    this.#partition = partition
    this.#fetched = new FetchedMessages((paused) => context.setPaused(partition, paused))
    const { group, topic } = context.options
    this.done = this.#readOn()
      .catch((err) => context.log.error({ err, group, topic, partition }, 'a partition is read no more'))
      .finally(() => {
        this.#handling = false
        context.onRest()
      })
  }

  /** True from the start of a handler to the end of its commit. */
  get working(): boolean {
    return this.#handling || this.#committing !== undefined
  }

  /** The offset behind the newest batch that was handed out. */
  get next(): number {
    return this.#next
  }

  add(messages: StoredMessage[]): void {
    if (this.#ending) return
    this.#fetched.add(messages.filter(({ offset }) => offset >= this.#first))
    this.#wake()
  }

  /** Begins with the message at `offset`, or the next there is. */
  startAt(offset: number): void {
    this.#first = offset
    this.#fetched.startAt(offset)
    if (this.#allowed === 'held') this.#allowed = 'reading'
    this.#wake()
  }

  /** Takes no new batch until goOn() or startAt(). */
  hold(): void {
    if (this.#allowed === 'reading') this.#allowed = 'held'
  }

  /** Commits nothing either: whether the partition is still ours is being decided. */
  freeze(): void {
    this.#allowed = 'frozen'
  }

  /** It still is; what was fetched ahead will be fetched again. */
  goOn(): void {
    this.#fetched.clear()
    this.#allowed = 'reading'
    this.#wake()
  }

  /** Takes no new batch; ends when the running one is committed. */
  finish(): void {
    this.#ending = true
    this.#fetched.clear()
    this.#wake()
  }

  /** Aborts the running batch, whose offset will not move: the partition is, or may be, someone else's. */
  lose(): void {
    this.#lost.abort()
    this.finish()
  }

  async #readOn(): Promise<void> {
    const { max_batch = DEFAULT_MAX_BATCH } = this.#context.options
    for (;;) {
      while (!this.#ending && (this.#allowed !== 'reading' || this.#fetched.empty)) await this.#batches.notified()
      if (this.#ending) break
      const batch = this.#fetched.takeBatch(max_batch)
      this.#next = batch.at(-1)!.offset + 1
      if (!(await this.#deliver(batch))) break
      this.#handled = this.#next
      this.#ahead++
      this.#committing ??= this.#commitHandled()
      this.#handling = false
      if (this.#ahead >= MAX_AHEAD) await this.#committing
    }
    await this.#committing
  }

  /** False when the batch ended without success because the reader ends. */
  async #deliver(messages: StoredMessage[]): Promise<boolean> {
    const { log, options, onRest } = this.#context
    const { group, topic, onBatch } = options
    for (let tries = 0; ; tries++) {
      this.#handling = true
      try {
        await onBatch(messages, this.#lost.signal)
        // A handler may well return early because its signal aborted: that is no success.
        return !this.#lost.signal.aborted
      } catch (err) {
        // Every error stops here: a TypeError that reached kafkajs would end the consumer.
        if (this.#lost.signal.aborted) return false
        const delay_ms = backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS)
        const where = { group, topic, partition: this.#partition, offset: messages[0]!.offset }
        log.warn({ err, ...where, messages: messages.length, delay_ms }, 'a batch failed and will be handled again')
        this.#handling = false
        onRest()
        if (!(await this.#waitToRetry(delay_ms))) return false
      }
    }
  }

  /** False when the reader ends meanwhile. */
  async #waitToRetry(delay_ms: number): Promise<boolean> {
    const again_at = performance.now() + delay_ms
    const held = () => this.#allowed !== 'reading'
    while (!this.#ending && (held() || performance.now() < again_at))
      await this.#batches.notified(held() ? undefined : again_at - performance.now())
    return !this.#ending
  }

  async #commitHandled(): Promise<void> {
    let committed = 0
    while (committed < this.#handled) {
      const offset = this.#handled
      const batches = this.#ahead
      if (!(await this.#commit(offset))) break
      committed = offset
      this.#ahead -= batches
    }
    this.#committing = undefined
    this.#context.onRest()
  }

  /** False when the partition was lost, or the reader gave up, before the offset moved. */
  async #commit(offset: number): Promise<boolean> {
    const { log, options, giveUp, commit } = this.#context
    const { group, topic } = options
    const lost = this.#lost.signal
    for (let tries = 0; ; tries++) {
      while (this.#allowed === 'frozen' && !lost.aborted) await this.#commits.notified()
      if (lost.aborted) return false
      try {
        await commit(this.#partition, offset)
        return true
      } catch (err) {
        if (giveUp.aborted) return false
        const where = { group, topic, partition: this.#partition }
        log.debug({ err, ...where }, `the offset will be moved later: ${messageOf(err)}`)
        const again_at = performance.now() + backoffDelay(tries, FIRST_COMMIT_RETRY_MS, MAX_COMMIT_RETRY_MS)
        while (!lost.aborted && !giveUp.aborted && performance.now() < again_at)
          await this.#commits.notified(again_at - performance.now())
      }
    }
  }

  #wake(): void {
    this.#batches.notifyOne()
    this.#commits.notifyOne()
  }
}
