/** The journal role: small documents that say what was attempted, found by key, gone after their time to live. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlJournal } from './sql/journal.ts'

export interface JournalDocument {
  /** Writing the same id again replaces the document. */
  id: string
  /** What documents are looked up by, e.g. a message_id. */
  key: string
  at: Date
  data: Record<string, unknown>
}

export interface Journal {
  write(collection: string, documents: JournalDocument[], ttl_s: number): Promise<void>
  /** Oldest first; expired documents are never returned. */
  find(collection: string, key: string, limit: number): Promise<JournalDocument[]>
  close(): Promise<void>
}

export interface JournalOptions {
  /** JOURNAL_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

/** Opens the driver that the URL names. */
export async function openJournal({ url, sql, log }: JournalOptions): Promise<Journal> {
  if (url === undefined) return createSqlJournal(sql)
  return (await import('./mongodb/journal.ts')).createMongoJournal(url, log)
}
