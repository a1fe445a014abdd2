/**
 * One consumer of a queue. A single loop claims as many messages as handlers are free, and sleeps until NOTIFY, the next
 * due time or a slow poll wakes it. Decisions are stored together while the next messages are handled.
 *
 * - consuming: messages are claimed, handled, and their leases renewed.
 * - leaving, after stop(): nothing more is claimed; running handlers go on, for a grace, then their signals abort.
 * - left: every decision is stored, or was given up.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { listen } from '../../postgres/listen.ts'
import { createRetry, type RetryUntilAborted } from '../../../../lib/retry.ts'
import { decide, type Handler } from '../decide.ts'
import type { Delivery, QueueConsumer, QueueSettings } from '../queue.ts'
import {
  claimMessages,
  deadLetterSpent,
  extendLeases,
  nextDueMs,
  QUEUE_CHANNEL,
  settleMessages,
  type Claimed,
  type Outcome,
} from './messages.ts'

export interface ConsumerSettings extends QueueSettings {
  concurrency: number
  max_lost: number
  lease_ms: number
  /** The safety net under NOTIFY and timers. */
  poll_ms: number
  /** How long stop() lets a running handler go on before its signal aborts. */
  stop_grace_ms: number
}

/** `sql` listens, `bookkeeping` does everything else. */
export interface ConsumerPools {
  sql: Sql
  bookkeeping: Sql
}

/** A delivery from its claim until its decision is stored. */
interface Held {
  delivery: Delivery
  claim: number
  lease_ends: number
  lost: AbortController
}

export async function startConsumer(
  pools: ConsumerPools,
  log: Log,
  settings: ConsumerSettings,
  handler: Handler,
): Promise<QueueConsumer> {
  const consumer = new SqlConsumer(pools, log, settings, handler)
  await consumer.start()
  return consumer
}

class SqlConsumer implements QueueConsumer {
  readonly #id: string = Bun.randomUUIDv7()
  readonly #pools: ConsumerPools
  readonly #log: Log
  readonly #settings: ConsumerSettings
  readonly #handler: Handler
  readonly #retryUntilAborted: RetryUntilAborted
  readonly #settle: (outcomes: Outcome[]) => Promise<void>
  readonly #held = new Map<string, Held>()
  readonly #work = new Set<Promise<void>>()
  readonly #leaving = new AbortController()
  readonly #giveUp = new AbortController()
  /** There may be a message. */
  readonly #messages = createNotify()
  /** A handler is free. */
  readonly #handlers = createNotify()
  #running = 0
  #claiming: Promise<void> | undefined
  #heartbeat: Timer | undefined
  #unsubscribe: (() => Promise<void>) | undefined
  #stopped: Promise<void> | undefined

  constructor(pools: ConsumerPools, log: Log, settings: ConsumerSettings, handler: Handler) {
    const { name: queue, retry_delay_ms } = settings
    this.#pools = pools
    this.#log = log
    this.#settings = settings
    this.#handler = handler
    this.#retryUntilAborted = createRetry(log, `queue ${queue}`)
    const claim = { queue, consumer: this.#id, retry_delay_ms }
    const write = (outcomes: Outcome[]) =>
      this.#retryUntilAborted(() => settleMessages(pools.bookkeeping, claim, outcomes), this.#giveUp.signal)
    this.#settle = batchWrites(write, { max_items: 500, max_bytes: Infinity, bytesOf: () => 0 })
  }

  async start(): Promise<void> {
    const { name: queue, lease_ms } = this.#settings
    this.#unsubscribe = await listen(this.#pools.sql, QUEUE_CHANNEL, (payload) => {
      if (payload === '' || payload === queue) this.#messages.notifyOne()
    })
    this.#claiming = this.#claimInTurn()
    this.#heartbeat = setInterval(() => void this.#keepLeases(), lease_ms / 3)
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #claimInTurn(): Promise<void> {
    const { name: queue, concurrency, max_attempts, max_lost, lease_ms, poll_ms } = this.#settings
    const { bookkeeping } = this.#pools
    const leaving = this.#leaving.signal
    while (!leaving.aborted) {
      const max = concurrency - this.#running
      if (max === 0) {
        await this.#handlers.notified()
        // Handlers that end in this same turn free their capacity for the same claim.
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      const lease_ends = performance.now() + lease_ms
      const claim = { queue, consumer: this.#id, max, max_attempts, max_lost, lease_ms }
      const { claimed, found, at } = await this.#whileHere(() => claimMessages(bookkeeping, claim), NOTHING)
      for (const { delivery, claim } of claimed) {
        if (leaving.aborted) this.#track(this.#store({ id: delivery.id, claim, result: 'return', reason: '' }))
        else this.#track(this.#handle({ delivery, claim }, lease_ends))
      }
      if (found > claimed.length) await this.#whileHere(() => deadLetterSpent(bookkeeping, claim), undefined)
      if (found < max && !leaving.aborted) {
        const due_ms = await this.#whileHere(() => nextDueMs(bookkeeping, queue, at), null)
        await this.#messages.notified(Math.min(poll_ms, (due_ms ?? Infinity) + 1))
      }
    }
  }

  /** Goes on through an outage; while stopping, a statement that fails is left at that. */
  async #whileHere<T>(statement: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await this.#retryUntilAborted(statement, this.#leaving.signal)
    } catch (err) {
      const facts = { err, queue: this.#settings.name }
      this.#log.warn(facts, 'the last statement failed; what it may have claimed comes back when its lease ends')
      return otherwise
    }
  }

