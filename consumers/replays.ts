/**
 * Sends the letters of replays, each replay at its rate, and follows them to their end. Any number of programs may do this: each
 * replay is driven by one of them.
 *
 * Nothing that decides is kept here but when a replay may send next, so that a program that dies loses nothing.
 */
import type { Sql } from 'postgres'
import {
  announceReplays,
  claimLetters,
  concludeReplay,
  followLetters,
  leaseReplays,
  publishClaimed,
  releaseReplays,
  type DrivenReplay,
} from '../db/dead-letters/replays/drive.ts'
import { REPLAYS_CHANNEL } from '../db/dead-letters/replays/start.ts'
import { readConsumerState } from '../db/dead-letters/storms.ts'
import type { ReplaySource } from '../db/dead-letters/source.ts'
import { bookkeepingPool } from '../db/engines/postgres/bookkeeping-pool.ts'
import { listen } from '../db/engines/postgres/listen.ts'
import type { Log } from '../lib/log.ts'
import { createNotify } from '../lib/notify.ts'
import { createRetry } from '../lib/retry.ts'
import type { RunningConsumer } from './run-queue.ts'
import type { CountMessages } from './run-stream.ts'

/** A batch is what the rate allows in this time. */
const BATCH_S = 0.25
const MAX_BATCH = 1000
/** Between two looks at what became of letters; longer where a look takes long. */
const FOLLOW_MS = 250
/** The safety net under NOTIFY. */
const POLL_MS = 5_000

export async function runReplays(
  source: ReplaySource,
  sql: Sql,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<RunningConsumer> {
  const driver = Bun.randomUUIDv7()
  const bookkeeping = bookkeepingPool(sql, { connections: 1 })
  const retry = createRetry(log, `replays of ${source.name}`, 'the database or the queue')
  const leaving = new AbortController()
  const news = createNotify()
  const count = (outcome: string, messages: number) => messages > 0 && countMessages('replays', outcome, messages)
  /** When each replay may send again, and be looked after again, while it is in this state. */
  const pace = new Map<string, { state: DrivenReplay['state']; send_at: number; follow_at: number }>()

  async function drive(): Promise<void> {
    while (!leaving.signal.aborted) {
      try {
        await news.notified(await retry(turn, leaving.signal))
      } catch (err) {
        log.debug({ err }, 'the last turn of replays failed; whoever drives them next repeats it')
      }
    }
  }

  /** Gives each replay what is due; how long until something is. */
  async function turn(): Promise<number> {
    const driven = await leaseReplays(bookkeeping, source.name, driver)
    // What is in the queue of a paused consumer could not be taken back.
    const held = driven.length > 0 && (await readConsumerState(bookkeeping, source.name)).state === 'paused'
    let wait_ms = POLL_MS
    for (const replay of driven) {
      if (leaving.signal.aborted) break
      wait_ms = Math.min(wait_ms, await move(replay, held))
    }
    for (const id of pace.keys()) if (!driven.some((replay) => replay.id === id)) pace.delete(id)
    return Math.max(0, wait_ms)
  }

  async function move(replay: DrivenReplay, held: boolean): Promise<number> {
    const { id, state, rate_per_s, name } = replay
    const now = performance.now()
    const due = pace.get(id) ?? { state, send_at: now, follow_at: now }
    if (due.state !== state) Object.assign(due, { state, send_at: Math.max(due.send_at, now), follow_at: now })
    pace.set(id, due)
    // What a program that died had claimed goes first.
    let sent = await publishClaimed(bookkeeping, source, replay)
    const sends = !held && (state === 'canary' || state === 'running')
    if (sends && sent === 0 && due.send_at <= now) {
      const batch = Math.max(1, Math.min(MAX_BATCH, Math.floor(rate_per_s * BATCH_S)))
      const claimed = await claimLetters(bookkeeping, source, replay, batch)
      // A program that was late catches up with a second at most.
      due.send_at = claimed === 0 ? now + FOLLOW_MS : Math.max(due.send_at, now - 1000) + (claimed / rate_per_s) * 1000
      sent += await publishClaimed(bookkeeping, source, replay)
    }
    count('sent', sent)
    let moved = sent > 0
    if (due.follow_at <= now) {
      const { succeeded, died_again, open } = await followLetters(bookkeeping, source, replay)
      count('succeeded', succeeded)
      count('died_again', died_again)
      const now_is = await concludeReplay(bookkeeping, replay)
      if (now_is) log.info({ replay_id: id, name, state: now_is }, `the replay is ${now_is}`)
      moved ||= succeeded + died_again > 0 || now_is !== undefined
      const done = performance.now()
      due.follow_at = done + (sends || open > 0 ? Math.max(FOLLOW_MS, 4 * (done - now)) : POLL_MS)
    }
    if (moved) await announceReplays(bookkeeping)
    return Math.min(due.follow_at, sends ? due.send_at : Infinity) - performance.now()
  }

  const unsubscribe = await listen(sql, REPLAYS_CHANNEL, (payload) => {
    if (payload === '' || payload === source.name) news.notifyOne()
  })
  const driving = drive()
  return {
    async stop() {
      leaving.abort()
      news.notifyOne()
      await driving
      try {
        await releaseReplays(bookkeeping, driver)
        await unsubscribe()
      } catch (err) {
        log.debug({ err }, 'replays are not handed over; their lease ends by itself')
      }
      await bookkeeping.end({ timeout: 5 })
    },
  }
}
