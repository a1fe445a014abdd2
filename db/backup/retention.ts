/**
 * Which archives to keep: the newest of each of the last 7 days, 4 weeks and 12 months that have one, in UTC, and every
 * one that is less than a day older than the newest: somebody made it on purpose.
 */
import { archiveTime } from './file-names.ts'

export const KEPT = { daily: 7, weekly: 4, monthly: 12 } as const

const DAY_MS = 24 * 3600_000

/** Splits names of archives into those to keep and those to delete; a name that is not ours is in neither. */
export function decideRetention(names: string[]): { keep: string[]; remove: string[] } {
  const newest_first = names
    .flatMap((name) => {
      const at = archiveTime(name)
      return at ? [{ name, at }] : []
    })
    .toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1))
  const keep = new Set<string>()
  for (const { name, at } of newest_first) if (newest_first[0]!.at.getTime() - at.getTime() < DAY_MS) keep.add(name)
  const keepNewestOf = (period: (at: Date) => string | number, periods: number) => {
    const seen = new Set<string | number>()
    for (const { name, at } of newest_first) {
      if (seen.has(period(at))) continue
      if (seen.size === periods) return
      seen.add(period(at))
      keep.add(name)
    }
  }
  keepNewestOf((at) => at.toISOString().slice(0, 10), KEPT.daily)
  // 1970-01-01 was a Thursday: with three days more, weeks begin on Monday.
  keepNewestOf((at) => Math.floor((at.getTime() / DAY_MS + 3) / 7), KEPT.weekly)
  keepNewestOf((at) => at.toISOString().slice(0, 7), KEPT.monthly)
  return {
    keep: newest_first.filter(({ name }) => keep.has(name)).map(({ name }) => name),
    remove: newest_first.filter(({ name }) => !keep.has(name)).map(({ name }) => name),
  }
}
