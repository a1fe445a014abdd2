/** The history role: wide rows by partition, newest first, upserted by a deterministic key (partition, at, id). */
export interface HistoryRow {
  /** What one read asks for, e.g. a sku. */
  partition: string
  at: Date
  id: string
  data: Record<string, unknown>
}

export interface HistoryRead {
  limit: number
  /** Only rows at or after / before these times. */
  from?: Date
  to?: Date
  /** Keyset cursor: rows older than this one. */
  before?: { at: Date; id: string }
}

export interface History {
  /** Writing the same row again changes nothing. */
  write(table: string, rows: HistoryRow[]): Promise<void>
  read(table: string, partition: string, read: HistoryRead): Promise<HistoryRow[]>
  close(): Promise<void>
}
