/**
 * Reads one partition for one member: fetch a batch, hand it to the handler, move the offset, again. It waits for
 * its notify when there is nothing to read, so an idle partition costs nothing.
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

export interface PartitionReader {
  readonly epoch: number
  /** True after finish() or lose(). */
  readonly ending: boolean
  /** True while the handler has a batch. */
  readonly busy: boolean
  /** There may be something to read: always, or up to the offset `end`. */
  wake(end?: number): void
  /** Takes no new batch; when the running one is committed, hands the partition back. */
  finish(): void
  /** Aborts the running batch, whose offset will not move: the partition is, or may be, someone else's. */
  lose(): void
  /** Resolves when the handler has returned and the partition is handed back; never rejects. */
  readonly done: Promise<void>
}

export function readPartition(context: ReaderContext, claim: Claim): PartitionReader {
  const { sql, log, member, options, retryUntilAborted, giveUp } = context
  const { topic, onBatch, max_batch = DEFAULT_MAX_BATCH } = options
  const { partition, epoch } = claim
  const notify = createNotify()
  const ending = new AbortController()
  const lost = new AbortController()
  let position = 0
  let busy = false

  async function readOn(): Promise<void> {
    const start = await retryUntilAborted(() => committedOffset(sql, member, claim), ending.signal)
    if (start === undefined) return lose()
    position = start
    for (let full = true; ;) {
      if (!full) await notify.notified()
      if (ending.signal.aborted) return
      const batch = await retryUntilAborted(
        () => readMessages(sql, { topic, partition, from: position, max: max_batch }),
        ending.signal,
      )
      full = batch.full
      const last = batch.messages.at(-1)
      if (!last) continue
      if (!(await deliver(batch.messages))) return
      position = last.offset + 1
      if (!(await retryUntilAborted(() => commitOffset(sql, member, claim, position), giveUp))) return lose()
    }
  }

  /** False when the batch ended without success because the reader ends. */
  async function deliver(messages: StoredMessage[]): Promise<boolean> {
    for (let tries = 0; !ending.signal.aborted; tries++) {
      busy = true
      try {
        await onBatch(messages, lost.signal)
        // A handler may well return early because its signal aborted: that is no success.
        return !lost.signal.aborted
      } catch (err) {
        if (lost.signal.aborted) return false
        const delay_ms = backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS)
        const where = { group: member.group, topic, partition, offset: messages[0]!.offset }
        log.warn({ err, ...where, messages: messages.length, delay_ms }, 'a batch failed and will be handled again')
        await sleep(delay_ms, ending.signal)
      } finally {
        busy = false
      }
    }
    return false
  }

  async function run(): Promise<void> {
    try {
      await readOn()
    } catch (err) {
      // Only once the reader ends does a call throw instead of being tried again.
      log.warn({ err, group: member.group, topic, partition }, 'a partition was left while the database was away')
    }
    if (lost.signal.aborted) return
    try {
      await releasePartition(sql, member, claim)
    } catch (err) {
      log.warn({ err, group: member.group, topic, partition }, 'a partition stays leased until its lease ends')
    }
  }

  function lose() {
    lost.abort()
    finish()
  }

  function finish() {
    ending.abort()
    notify.notifyOne()
  }

  return {
    epoch,
    get ending() {
      return ending.signal.aborted
    },
    get busy() {
      return busy
    },
    wake(end) {
      if (end === undefined || end > position) notify.notifyOne()
    },
    finish,
    lose,
    done: run(),
  }
}
