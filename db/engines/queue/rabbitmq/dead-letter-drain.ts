/**
 * Drains the dead letters of queues from the broker into the table dead_letters, where they can be browsed without
 * touching the queue. Each program that has to do with a queue does it; a death that is reported twice is stored once.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { createRetry } from '../../../../lib/retry.ts'
import { storeDeadLetters, type DeadLetterRow } from '../dead-letters.ts'
import type { Connection } from './connection.ts'
import { deadLetterOf } from './message.ts'
import { Subscription } from './subscription.ts'
import { deadName, type Topology } from './topology.ts'

const AT_ONCE = 100
const SETTLED_MS = 5_000
const ASK_EVERY_MS = 10

export interface DeadLetterDrain {
  /** Drains the queue's dead letters from now on. */
  add(queue: string): void
  /** Dead letters of the queue that are not in the table yet. */
  waiting(queue: string): Promise<number>
  /** Resolves when they are in the table, or 5 s were not enough. */
  settled(queue: string): Promise<void>
  close(): Promise<void>
}

export function createDeadLetterDrain(connection: Connection, topology: Topology, sql: Sql, log: Log): DeadLetterDrain {
  const subscriptions = new Map<string, Subscription>()
  const storing = new Set<Promise<void>>()
  const giveUp = new AbortController()
  const retryUntilAborted = createRetry(log, 'moving dead letters into their table')
  const store = batchWrites<DeadLetterRow>(
    (rows) => retryUntilAborted(() => storeDeadLetters(sql, rows), giveUp.signal),
    {
      max_items: 200,
      max_bytes: 4 * 1024 * 1024,
      bytesOf: ({ body }) => body.byteLength,
    },
  )

  function add(queue: string): void {
    if (subscriptions.has(queue)) return
    const subscription: Subscription = new Subscription(connection, log, {
      queue: deadName(queue),
      prefetch: AT_ONCE,
      prepare() {
        topology.forget(queue)
        return topology.dead(queue)
      },
      onMessage(held) {
        const stored = store([deadLetterOf(queue, held.message)]).then(
          () => void subscription.ack(held),
          (err: unknown) => log.debug({ err, queue }, 'a dead letter stays with the broker'),
        )
        storing.add(stored)
        void stored.finally(() => storing.delete(stored))
      },
    })
    // It goes on trying, and reports that.
    subscription.started.catch(() => {})
    subscriptions.set(queue, subscription)
  }

  const waiting = async (queue: string) =>
    ((await topology.count(deadName(queue))) ?? 0) + (subscriptions.get(queue)?.held() ?? 0)

  return {
    add,
    waiting,
    async settled(queue) {
      add(queue)
      const deadline = performance.now() + SETTLED_MS
      while ((await waiting(queue)) > 0 && performance.now() < deadline) await Bun.sleep(ASK_EVERY_MS)
    },
    async close() {
      giveUp.abort()
      const all = [...subscriptions.values()]
      await Promise.all(all.map((subscription) => subscription.cancel()))
      await Promise.all(storing)
      await Promise.all(all.map((subscription) => subscription.close()))
    },
  }
}
