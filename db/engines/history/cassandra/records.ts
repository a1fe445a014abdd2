/** Statements of a table of records; its columns are written together and so stand together. */
import type { Client } from 'cassandra-driver'
import type { HistoryRecord, RecordTable } from '../records.ts'
import { newestRecords } from '../records.ts'
import type { WriteTime } from './write-times.ts'

export const recordTableName = ({ keyspace, name }: RecordTable) => `"${keyspace}"."${name}"`

export function upsertStatement(table: RecordTable): string {
  const columns = [table.key, ...table.columns].map((column) => `"${column}"`)
  return `insert into ${recordTableName(table)} (${columns.join(', ')})
    values (${columns.map(() => '?').join(', ')}) using timestamp ?`
}

export const recordValues = ({ columns }: RecordTable, records: HistoryRecord[], timeOf: WriteTime) =>
  newestRecords(records).map(({ key, values, written_at }) => [
    key,
    ...columns.map((column) => values[column] ?? null),
    timeOf(written_at),
  ])

/** The columns that the table lacks; undefined where there is no table. */
export async function missingColumns(client: Client, table: RecordTable): Promise<string[] | undefined> {
  const query = 'select column_name from system_schema.columns where keyspace_name = ? and table_name = ?'
  const { rows } = await client.execute(query, [table.keyspace, table.name])
  if (rows.length === 0) return undefined
  const found = rows.map((row) => String(row.get('column_name')))
  return table.columns.filter((column) => !found.includes(column))
}
