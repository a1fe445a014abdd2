/**
 * Runs a consumer while no storm (db/dead-letters/storms.ts) of its source is undecided.
 *
 * - consuming: a session lasts from the moment that the consumer takes messages to the moment that it takes none.
 * - paused, by a storm of whichever consumer of the source: nothing is taken until a person has decided, whatever is started again
 *   meanwhile.
 * - stopped.
 */
import type { Sql } from 'postgres'
import { STORMS_CHANNEL } from '../db/dead-letters/storms.ts'
import { listen } from '../db/engines/postgres/listen.ts'
import type { Log } from '../lib/log.ts'

export interface Session {
  /** Resolves when it takes messages. */
  started: Promise<void>
  /** Takes nothing more, at once; resolves when nothing is in hand. May be called again, and before it has started. */
  leave(): Promise<void>
}

export interface Switched {
  name: string
  breaker: {
    isPaused(): Promise<boolean>
    /** A person has decided. */
    restart(): void
    onStorm(listener: () => void): void
  }
  /** Listens for decisions. */
  sql: Sql
  begin(): Session
  /** Called every few seconds. */
  tend?(): Promise<void>
}

const TEND_EVERY_MS = 5_000

/** Throws what its first session throws where it does not start; none goes on where it throws. */
export async function runSwitched(
  { name, breaker, sql, begin, tend }: Switched,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  let session: Session | null = null
  let paused = false
  /** The session takes nothing more; somebody may have decided before the pause was seen here. */
  let left = false
  let stopping = false
  let turn: Promise<void> = Promise.resolve()

  /** One at a time, in order; none fails. */
  const inTurn = (work: () => Promise<void>) =>
    (turn = turn.then(work).catch((err: unknown) => log.debug({ err, consumer: name }, 'not tended this time')))

  /** Pauses or goes on, as the row of the storm says. */
  async function follow(): Promise<void> {
    if (stopping) return
    const was = paused
    paused = await breaker.isPaused()
    if (paused && !was) log.warn({ consumer: name }, 'the consumer is paused by a storm until somebody decides')
    if ((paused || left) && session) {
      await session.leave()
      session = null
    }
    if (paused || session) return
    if (was || left) {
      breaker.restart()
      log.info({ consumer: name }, 'the consumer goes on')
    }
    left = false
    session = begin()
    try {
      await session.started
    } catch (err) {
      session = null
      throw err
    }
  }

  // Before the first of the storm's messages is free for any consumer, this one takes none.
  breaker.onStorm(() => {
    if (session) {
      left = true
      void session.leave()
    }
    void inTurn(follow)
  })

  await follow()
  const leave = async () => {
    stopping = true
    if (session) await session.leave()
    await turn
    if (session) await session.leave()
  }
  const unlisten = await listen(sql, STORMS_CHANNEL, () => void inTurn(follow)).catch(async (err: unknown) => {
    await leave()
    throw err
  })
  const timer = setInterval(() => {
    void inTurn(follow)
    if (tend) void inTurn(tend)
  }, TEND_EVERY_MS)
  return {
    async stop() {
      stopping = true
      clearInterval(timer)
      await unlisten()
      await leave()
    },
  }
}
