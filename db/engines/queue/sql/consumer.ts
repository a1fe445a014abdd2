/**
 * One consumer of a queue. A single loop claims as many messages as handlers are free, and sleeps until NOTIFY, the
 * next due time or a slow poll wakes it. Decisions are stored together while the next messages are handled.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { listen } from '../../postgres/listen.ts'
import { createRetry } from '../../../../lib/retry.ts'
import { decide, type Handler } from '../decide.ts'
import type { Delivery, QueueConsumer, QueueSettings } from '../queue.ts'
import {
  buryMessages,
  claimMessages,
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

/** A delivery from its claim until its decision is stored. */
interface Held {
  delivery: Delivery
  claim: number
  lease_ends: number
  lost: AbortController
}

/** `sql` listens, `bookkeeping` does everything else. */
export async function startConsumer(
  { sql, bookkeeping }: { sql: Sql; bookkeeping: Sql },
  log: Log,
  settings: ConsumerSettings,
  handler: Handler,
): Promise<QueueConsumer> {
  const {
    name: queue,
    max_attempts,
    retry_delay_ms,
    concurrency,
    max_lost,
    lease_ms,
    poll_ms,
    stop_grace_ms,
  } = settings
  const consumer: string = Bun.randomUUIDv7()
  const retryUntilAborted = createRetry(log, `queue ${queue}`)
  const held = new Map<string, Held>()
  const work = new Set<Promise<void>>()
  const leaving = new AbortController()
  const giveUp = new AbortController()
  const messages = createNotify()
  const handlers = createNotify()
  let running = 0

  const settle = batchWrites<Outcome>(
    (outcomes) =>
      retryUntilAborted(
        () => settleMessages(bookkeeping, { queue, consumer, retry_delay_ms }, outcomes),
        giveUp.signal,
      ),
    { max_items: 500, max_bytes: Infinity, bytesOf: () => 0 },
  )
  const unsubscribe = await listen(sql, QUEUE_CHANNEL, (payload) => {
    if (payload === '' || payload === queue) messages.notifyOne()
  })
  const claiming = claimInTurn()
  const heartbeat = setInterval(() => void keepLeases(), lease_ms / 3)
  let stopped: Promise<void> | undefined
  return { stop: () => (stopped ??= stop()) }

  async function claimInTurn(): Promise<void> {
    while (!leaving.signal.aborted) {
      const max = concurrency - running
      if (max === 0) {
        await handlers.notified()
        // Handlers that end in this same turn free their places for the same claim.
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      const lease_ends = performance.now() + lease_ms
      const claim = { queue, consumer, max, max_attempts, max_lost, lease_ms }
      const { claimed, found, at } = await whileHere(() => claimMessages(bookkeeping, claim), NOTHING)
      for (const { delivery, claim } of claimed) {
        if (leaving.signal.aborted) track(store({ id: delivery.id, claim, result: 'return', reason: '' }))
        else track(handle({ delivery, claim }, lease_ends))
      }
      if (found > claimed.length) await whileHere(() => buryMessages(bookkeeping, claim), undefined)
      if (found < max && !leaving.signal.aborted) {
        const due_ms = await whileHere(() => nextDueMs(bookkeeping, queue, at), null)
        await messages.notified(Math.min(poll_ms, (due_ms ?? Infinity) + 1))
      }
    }
  }

  /** Goes on through an outage; while stopping, a statement that fails is left at that. */
  async function whileHere<T>(statement: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await retryUntilAborted(statement, leaving.signal)
    } catch (err) {
      log.warn({ err, queue }, 'the last statement failed; what it may have claimed comes back when its lease ends')
      return otherwise
    }
  }

  function track(job: Promise<void>): void {
    work.add(job)
    void job.finally(() => work.delete(job))
  }

  /** Runs the handler and stores its decision; the place is free for the next message as soon as the handler is done. */
  async function handle({ delivery, claim }: Claimed, lease_ends: number): Promise<void> {
    const mine: Held = { delivery, claim, lease_ends, lost: new AbortController() }
    // Claimed again here: the lease ended while an earlier attempt runs on.
    held.get(delivery.id)?.lost.abort()
    held.set(delivery.id, mine)
    running++
    const decided = await decide(log, settings, handler, delivery, mine.lost.signal)
    running--
    handlers.notifyOne()
    await store({ id: delivery.id, claim, ...decided })
    if (held.get(delivery.id) === mine) held.delete(delivery.id)
  }

  async function store(outcome: Outcome): Promise<void> {
    try {
      await settle([outcome])
    } catch (err) {
      log.warn({ err, queue, message_id: outcome.id }, 'a decision was not stored; the message comes again')
    }
  }

  async function keepLeases(): Promise<void> {
    const now = performance.now()
    // Half a lease of patience: a blocked process finds its timers late and asks first.
    for (const { lost, lease_ends } of held.values()) if (now > lease_ends + lease_ms / 2) lost.abort()
    const asked = [...held.values()].filter(({ lost }) => !lost.signal.aborted)
    if (asked.length === 0) return
    try {
      const ids = asked.map(({ delivery }) => delivery.id)
      const kept = await retryUntilAborted(() => extendLeases(bookkeeping, { queue, consumer, ids, lease_ms }), ENDED)
      for (const one of asked) {
        const { id } = one.delivery
        if (kept.some((row) => row.id === id && row.claim === one.claim)) one.lease_ends = now + lease_ms
        else if (held.get(id) === one) one.lost.abort()
      }
    } catch (err) {
      log.debug({ err, queue }, 'leases were not renewed; the next heartbeat tries again')
    }
  }

  async function stop(): Promise<void> {
    leaving.abort()
    messages.notifyOne()
    handlers.notifyOne()
    await claiming
    const grace = setTimeout(() => {
      giveUp.abort()
      for (const { lost } of held.values()) lost.abort()
    }, stop_grace_ms)
    await Promise.all(work)
    clearTimeout(grace)
    clearInterval(heartbeat)
    try {
      await unsubscribe()
    } catch (err) {
      log.debug({ err }, 'the connection that listened is gone already')
    }
  }
}

/** Of a claim that failed while stopping. */
const NOTHING = { claimed: [], found: 0, at: '-infinity' }

/** Asks once: the heartbeat is its own repetition. */
const ENDED = AbortSignal.abort()
