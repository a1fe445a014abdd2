/**
 * Statements of a history: its rows in `<table>_by_day`, and the days that have some in `<table>_days`. A day is listed before its first
 * row is written, so that a crash leaves no row that a read would not find. See schema.ts.
 */
import { concurrent, type Client, type types } from 'cassandra-driver'
import type { HistoryRead, HistoryRow } from '../history.ts'
import type { ListedDays } from './listed-days.ts'
import { daysTable, rowsTable } from './schema.ts'
import { writeSideBySide } from './side-by-side.ts'
import type { CassandraEndpoint } from './url.ts'
import type { WriteTime } from './write-times.ts'

const DAY_MS = 86_400_000
/** Rows of one answer; a read of more than that takes several. */
const FETCH_ROWS = 1_000
/** Days of one answer, of which a page of a hundred rows seldom needs more. */
const FETCH_DAYS = 100
/** Days that are read side by side where each has few rows. */
const MAX_WIDTH = 25
const GROWTH = 4

export type RowValues = [partition: string, day: string, at: Date, id: string, data: string, time: number]

export const rowValues = (rows: HistoryRow[], timeOf: WriteTime): RowValues[] =>
  rows.map(({ partition, at, id, data, written_at }) => [
    partition,
    String(dayOf(at)),
    at,
    id,
    JSON.stringify(data),
    timeOf(written_at),
  ])

export async function writeRows(
  client: Client,
  endpoint: CassandraEndpoint,
  listed: ListedDays,
  table: string,
  rows: RowValues[],
): Promise<void> {
  const options = { concurrencyLevel: endpoint.concurrency }
  const days = listed.unlisted(
    table,
    rows.map(([partition, day]) => ({ partition, day })),
  )
  if (days.length > 0) {
    const values = days.map(({ partition, day }) => [partition, day])
    await concurrent.executeConcurrent(client, listStatement(endpoint, table), values, options)
    listed.add(table, days)
  }
  const partitionOf = ([partition, day]: RowValues) => `${day} ${partition}`
  await writeSideBySide(client, insertStatement(endpoint, table), rows, partitionOf, endpoint.concurrency)
}

export const insertStatement = (endpoint: CassandraEndpoint, table: string) =>
  `insert into ${rowsTable(endpoint, table)} ("partition", day, at, id, data) values (?, ?, ?, ?, ?) using timestamp ?`

export const listStatement = (endpoint: CassandraEndpoint, table: string) =>
  `insert into ${daysTable(endpoint, table)} ("partition", day) values (?, ?)`

/** Reads only the days between the bounds, newest first, until there are enough rows. */
export async function readRows(
  client: Client,
  endpoint: CassandraEndpoint,
  table: string,
  partition: string,
  read: HistoryRead,
): Promise<HistoryRow[]> {
  const { where, values } = restrictions(read)
  const statement = `select at, id, data from ${rowsTable(endpoint, table)} where "partition" = ? and day = ?${where} limit ?`

  async function rowsOf(day: number, limit: number): Promise<HistoryRow[]> {
    const result = await client.execute(statement, [partition, String(day), ...values, limit], {
      fetchSize: FETCH_ROWS,
    })
    const rows: HistoryRow[] = []
    for await (const row of result)
      rows.push({ partition, at: row.at as Date, id: row.id as string, data: JSON.parse(row.data as string) })
    return rows
  }

  const days = daysOf(client, endpoint, table, partition, read)
  let rows: HistoryRow[] = []
  let width = 1
  for (let asked = 0; rows.length < read.limit; asked += width) {
    const missing = read.limit - rows.length
    // As many days as have the missing rows, if they are like those so far, of which the first may be only a part.
    if (asked > 0) width = Math.min(MAX_WIDTH, GROWTH * width, Math.ceil((missing * asked) / rows.length))
    const next = await taken(days, width)
    if (next.length === 0) break
    rows = rows.concat(...(await Promise.all(next.map((day) => rowsOf(day, missing)))))
  }
  return rows.slice(0, read.limit)
}

/** The listed days between the bounds, newest first; a single one is not looked up. */
async function* daysOf(
  client: Client,
  endpoint: CassandraEndpoint,
  table: string,
  partition: string,
  { from, to, before }: HistoryRead,
): AsyncGenerator<number> {
  const oldest = from && dayOf(from)
  const newest = Math.min(to ? dayOf(new Date(to.getTime() - 1)) : Infinity, before ? dayOf(before.at) : Infinity)
  if (oldest !== undefined && oldest >= newest) {
    if (oldest === newest) yield oldest
    return
  }
  const conditions: string[] = []
  const values: string[] = []
  if (oldest !== undefined) {
    conditions.push(' and day >= ?')
    values.push(String(oldest))
  }
  if (newest !== Infinity) {
    conditions.push(' and day <= ?')
    values.push(String(newest))
  }
  const statement = `select day from ${daysTable(endpoint, table)} where "partition" = ?${conditions.join('')}`
  const result = await client.execute(statement, [partition, ...values], { fetchSize: FETCH_DAYS })
  for await (const row of result) yield dayNumber(row.day as types.LocalDate)
}

async function taken<T>(from: AsyncGenerator<T>, count: number): Promise<T[]> {
  const values: T[] = []
  while (values.length < count) {
    const { done, value } = await from.next()
    if (done) break
    values.push(value)
  }
  return values
}

/** All on tuples that begin with `at`: Cassandra allows no mixture, and one bound at each end. */
function restrictions({ from, to, before }: HistoryRead): { where: string; values: unknown[] } {
  const conditions: string[] = []
  const values: unknown[] = []
  if (from) {
    conditions.push('(at) >= (?)')
    values.push(from)
  }
  if (before && !(to && to <= before.at)) {
    conditions.push('(at, id) < (?, ?)')
    values.push(before.at, before.id)
  } else if (to) {
    conditions.push('(at) < (?)')
    values.push(to)
  }
  return { where: conditions.map((condition) => ` and ${condition}`).join(''), values }
}

/** Days since 1970, in UTC; as a text, it is what the driver takes for a date. */
const dayOf = (at: Date) => Math.floor(at.getTime() / DAY_MS)
const dayNumber = (date: types.LocalDate) => date.toBuffer().readUInt32BE() - 2 ** 31
