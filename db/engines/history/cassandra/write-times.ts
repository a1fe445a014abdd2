/**
 * Cassandra keeps, of two writes of one cell, the one with the later time, in microseconds; of equal times the larger
 * value. Ours are in milliseconds, so the microseconds count the calls of one moment: what is written last stands.
 *
 * None lies in the future, whatever the caller says: such a row could be neither overwritten nor deleted until then.
 * After a clock has been set back, rows of the time between keep standing until it has come as far again.
 */

/** Moments whose count is remembered; a replay of old messages touches few at a time. */
const REMEMBERED = 10_000

export type WriteTime = (written_at: Date | undefined) => number

/** Call it once for each write; what it returns gives each row's time in microseconds. */
export function createWriteTimes(now: () => number = Date.now): () => WriteTime {
  const counts = new Map<number, number>()

  function nextOf(moment_ms: number): number {
    const count = Math.min((counts.get(moment_ms) ?? -1) + 1, 999)
    counts.delete(moment_ms)
    counts.set(moment_ms, count)
    if (counts.size > REMEMBERED) counts.delete(counts.keys().next().value!)
    return count
  }

  return () => {
    const now_ms = now()
    const mine = new Map<number, number>()
    return (written_at) => {
      const moment_ms = Math.min(written_at?.getTime() ?? now_ms, now_ms)
      let count = mine.get(moment_ms)
      if (count === undefined) mine.set(moment_ms, (count = nextOf(moment_ms)))
      return moment_ms * 1000 + count
    }
  }
}
