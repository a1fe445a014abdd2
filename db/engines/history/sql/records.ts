/** Tables of records on PostgreSQL: schema, table and columns are made where they are missing. `written_at` is a column more. */
import type { Sql } from 'postgres'
import { newestRecords, type HistoryRecord, type RecordTable } from '../records.ts'

/** Any number that no other advisory lock of ours has. */
const TABLES_LOCK = 4_711_043

export function createRecordTables(sql: Sql) {
  const made = new Map<string, Promise<void>>()

  async function write(table: RecordTable, records: HistoryRecord[]): Promise<void> {
    const { keyspace, name, key, columns } = table
    const rows = newestRecords(records)
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key: id, values, written_at }) => ({ ...values, [key]: id, written_at }))
    const place = sql.unsafe(`${quoted(keyspace)}.${quoted(name)}`)
    const all = sql.unsafe([key, ...columns, 'written_at'].map(quoted).join(', '))
    const given = sql.unsafe([key, ...columns].map(quoted).join(', '))
    const of = (row: string) => sql.unsafe([key, ...columns].map((column) => `${row}.${quoted(column)}`).join(', '))
    const replaced = sql.unsafe(
      [...columns, 'written_at'].map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', '),
    )
    // One statement touches a row once, and in one order in every writer, so that two never wait for each other in a circle.
    await sql`
      insert into ${place} as kept (${all})
      select ${given}, date_trunc('milliseconds', least(written_at, statement_timestamp()))
      from json_populate_recordset(null::${place}, ${JSON.stringify(rows)}::text::json)
      on conflict (${sql.unsafe(quoted(key))}) do update set ${replaced}
      where excluded.written_at > kept.written_at
        or excluded.written_at = kept.written_at and (${of('excluded')}) is distinct from (${of('kept')})`
  }

  function make(table: RecordTable): Promise<void> {
    const whole = JSON.stringify(table)
    const making = made.get(whole) ?? makeTable(sql, table)
    made.set(whole, making)
    making.catch(() => made.delete(whole))
    return making
  }

  return async (table: RecordTable, records: HistoryRecord[]): Promise<void> => {
    if (records.length === 0) return
    await make(table)
    try {
      await write(table, records)
    } catch (err) {
      if (!isMissing(err)) throw err
      made.clear()
      await make(table)
      await write(table, records)
    }
  }
}

/** What is there is left alone: `if not exists` takes locks, and waits for whoever reads. */
async function makeTable(sql: Sql, { keyspace, name, key, columns }: RecordTable): Promise<void> {
  const found = (ask: Sql) => ask<{ column_name: string }[]>`
    select column_name from information_schema.columns where table_schema = ${keyspace} and table_name = ${name}`
  const wanted = [key, ...columns, 'written_at']
  const missingOf = (rows: { column_name: string }[]) =>
    wanted.filter((column) => !rows.some(({ column_name }) => column_name === column))
  if (missingOf(await found(sql)).length === 0) return
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${TABLES_LOCK})`
    const rows = await found(tx as unknown as Sql)
    const place = `${quoted(keyspace)}.${quoted(name)}`
    if (rows.length === 0) {
      const texts = columns.map((column) => `${quoted(column)} text`)
      await tx.unsafe(`create schema if not exists ${quoted(keyspace)}`)
      await tx.unsafe(`create table ${place} (
        ${[`${quoted(key)} uuid primary key`, ...texts, 'written_at timestamptz not null'].join(', ')})`)
      return
    }
    for (const column of missingOf(rows))
      await tx.unsafe(
        `alter table ${place} add column ${quoted(column)} ${column === 'written_at' ? "timestamptz not null default 'epoch'" : 'text'}`,
      )
  })
}

/** A schema, table or column that went since it was made. */
const isMissing = (err: unknown) => /^(?:3F000|42P01|42703)$/.test((err as { code?: string }).code ?? '')

/** Names are checked: see limits.ts. */
const quoted = (name: string) => `"${name}"`
