/**
 * Which days of which partitions are listed in `<table>_days`, so that a write lists a day once and not with every row. The
 * memory is of one connection, since a cluster that was lost may come back without its last writes.
 */

/** Some 150 bytes each. */
const MAX_DAYS = 50_000
/** Somebody may empty the tables by hand: for so long at most a day with rows may stay unlisted. */
const KEEP_MS = 10 * 60_000

export interface PartitionDay {
  partition: string
  day: string
}

export interface ListedDays {
  /** Of `days`, each once, those that are not known to be listed. */
  unlisted(table: string, days: PartitionDay[]): PartitionDay[]
  add(table: string, days: PartitionDay[]): void
  clear(): void
}

export function createListedDays(now: () => number = () => performance.now()): ListedDays {
  const listed = new Map<string, number>()
  const keyOf = (table: string, { partition, day }: PartitionDay) => `${table} ${day} ${partition}`

  return {
    unlisted(table, days) {
      const oldest = now() - KEEP_MS
      const missing = new Map<string, PartitionDay>()
      for (const day of days) {
        const key = keyOf(table, day)
        if ((listed.get(key) ?? -Infinity) < oldest) missing.set(key, day)
      }
      return [...missing.values()]
    },

    add(table, days) {
      const moment = now()
      for (const day of days) {
        const key = keyOf(table, day)
        listed.delete(key)
        listed.set(key, moment)
        if (listed.size > MAX_DAYS) listed.delete(listed.keys().next().value!)
      }
    },

    clear: () => listed.clear(),
  }
}
