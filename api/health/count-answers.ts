/**
 * Counts answers for the KPIs, and adds them to the database every few seconds. While the database is away they are
 * kept here; a killed process loses only the last few seconds. What machines ask about the API itself does not count:
 * on a quiet day it would be nearly all that there is.
 */
import type { Sql } from 'postgres'
import { addApiMinutes, LATENCY_BOUNDS_MS, type MinuteCounts } from '../../db/monitoring/api-minutes.ts'

export interface AnswerCounter {
  count(status: number, seconds: number): void
  /** Adds what was counted to the database. Never rejects: what could not be added is tried with the next. */
  flush(): Promise<void>
}

const MINUTE_MS = 60_000
const FLUSH_EVERY_MS = 15_000
const LAST_FLUSH_MS = 2_000
/** A day without a database; what is older is given up. */
const MOST_MINUTES = 1440

export function createAnswerCounter(sql: Sql, now_ms = Date.now): AnswerCounter {
  let minutes = new Map<number, MinuteCounts>()
  let flushing: Promise<void> | undefined

  async function add(): Promise<void> {
    const counted = minutes
    minutes = new Map()
    if (counted.size === 0) return
    try {
      await addApiMinutes(sql, [...counted.values()])
    } catch {
      // That the database is away is said elsewhere, and by everyone.
      for (const [at, later] of minutes) counted.set(at, sum(counted.get(at), later))
      minutes = new Map([...counted].slice(-MOST_MINUTES))
    }
  }

  return {
    count(status, seconds) {
      const at = Math.floor(now_ms() / MINUTE_MS) * MINUTE_MS
      const counts = minutes.get(at) ?? emptyMinute(at)
      minutes.set(at, counts)
      counts.answers++
      if (status >= 500) counts.errors++
      const found = LATENCY_BOUNDS_MS.findIndex((bound) => seconds * 1000 <= bound)
      counts.latencies[found === -1 ? LATENCY_BOUNDS_MS.length : found]!++
    },
    flush() {
      // One at a time: a database that hangs holds one statement of ours, not one more every few seconds.
      flushing ??= add().finally(() => (flushing = undefined))
      return flushing
    },
  }
}

/** Flushes now and then; the function that it returns flushes a last time and stops. */
export function keepAnswers(counter: AnswerCounter): () => Promise<void> {
  const timer = setInterval(() => void counter.flush(), FLUSH_EVERY_MS)
  return async () => {
    clearInterval(timer)
    // The first is perhaps one that is under way, and did not take all. Nobody waits long for a database that is away.
    await Promise.race([counter.flush().then(counter.flush), Bun.sleep(LAST_FLUSH_MS)])
  }
}

const emptyMinute = (at: number): MinuteCounts => ({
  minute: new Date(at),
  answers: 0,
  errors: 0,
  latencies: LATENCY_BOUNDS_MS.map(() => 0).concat(0),
})

function sum(a: MinuteCounts | undefined, b: MinuteCounts): MinuteCounts {
  if (!a) return b
  return {
    minute: a.minute,
    answers: a.answers + b.answers,
    errors: a.errors + b.errors,
    latencies: a.latencies.map((count, place) => count + b.latencies[place]!),
  }
}
