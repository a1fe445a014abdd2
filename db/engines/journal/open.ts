/** Opens the journal role: the driver that its URL names. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlJournal } from './sql/journal.ts'
import type { Journal } from './journal.ts'

export interface JournalOptions {
  /** JOURNAL_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

export async function openJournal({ url, sql, log }: JournalOptions): Promise<Journal> {
  if (url === undefined) return createSqlJournal(sql)
  return (await import('./mongodb/journal.ts')).createMongoJournal(url, log)
}
