/** The history role on a table of PostgreSQL, whose primary key is the order in which rows are read. */
import type { Sql } from 'postgres'
import { withDeadline } from '../outlast.ts'
import type { History, HistoryRow } from './index.ts'

export function createSqlHistory(sql: Sql): History {
  return {
    async write(table, rows) {
      if (rows.length === 0) return
      // One statement may not touch a row twice: of two rows with one key, the later stands.
      const last = new Map(rows.map((row) => [`${row.partition}\0${row.at.getTime()}\0${row.id}`, row]))
      const unique = [...last.values()].toSorted(byKey)
      await withDeadline(sql`
        insert into history_rows ("table", partition, at, id, data)
        select ${table}, partition, at, id, data::jsonb
        from unnest(
          ${unique.map((row) => row.partition)}::text[],
          ${unique.map((row) => row.at.toISOString())}::timestamptz[],
          ${unique.map((row) => row.id)}::text[],
          ${unique.map((row) => JSON.stringify(row.data))}::text[]
        ) as rows (partition, at, id, data)
        on conflict ("table", partition, at, id) do update set data = excluded.data
        where history_rows.data is distinct from excluded.data`)
    },

    async read(table, partition, { limit, from, to, before }) {
      const rows = await withDeadline(sql<HistoryRow[]>`
        select partition, at, id, data from history_rows
        where "table" = ${table} and partition = ${partition}
          ${from ? sql`and at >= ${from}` : sql``}
          ${to ? sql`and at < ${to}` : sql``}
          ${before ? sql`and (at, id) < (${before.at}, ${before.id})` : sql``}
        order by at desc, id desc limit ${limit}`)
      return [...rows]
    },

    async close() {},
  }
}

/** The same order in every writer, so that two never wait for each other in a circle. */
function byKey(a: HistoryRow, b: HistoryRow): number {
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1
  return a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1)
}
