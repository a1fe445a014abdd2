/** The history role on a table of PostgreSQL, whose primary key is the order in which rows are read. */
import type { Sql } from 'postgres'
import type { History, HistoryRow } from '../history.ts'
import { checkRecords, checkRecordTable, checkRows, checkTable } from '../limits.ts'
import { newestRows } from '../newest-rows.ts'
import { createRecordTables } from './records.ts'

export function createSqlHistory(sql: Sql): History {
  const writeRecords = createRecordTables(sql)
  return {
    async write(table, rows) {
      checkTable(table)
      checkRows(rows)
      if (rows.length === 0) return
      // One statement may not touch a row twice.
      const unique = newestRows(rows).toSorted(byKey)
      // In whole milliseconds, as callers' times are: what is written now is not older than what they wrote just before.
      await sql`
        insert into history_rows ("table", partition, at, id, data, written_at)
        select ${table}, partition, at, id, data::jsonb,
          date_trunc('milliseconds', least(written_at, statement_timestamp()))
        from unnest(
          ${unique.map((row) => row.partition)}::text[],
          ${unique.map((row) => row.at.toISOString())}::timestamptz[],
          ${unique.map((row) => row.id)}::text[],
          ${unique.map((row) => JSON.stringify(row.data))}::text[],
          ${unique.map((row) => row.written_at?.toISOString() ?? null)}::timestamptz[]
        ) as rows (partition, at, id, data, written_at)
        on conflict ("table", partition, at, id) do update set data = excluded.data, written_at = excluded.written_at
        where excluded.written_at > history_rows.written_at
          or excluded.written_at = history_rows.written_at and history_rows.data is distinct from excluded.data`
    },

    async read(table, partition, { limit, from, to, before }) {
      checkTable(table)
      const rows = await sql<HistoryRow[]>`
        select partition, at, id, data from history_rows
        where "table" = ${table} and partition = ${partition}
          ${from ? sql`and at >= ${from}` : sql``}
          ${to ? sql`and at < ${to}` : sql``}
          ${before ? sql`and (at, id) < (${before.at}, ${before.id})` : sql``}
        order by at desc, id desc limit ${limit}`
      return [...rows]
    },

    async upsert(table, records) {
      checkRecordTable(table)
      checkRecords(table, records)
      await writeRecords(table, records)
    },

    async close() {},
  }
}

/** The same order in every writer, so that two never wait for each other in a circle. */
function byKey(a: HistoryRow, b: HistoryRow): number {
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1
  return a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1)
}
