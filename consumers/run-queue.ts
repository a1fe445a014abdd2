/**
 * Runs one queue consumer: its handler gets a message, and the message leaves the queue only after the handler has said what
 * becomes of it. When the program stops, what waits for an engine goes back to the queue with the same attempt.
 */
import type { Decision, Delivery, Queue, QueueSettings } from '../db/engines/queue/queue.ts'
import type { Log } from '../lib/log.ts'
import type { CountMessages } from './run-stream.ts'

export interface QueueDefinition {
  name: string
  settings: QueueSettings
  /** Messages that it holds at once. */
  prefetch: number
  /**
   * Every effect must be idempotent: a message may come again with the same attempt. What throws after `leaving` has aborted
   * decides nothing.
   */
  handle(delivery: Delivery, context: HandlerContext): Promise<Decision>
  /** Called every few seconds. */
  tend(): Promise<void>
  /** Called once nothing is handled any more. */
  close(): Promise<void>
}

export interface HandlerContext {
  /** Aborts when the program stops. */
  leaving: AbortSignal
  /** Says what became of the message. */
  count(outcome: string): void
}

export interface RunningConsumer {
  stop(): Promise<void>
}

const TEND_EVERY_MS = 5_000

export async function runQueue(
  definition: QueueDefinition,
  queue: Queue,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<RunningConsumer> {
  const { name, settings, prefetch } = definition
  const leaving = new AbortController()
  const context = { leaving: leaving.signal, count: (outcome: string) => countMessages(name, outcome, 1) }
  let tending: Promise<void> = Promise.resolve()

  async function handle(delivery: Delivery): Promise<Decision> {
    try {
      return await definition.handle(delivery, context)
    } catch (err) {
      if (leaving.signal.aborted) return 'return'
      throw err
    }
  }

  async function tend(): Promise<void> {
    try {
      await definition.tend()
    } catch (err) {
      log.debug({ err, consumer: name }, 'not tended this time')
    }
  }

  const consumer = await queue.consume(settings, handle, { concurrency: prefetch })
  const timer = setInterval(() => (tending = tending.then(tend)), TEND_EVERY_MS)
  return {
    async stop() {
      leaving.abort()
      clearInterval(timer)
      await consumer.stop()
      await tending
      await definition.close()
    },
  }
}
