/**
 * Tables of records: a row a key, of plain columns, for those who read them without Doca. They lie in a keyspace, or on PostgreSQL
 * a schema, of their own, beside the histories.
 */
export interface RecordTable {
  keyspace: string
  name: string
  /** The column of the key, a UUID. */
  key: string
  /** The other columns, all of them texts. */
  columns: readonly string[]
}

export interface HistoryRecord {
  /** In small letters. */
  key: string
  /** By column; one that is missing is null. */
  values: Record<string, string | null>
  /** As of a row of the history: what is older never replaces what is newer, and a time in the future counts as now. */
  written_at: Date
}

/** Of the records of one call with one key, the one that stands: written latest, and of equal times the last. */
export function newestRecords(records: HistoryRecord[]): HistoryRecord[] {
  const now = Date.now()
  const writtenAt = ({ written_at }: HistoryRecord) => Math.min(written_at.getTime(), now)
  const standing = new Map<string, HistoryRecord>()
  for (const record of records) {
    const other = standing.get(record.key)
    if (!other || writtenAt(record) >= writtenAt(other)) standing.set(record.key, record)
  }
  return [...standing.values()]
}
