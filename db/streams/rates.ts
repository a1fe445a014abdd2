/** How fast a partition grows and is read, and when it will be read to its end. */
import type { Reading } from './past.ts'

export interface Rates {
  /** Messages a second; null while nothing is on record. */
  produced_per_s: number | null
  finished_per_s: number | null
  /** The lag at the beginning of what they were measured over. */
  lag_before: number | null
  /** Until it is read to its end at these rates; null: it never is, or it is not known. */
  clear_s: number | null
}

/** Two readings closer than this say nothing of a rate. */
const LEAST_S = 5

/** `past`: oldest first. Where the topic was made anew, or the group set back, what was before says nothing. */
export function ratesOf(now: Reading, past: readonly Reading[]): Rates {
  const lag = Math.max(0, now.end - now.committed)
  const first = [...past, now].reduce((from, one, n, all) => {
    const before = all[n - 1]
    return before && (one.end < before.end || one.committed < before.committed) ? one : from
  }, past[0] ?? now)
  const seconds = (now.at_ms - first.at_ms) / 1000
  if (seconds < LEAST_S)
    return { produced_per_s: null, finished_per_s: null, lag_before: null, clear_s: lag === 0 ? 0 : null }
  const produced_per_s = (now.end - first.end) / seconds
  const finished_per_s = (now.committed - first.committed) / seconds
  const gain_per_s = finished_per_s - produced_per_s
  const clear_s = lag === 0 ? 0 : gain_per_s > 0 ? lag / gain_per_s : null
  return { produced_per_s, finished_per_s, lag_before: Math.max(0, first.end - first.committed), clear_s }
}

/** Of partitions that are read side by side: their rates add up, and the slowest decides when all are read. */
export function ratesOfAll(partitions: readonly Rates[]): Rates {
  const sum = (figure: (of: Rates) => number | null) => {
    const known = partitions.map(figure)
    return known.includes(null) ? null : known.reduce((total: number, one) => total + one!, 0)
  }
  const times = partitions.map(({ clear_s }) => clear_s)
  return {
    produced_per_s: sum((one) => one.produced_per_s),
    finished_per_s: sum((one) => one.finished_per_s),
    lag_before: sum((one) => one.lag_before),
    clear_s: times.includes(null) ? null : Math.max(0, ...times.map((one) => one!)),
  }
}

export type Trend = 'growing' | 'steady' | 'falling'

/** Smaller shares of a lag come and go. */
const STEADY_SHARE = 0.05

export function trendOf(lag: number, before: number | null): Trend | null {
  if (before === null) return null
  if (Math.abs(lag - before) <= STEADY_SHARE * Math.max(lag, before)) return 'steady'
  return lag > before ? 'growing' : 'falling'
}
