/** Reports an engine that goes away once, and that it is back once, however many calls notice it. */
import { messageOf } from './errors.ts'
import type { Log } from './log.ts'

export interface Outage {
  /** A call failed because the engine is away; true when that is news. `begun_at` (performance.now) is when it began. */
  failed(err: unknown, begun_at?: number): boolean
  /** A call was answered. */
  answered(begun_at?: number): void
  /** Somebody else has reported it. */
  assume(away: boolean): void
}

/** Warns `begins`, with the reason, when the engine goes away, and logs `ends` when it is back. */
export function createOutage(log: Log, begins: string, ends: string): Outage {
  // Calls overlap: one that began before the outage was over may still fail after another has succeeded.
  let away = false
  let changed_at = -Infinity
  function turn(now_away: boolean, begun_at: number): boolean {
    if (now_away === away || begun_at < changed_at) return false
    away = now_away
    changed_at = performance.now()
    return true
  }
  return {
    failed(err, begun_at = performance.now()) {
      const news = turn(true, begun_at)
      if (news)
        log.warn({ err: err instanceof Error ? err : new Error(messageOf(err)) }, `${begins}: ${messageOf(err)}`)
      return news
    },
    answered(begun_at = performance.now()) {
      if (turn(false, begun_at)) log.info(ends)
    },
    assume: (now_away) => void (away = now_away),
  }
}
