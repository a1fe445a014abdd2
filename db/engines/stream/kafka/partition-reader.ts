/**
 * Reads one partition for one member: what kafkajs fetched waits here, goes to the handler batch by batch, and the
 * offset moves behind it. While a commit is under way the next batches are handled already, a few of them, and the next
 * commit covers them all. The fetching goes on meanwhile, so that a slow partition holds up no other; when too much
 * waits, it is paused.
 */
import { messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StoredMessage } from '../stream.ts'
import type { ReaderLink } from './membership.ts'

const DEFAULT_MAX_BATCH = 500
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 30_000
/** A batch larger than this ends early, and no more than this waits. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024
/** Fetched messages that wait at most, in messages: small ones take more memory than their bytes. */
const MAX_WAITING = 20_000
/** Batches handled beyond the committed offset at most: so many come again after a crash. */
const MAX_AHEAD = 8

export interface ReaderContext extends ReaderLink {
  log: Log
  options: ConsumeOptions
  /** Aborts when a finished batch's commit is no longer tried again. */
  giveUp: AbortSignal
}

export interface PartitionReader {
  /** True from the start of a handler to the end of its commit. */
  readonly working: boolean
  /** The offset behind the newest batch that was handed out. */
  readonly next: number
  add(messages: StoredMessage[]): void
  /** Begins with the message at `offset`, or the next there is. */
  startAt(offset: number): void
  /** Takes no new batch, until told to go on. */
  hold(): void
  /** Commits nothing either: whether the partition is still ours is being decided. */
  freeze(): void
  /** It still is; what was fetched ahead will be fetched again. */
  goOn(): void
  /** Takes no new batch; ends when the running one is committed. */
  finish(): void
  /** Aborts the running batch, whose offset will not move: the partition is, or may be, someone else's. */
  lose(): void
  /** Resolves when the handler has returned and nothing will be committed any more; never rejects. */
  readonly done: Promise<void>
}

export function readPartition(context: ReaderContext, partition: number): PartitionReader {
  const { log, options, commit, setPaused, onRest, giveUp } = context
  const { group, topic, onBatch, max_batch = DEFAULT_MAX_BATCH } = options
  /** A notify wakes one loop: that of the batches, and that of the commits. */
  const notify = createNotify()
  const commitBell = createNotify()
  const lost = new AbortController()
  let waiting: StoredMessage[] = []
  let waiting_bytes = 0
  let paused = false
  let ending = false
  let held = false
  let frozen = false
  let handling = false
  /** Moves the offset behind what was handled; undefined when it is there. */
  let saving: Promise<void> | undefined
  let handled = 0
  let ahead = 0
  let first = 0
  let next = 0

  async function readOn(): Promise<void> {
    for (;;) {
      while (!ending && (held || waiting.length === 0)) await notify.notified()
      if (ending || !(await deliver(takeBatch()))) break
      handled = next
      ahead++
      saving ??= save()
      handling = false
      if (ahead >= MAX_AHEAD) await saving
    }
    await saving
  }

  async function save(): Promise<void> {
    let saved = 0
    while (saved < handled) {
      const upTo = handled
      const batches = ahead
      if (!(await moveOffset(upTo))) break
      saved = upTo
      ahead -= batches
    }
    saving = undefined
    onRest()
  }

  function takeBatch(): StoredMessage[] {
    let bytes = 0
    let size = 0
    for (const message of waiting) {
      bytes += bytesOf(message)
      if (size > 0 && (bytes > MAX_BATCH_BYTES || size >= max_batch)) break
      size++
    }
    const batch = waiting.splice(0, size)
    waiting_bytes -= batch.reduce((sum, message) => sum + bytesOf(message), 0)
    // Early enough that the next messages are here when these are done.
    if (paused && waiting_bytes < MAX_BATCH_BYTES / 2 && waiting.length < MAX_WAITING / 2) pauseFetching(false)
    next = batch.at(-1)!.offset + 1
    return batch
  }

  /** False when the batch ended without success because the reader ends. */
  async function deliver(messages: StoredMessage[]): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      handling = true
      try {
        await onBatch(messages, lost.signal)
        // A handler may well return early because its signal aborted: that is no success.
        return !lost.signal.aborted
      } catch (err) {
        // Whatever is thrown stops here: a TypeError that reached kafkajs would end the consumer.
        if (lost.signal.aborted) return false
        const delay_ms = backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS)
        const where = { group, topic, partition, offset: messages[0]!.offset }
        log.warn({ err, ...where, messages: messages.length, delay_ms }, 'a batch failed and will be handled again')
        handling = false
        onRest()
        const again_at = performance.now() + delay_ms
        while (!ending && (held || performance.now() < again_at))
          await notify.notified(held ? undefined : again_at - performance.now())
        if (ending) return false
      }
    }
  }

  /** False when the partition was lost, or the reader gave up, before the offset moved. */
  async function moveOffset(offset: number): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      while (frozen && !lost.signal.aborted) await commitBell.notified()
      if (lost.signal.aborted) return false
      try {
        await commit(partition, offset)
        return true
      } catch (err) {
        if (giveUp.aborted) return false
        log.debug({ err, group, topic, partition }, `the offset will be moved later: ${messageOf(err)}`)
        const again_at = performance.now() + backoffDelay(tries, 50, 1_000)
        while (!lost.signal.aborted && !giveUp.aborted && performance.now() < again_at)
          await commitBell.notified(again_at - performance.now())
      }
    }
  }

  function pauseFetching(on: boolean): void {
    paused = on
    setPaused(partition, on)
  }

  function finish(): void {
    ending = true
    waiting = []
    ring()
  }

  function ring(): void {
    notify.notifyOne()
    commitBell.notifyOne()
  }

  return {
    get working() {
      return handling || saving !== undefined
    },
    get next() {
      return next
    },
    add(fetched) {
      if (ending) return
      const messages = fetched.filter(({ offset }) => offset >= first)
      waiting.push(...messages)
      waiting_bytes += messages.reduce((sum, message) => sum + bytesOf(message), 0)
      if (!paused && (waiting_bytes >= MAX_BATCH_BYTES || waiting.length >= MAX_WAITING)) pauseFetching(true)
      ring()
    },
    startAt(offset) {
      first = offset
      waiting = waiting.filter((message) => message.offset >= offset)
      waiting_bytes = waiting.reduce((sum, message) => sum + bytesOf(message), 0)
      if (paused) pauseFetching(false)
      held = false
      ring()
    },
    hold: () => void (held = true),
    freeze: () => void (held = frozen = true),
    goOn() {
      waiting = []
      waiting_bytes = 0
      paused = held = frozen = false
      ring()
    },
    finish,
    lose() {
      lost.abort()
      finish()
    },
    done: readOn()
      .catch((err) => log.error({ err, group, topic, partition }, 'a partition is read no more'))
      .finally(() => {
        handling = false
        onRest()
      }),
  }
}

/** With what the message takes beside its content. */
const bytesOf = ({ key, value }: StoredMessage) => value.byteLength + (key?.length ?? 0) + 200
