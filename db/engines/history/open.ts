/** Opens the history role: the driver that its URL names. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlHistory } from './sql/history.ts'
import type { History } from './history.ts'

export interface HistoryOptions {
  /** HISTORY_URL; unset: the role lives in `sql`. */
  url: string | undefined
  sql: Sql
  log: Log
}

export async function openHistory({ url, sql, log }: HistoryOptions): Promise<History> {
  if (url === undefined) return createSqlHistory(sql)
  return (await import('./cassandra/history.ts')).createCassandraHistory(url, sql, log)
}
