/** The history role: wide rows by partition, newest first, upserted by a deterministic key (partition, at, id). */
import type { Sql } from 'postgres'
import { notYet } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { createSqlHistory } from './sql.ts'

export interface HistoryRow {
  /** What one read asks for, e.g. a sku. */
  partition: string
  at: Date
  id: string
  data: Record<string, unknown>
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
   * written last stands.
   */
  write(table: string, rows: HistoryRow[]): Promise<void>
  /** Newest first; of one moment, by id from the last. */
  read(table: string, partition: string, read: HistoryRead): Promise<HistoryRow[]>
  close(): Promise<void>
}

export interface HistoryOptions {
  /** HISTORY_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

/** Opens the driver that the URL names. */
export async function openHistory({ url, sql }: HistoryOptions): Promise<History> {
  if (url === undefined) return createSqlHistory(sql)
  throw notYet('HISTORY_URL')
}
