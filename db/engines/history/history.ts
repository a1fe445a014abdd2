/** The history role: wide rows by partition, newest first, upserted by a deterministic key (partition, at, id). */
import type { HistoryRecord, RecordTable } from './records.ts'

export interface HistoryRow {
  /** A read returns rows of one partition, e.g. of a sku. */
  partition: string
  at: Date
  id: string
  data: Record<string, unknown>
  /**
   * When what it says became known, e.g. when a message was produced; unset: now. A row with an earlier time never
   * replaces one with a later, so that a replay cannot bring back what was overtaken. A time in the future counts as now.
   */
  written_at?: Date
}

export interface HistoryRead {
  limit: number
  /** Only rows at this time or later. */
  from?: Date
  /** Only rows before this time. */
  to?: Date
  /** Keyset cursor: rows older than this one. */
  before?: { at: Date; id: string }
}

export interface History {
  /**
   * Resolves when every row is durable. Writing the same row again changes nothing; of rows with one key the one
   * written last stands, by `written_at` in milliseconds, and among equals by the order of calls and in a call.
   * When it throws, none, some or all rows may be there. Throws `history_refused`, before anything is written, for a
   * row that a driver could not keep as it is: see limits.ts.
   */
  write(table: string, rows: HistoryRow[]): Promise<void>
  /** Newest first; of one moment, by id from the last, in the order of its bytes in UTF-8. */
  read(table: string, partition: string, read: HistoryRead): Promise<HistoryRow[]>
  /**
   * Resolves when every record is durable; keyspace, table and columns are made where they are missing. Of records with one key
   * the one written last stands, as of rows. When it throws, none, some or all may be there. Throws `history_refused` as write does.
   */
  upsert(table: RecordTable, records: HistoryRecord[]): Promise<void>
  close(): Promise<void>
}
