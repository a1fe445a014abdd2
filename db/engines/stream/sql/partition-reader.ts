/**
 * Reads one partition for one member: fetch a batch, hand it to the handler, move the offset, again. It waits for its
 * notify when there is nothing to read, so an idle partition costs nothing.
 *
 * - reading: until finish() or lose().
 * - ending, after finish(): the running batch is committed, then the partition is handed back.
 * - lost, after lose(): the running batch is aborted and its offset does not move.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay, sleep, type RetryUntilAborted } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StoredMessage } from '../stream.ts'
import { committedOffset, commitOffset, releasePartition, type Claim, type Member } from './groups.ts'
import { readMessages } from './messages.ts'

const DEFAULT_MAX_BATCH = 500
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 30_000

export interface ReaderContext {
  sql: Sql
  log: Log
  member: Member
  options: ConsumeOptions
  retryUntilAborted: RetryUntilAborted
  /** Aborts when a finished batch's commit is no longer tried again. */
  giveUp: AbortSignal
}

export class PartitionReader {
  readonly epoch: number
  /** Resolves when the handler has returned and the partition is handed back; never rejects. */
  readonly done: Promise<void>

  readonly #context: ReaderContext
  readonly #claim: Claim
  readonly #notify = createNotify()
  readonly #ending = new AbortController()
  readonly #lost = new AbortController()
  /** The offset to read next. */
  #position = 0
  #busy = false

  constructor(context: ReaderContext, claim: Claim) {
    this.epoch = claim.epoch
    this.#context = context
    this.#claim = claim
    this.done = this.#run()
  }

  /** True after finish() or lose(). */
  get ending(): boolean {
    return this.#ending.signal.aborted
  }

  /** True while the handler has a batch. */
  get busy(): boolean {
    return this.#busy
  }

  /** There may be something to read: always, or up to the offset `end`. */
  wake(end?: number): void {
    if (end === undefined || end > this.#position) this.#notify.notifyOne()
  }

  /** Takes no new batch; when the running one is committed, hands the partition back. */
  finish(): void {
    this.#ending.abort()
    this.#notify.notifyOne()
  }

  /** Aborts the running batch, whose offset will not move: the partition is, or may be, someone else's. */
  lose(): void {
    this.#lost.abort()
    this.finish()
  }

  async #run(): Promise<void> {
    const { sql, log, member } = this.#context
    const facts = { group: member.group, topic: member.topic, partition: this.#claim.partition }
    try {
      await this.#readOn()
    } catch (err) {
      // Only once the reader ends does a call throw instead of being tried again.
      log.warn({ err, ...facts }, 'a partition was left while the database was away')
    }
    if (this.#lost.signal.aborted) return
    try {
      await releasePartition(sql, member, this.#claim)
    } catch (err) {
      log.warn({ err, ...facts }, 'a partition stays leased until its lease ends')
    }
  }

  async #readOn(): Promise<void> {
    const { sql, member, options, retryUntilAborted, giveUp } = this.#context
    const { topic, max_batch: max = DEFAULT_MAX_BATCH } = options
    const { partition } = this.#claim
    const ending = this.#ending.signal
    const start = await retryUntilAborted(() => committedOffset(sql, member, this.#claim), ending)
    if (start === undefined) return this.lose()
    this.#position = start
    for (let full = true; ;) {
      if (!full) await this.#notify.notified()
      if (ending.aborted) return
      const read = () => readMessages(sql, { topic, partition, from: this.#position, max })
      const batch = await retryUntilAborted(read, ending)
      full = batch.full
      const last = batch.messages.at(-1)
      if (!last) continue
      if (!(await this.#deliver(batch.messages))) return
      this.#position = last.offset + 1
      const commit = () => commitOffset(sql, member, this.#claim, this.#position)
      if (!(await retryUntilAborted(commit, giveUp))) return this.lose()
    }
  }

  /** False when the batch ended without success because the reader ends. */
  async #deliver(messages: StoredMessage[]): Promise<boolean> {
    const { log, member, options } = this.#context
    const lost = this.#lost.signal
    for (let tries = 0; !this.ending; tries++) {
      this.#busy = true
      try {
        await options.onBatch(messages, lost)
        // A handler may well return early because its signal aborted: that is no success.
        return !lost.aborted
      } catch (err) {
        if (lost.aborted) return false
        const delay_ms = backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS)
        const { group, topic } = member
        const where = { group, topic, partition: this.#claim.partition, offset: messages[0]!.offset }
        log.warn({ err, ...where, messages: messages.length, delay_ms }, 'a batch failed and will be handled again')
        await sleep(delay_ms, this.#ending.signal)
      } finally {
        this.#busy = false
      }
    }
    return false
  }
}
