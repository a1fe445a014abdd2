import type { HistoryRow } from './history.ts'

/** Of the rows of one call with one key, the one that stands: written latest, and of equal times the last. */
export function newestRows(rows: HistoryRow[]): HistoryRow[] {
  // One moment for the whole call: a row written now is not older than the one before it, written now as well.
  const now = Date.now()
  // Without a time a row is written now, which nothing is later than.
  const writtenAt = ({ written_at }: HistoryRow) => Math.min(written_at?.getTime() ?? now, now)
  const standing = new Map<string, HistoryRow>()
  for (const row of rows) {
    const key = `${row.partition}\0${row.at.getTime()}\0${row.id}`
    const other = standing.get(key)
    if (!other || writtenAt(row) >= writtenAt(other)) standing.set(key, row)
  }
  return [...standing.values()]
}
