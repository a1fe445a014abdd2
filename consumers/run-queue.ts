/**
 * Runs one queue consumer: its handler gets a message, and the message leaves the queue only after the handler has said what
 * becomes of it. When the program stops, or a storm pauses the consumer (storm-switch.ts), all that is in hand goes back to the queue
 * with the same attempt.
 */
import type { Sql } from 'postgres'
import type { Decision, Delivery, Queue, QueueConsumer, QueueSettings } from '../db/engines/queue/queue.ts'
import type { Log } from '../lib/log.ts'
import type { CountMessages } from './run-stream.ts'
import type { Death, StormBreaker } from './storm-breaker.ts'
import { runSwitched, type Session } from './storm-switch.ts'

export interface QueueDefinition {
  name: string
  settings: QueueSettings
  /** Messages that it holds at once. */
  prefetch: number
  breaker: StormBreaker
  /** Listens for decisions about storms. */
  sql: Sql
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
  /** Aborts when the program stops, or the consumer pauses. */
  leaving: AbortSignal
  /** Says what became of the message. */
  count(outcome: string): void
  /** Whether the delivery may become a dead letter for a reason that is not expected; otherwise it is to be returned. */
  mayDie(death: Pick<Death, 'reason' | 'detail'>): Promise<boolean>
}

export interface RunningConsumer {
  stop(): Promise<void>
}

export async function runQueue(
  definition: QueueDefinition,
  queue: Queue,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<RunningConsumer> {
  const { name, settings, prefetch, breaker } = definition
  const count = (outcome: string) => countMessages(name, outcome, 1)

  function begin(): Session {
    const leaving = new AbortController()
    let consumer: QueueConsumer | undefined
    let stopped: Promise<void> | undefined
    const handle = async (delivery: Delivery): Promise<Decision> => {
      let failed = false
      const mayDie: HandlerContext['mayDie'] = (death) => {
        failed = true
        return breaker.mayDie({ ...death, key: keyOf(delivery), message_id: delivery.id }, leaving.signal)
      }
      try {
        const context = { leaving: leaving.signal, count, mayDie }
        return await breaker.during(async () => {
          const decision = await definition.handle(delivery, context)
          if (!failed) breaker.fine(delivery.id)
          return decision
        })
      } catch (err) {
        if (leaving.signal.aborted) return 'return'
        throw err
      }
    }
    function leave(): Promise<void> {
      leaving.abort()
      breaker.release()
      stopped ??= consumer?.stop()
      return stopped ?? Promise.resolve()
    }
    async function start(): Promise<void> {
      consumer = await queue.consume(settings, handle, { concurrency: prefetch })
      if (leaving.signal.aborted) void leave()
    }
    return { started: start(), leave }
  }

  const { sql, close } = definition
  const tend = async () => {
    await breaker.tend()
    await definition.tend()
  }
  const switched = await runSwitched({ name, breaker, sql, begin, tend }, log)
  return {
    async stop() {
      await switched.stop()
      await close()
    },
  }
}

/** Messages of other programs may have no id, or one for all. */
const keyOf = ({ id, headers, body }: Delivery) => `${id} ${Bun.hash(JSON.stringify(headers))} ${Bun.hash(body)}`
