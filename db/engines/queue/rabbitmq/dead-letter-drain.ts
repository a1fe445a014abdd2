/**
 * Moves the dead of a queue from the broker into the table dead_letters, where they can be browsed without touching the
 * queue. Each program that has to do with a queue does it; a death that is told twice is stored once.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { createRetry } from '../../../../lib/retry.ts'
import { storeDeadLetters, type DeadLetterRow } from '../dead-letters.ts'
import type { Link } from './connection.ts'
import { deadLetterOf } from './message.ts'
import { subscribe, type Subscription } from './subscription.ts'
import { deadName, type Topology } from './topology.ts'

const AT_ONCE = 100
const SETTLED_MS = 5_000
const LOOK_MS = 10

export interface Undertaker {
  /** Works for the queue from now on. */
  watch(queue: string): void
  /** Dead of the queue that are not in the table yet. */
  waiting(queue: string): Promise<number>
  /** Resolves when they are in the table, or have not come there for 5 s. */
  settled(queue: string): Promise<void>
  close(): Promise<void>
}

export function createUndertaker(link: Link, topology: Topology, sql: Sql, log: Log): Undertaker {
  const graves = new Map<string, Subscription>()
  const work = new Set<Promise<void>>()
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

  function watch(queue: string): void {
    if (graves.has(queue)) return
    const grave: Subscription = subscribe(link, log, {
      queue: deadName(queue),
      prefetch: AT_ONCE,
      prepare() {
        topology.forget(queue)
        return topology.dead(queue)
      },
      onMessage(taken) {
        const job = store([deadLetterOf(queue, taken.message)]).then(
          () => void grave.ack(taken),
          (err: unknown) => log.debug({ err, queue }, 'a dead letter stays with the broker'),
        )
        work.add(job)
        void job.finally(() => work.delete(job))
      },
    })
    // It goes on trying, and says so.
    grave.started.catch(() => {})
    graves.set(queue, grave)
  }

  const waiting = async (queue: string) =>
    ((await topology.count(deadName(queue))) ?? 0) + (graves.get(queue)?.held() ?? 0)

  return {
    watch,
    waiting,
    async settled(queue) {
      watch(queue)
      const deadline = performance.now() + SETTLED_MS
      while ((await waiting(queue)) > 0 && performance.now() < deadline) await Bun.sleep(LOOK_MS)
    },
    async close() {
      giveUp.abort()
      const all = [...graves.values()]
      await Promise.all(all.map((grave) => grave.cancel()))
      await Promise.all(work)
      await Promise.all(all.map((grave) => grave.close()))
    },
  }
}
