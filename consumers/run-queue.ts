/**
 * Runs one queue consumer: its handler gets a message, and the message leaves the queue only after the handler has said what
 * becomes of it.
 *
 * - consuming: when the program stops, what waits for an engine goes back to the queue with the same attempt.
 * - paused, by a storm (storm-breaker.ts), of whichever consumer of the queue: all that is in hand goes back in the same way, and
 *   nothing is taken until a person has decided, whatever is started again meanwhile.
 * - stopped.
 */
import { STORMS_CHANNEL } from '../db/dead-letters/storms.ts'
import type { Sql } from 'postgres'
import { listen } from '../db/engines/postgres/listen.ts'
import type { Decision, Delivery, Queue, QueueConsumer, QueueSettings } from '../db/engines/queue/queue.ts'
import type { Log } from '../lib/log.ts'
import type { CountMessages } from './run-stream.ts'
import type { Death, StormBreaker } from './storm-breaker.ts'

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

/** From the moment that it takes messages to the moment that it takes none. */
interface Session {
  leaving: AbortController
  consumer: QueueConsumer | undefined
  stopped: Promise<void> | undefined
}

const TEND_EVERY_MS = 5_000

export async function runQueue(
  definition: QueueDefinition,
  queue: Queue,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<RunningConsumer> {
  const { name, settings, prefetch, breaker } = definition
  const count = (outcome: string) => countMessages(name, outcome, 1)
  let session: Session | null = null
  let paused = false
  let stopping = false
  let turn: Promise<void> = Promise.resolve()

  /** One at a time, in order; none fails. */
  const inTurn = (work: () => Promise<void>) =>
    (turn = turn.then(work).catch((err: unknown) => log.debug({ err, consumer: name }, 'not tended this time')))

  async function begin(): Promise<void> {
    const leaving = new AbortController()
    const mine: Session = { leaving, consumer: undefined, stopped: undefined }
    session = mine
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
    try {
      mine.consumer = await queue.consume(settings, handle, { concurrency: prefetch })
    } catch (err) {
      session = null
      throw err
    }
    if (leaving.signal.aborted) void leave(mine)
  }

  /** Takes nothing more, at once; resolves when nothing is in hand. */
  function leave(left: Session): Promise<void> {
    left.leaving.abort()
    breaker.release()
    left.stopped ??= left.consumer?.stop()
    return left.stopped ?? Promise.resolve()
  }

  /** Pauses or goes on, as the row of the storm says. */
  async function follow(): Promise<void> {
    if (stopping) return
    const was = paused
    paused = await breaker.isPaused()
    if (paused && !was) log.warn({ consumer: name }, 'the consumer is paused by a storm until somebody decides')
    if (paused && session) {
      await leave(session)
      session = null
    }
    if (paused || session) return
    if (was) {
      breaker.restart()
      log.info({ consumer: name }, 'the consumer goes on')
    }
    await begin()
  }

  // Before the first of the storm's messages is free for any consumer, this one takes none.
  breaker.onStorm(() => {
    if (session) void leave(session)
    void inTurn(follow)
  })

  await follow()
  const unlisten = await listen(definition.sql, STORMS_CHANNEL, () => void inTurn(follow))
  const timer = setInterval(() => {
    void inTurn(follow)
    void inTurn(definition.tend)
  }, TEND_EVERY_MS)
  return {
    async stop() {
      stopping = true
      clearInterval(timer)
      await unlisten()
      if (session) await leave(session)
      await turn
      if (session) await leave(session)
      await definition.close()
    },
  }
}

/** Messages of other programs may have no id, or one for all. */
const keyOf = ({ id, headers, body }: Delivery) => `${id} ${Bun.hash(JSON.stringify(headers))} ${Bun.hash(body)}`