  #track(job: Promise<void>): void {
    this.#work.add(job)
    void job.finally(() => this.#work.delete(job))
  }

  /** Runs the handler and stores its decision; the next message may come as soon as the handler is done. */
  async #handle({ delivery, claim }: Claimed, lease_ends: number): Promise<void> {
    const mine: Held = { delivery, claim, lease_ends, lost: new AbortController() }
    // Claimed again here: the lease ended while an earlier attempt runs on.
    this.#held.get(delivery.id)?.lost.abort()
    this.#held.set(delivery.id, mine)
    this.#running++
    const decided = await decide(this.#log, this.#settings, this.#handler, delivery, mine.lost.signal)
    this.#running--
    this.#handlers.notifyOne()
    await this.#store({ id: delivery.id, claim, ...decided })
    if (this.#held.get(delivery.id) === mine) this.#held.delete(delivery.id)
  }

  async #store(outcome: Outcome): Promise<void> {
    try {
      await this.#settle([outcome])
    } catch (err) {
      const facts = { err, queue: this.#settings.name, message_id: outcome.id }
      this.#log.warn(facts, 'a decision was not stored; the message comes again')
    }
  }

  async #keepLeases(): Promise<void> {
    const { name: queue, lease_ms } = this.#settings
    const now = performance.now()
    // Half a lease later: a blocked process finds its timers late and asks first.
    for (const { lost, lease_ends } of this.#held.values()) if (now > lease_ends + lease_ms / 2) lost.abort()
    const asked = [...this.#held.values()].filter(({ lost }) => !lost.signal.aborted)
    if (asked.length === 0) return
    const held = { queue, consumer: this.#id, ids: asked.map(({ delivery }) => delivery.id), lease_ms }
    try {
      const kept = await this.#retryUntilAborted(() => extendLeases(this.#pools.bookkeeping, held), ENDED)
      for (const one of asked) {
        const { id } = one.delivery
        if (kept.some((row) => row.id === id && row.claim === one.claim)) one.lease_ends = now + lease_ms
        else if (this.#held.get(id) === one) one.lost.abort()
      }
    } catch (err) {
      this.#log.debug({ err, queue }, 'leases were not renewed; the next heartbeat tries again')
    }
  }

  async #stop(): Promise<void> {
    this.#leaving.abort()
    this.#messages.notifyOne()
    this.#handlers.notifyOne()
    await this.#claiming
    const grace = setTimeout(() => {
      this.#giveUp.abort()
      for (const { lost } of this.#held.values()) lost.abort()
    }, this.#settings.stop_grace_ms)
    await Promise.all(this.#work)
    clearTimeout(grace)
    clearInterval(this.#heartbeat)
    try {
      await this.#unsubscribe?.()
    } catch (err) {
      this.#log.debug({ err }, 'the connection that listened is gone already')
    }
  }
}

/** Of a claim that failed while stopping. */
const NOTHING = { claimed: [], found: 0, at: '-infinity' }

/** Asks once: the heartbeat is its own repetition. */
const ENDED = AbortSignal.abort()
