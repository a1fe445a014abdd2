/**
 * The history role on Cassandra or ScyllaDB: a table per history, a wide row per partition; and tables of records. Every statement is
 * idempotent and prepared; a write is as many single-row statements side by side, never a batch across partitions.
 */
import { concurrent, type Client } from 'cassandra-driver'
import type { Sql } from 'postgres'
import { ConfigError } from '../../../../lib/env.ts'
import type { Log } from '../../../../lib/log.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { openConnection } from './connection.ts'
import { engineName, historyError, isMissingColumn, isMissingTable } from './errors.ts'
import { recordValues, upsertStatement } from './records.ts'
import { ensureKeyspace, ensureRecordTable, ensureTable, tableName } from './schema.ts'
import { readCassandraUrl } from './url.ts'
import type { History, HistoryRead, HistoryRow } from '../history.ts'
import { checkRecords, checkRecordTable, checkRows, checkTable } from '../limits.ts'
import { newestRows } from '../newest-rows.ts'
import { createWriteTimes } from './write-times.ts'

/** Written within one deadline. */
const SLICE_ROWS = 1_000
const SLICE_CHARACTERS = 4 * 1024 * 1024
/** Rows of one answer; a read of more than that takes several. */
const FETCH_ROWS = 1_000
const DEADLINE_MS = 15_000
const CLOSE_MS = 5_000
const MAKE_TRIES = 20
const MAKE_DELAY_MS = 100

/** Throws `engine_refused` when the cluster refuses us; goes on without one that is away. */
export async function createCassandraHistory(url: string, sql: Sql, log: Log): Promise<History> {
  const { endpoint, problems } = readCassandraUrl(url)
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `HISTORY_URL ${problem}`))
  const connection = await openConnection(endpoint, log, (client) => ensureKeyspace(client, endpoint, sql))
  const writeTimes = createWriteTimes()
  const creating = new Map<string, Promise<void>>()
  const running = new Set<Promise<unknown>>()

  /** One creation of a table at a time. */
  function create(table: string, make: () => Promise<void>): Promise<void> {
    const created = creating.get(table) ?? make().finally(() => creating.delete(table))
    creating.set(table, created)
    return created
  }

  async function call<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const answer = withDeadline(question(connection.client()), DEADLINE_MS, engineName(endpoint))
    running.add(answer)
    try {
      return await answer
    } finally {
      running.delete(answer)
    }
  }

  /** Makes the table when it is missing. A node may list it a moment before it serves it. */
  async function onceMade(
    table: string,
    make: (client: Client) => Promise<void>,
    write: () => Promise<unknown>,
  ): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await write()
        return
      } catch (thrown) {
        if (!(isMissingTable(thrown) || isMissingColumn(thrown)) || tries === MAKE_TRIES) throw thrown
        if (tries > 0) await Bun.sleep(MAKE_DELAY_MS)
        await call((client) => create(table, () => make(client)))
      }
    }
  }

  async function writeAll(
    statement: string,
    values: unknown[][],
    table: string,
    make: (client: Client) => Promise<void>,
  ): Promise<void> {
    for (const slice of slices(values)) {
      const write = (client: Client) =>
        concurrent.executeConcurrent(client, statement, slice, { concurrencyLevel: endpoint.concurrency })
      await onceMade(table, make, () => call(write))
    }
  }

  return {
    async write(table, rows) {
      checkTable(table)
      checkRows(rows)
      const time = writeTimes()
      const statement = `insert into ${tableName(endpoint, table)} ("partition", at, id, data)
        values (?, ?, ?, ?) using timestamp ?`
      const values = newestRows(rows).map((row) => valuesOf(row, time(row.written_at)))
      try {
        await writeAll(statement, values, table, (client) => ensureTable(client, endpoint, sql, table))
      } catch (thrown) {
        throw historyError(thrown, endpoint)
      }
    },

    async read(table, partition, read) {
      checkTable(table)
      const { where, values } = restrictions(read)
      const statement = `select at, id, data from ${tableName(endpoint, table)} where "partition" = ?${where} limit ?`
      try {
        return await call(async (client) => {
          const result = await client.execute(statement, [partition, ...values, read.limit], { fetchSize: FETCH_ROWS })
          const rows: HistoryRow[] = []
          for await (const row of result)
            rows.push({ partition, at: row.at as Date, id: row.id as string, data: JSON.parse(row.data as string) })
          return rows
        })
      } catch (thrown) {
        // Made by the first write.
        if (isMissingTable(thrown)) return []
        throw historyError(thrown, endpoint)
      }
    },

    async upsert(table, records) {
      checkRecordTable(table)
      checkRecords(table, records)
      const { keyspace, name } = table
      // Of another keyspace, the same cluster.
      const place = { ...endpoint, keyspace }
      const values = recordValues(table, records, writeTimes())
      try {
        await writeAll(upsertStatement(table), values, `${keyspace}.${name}`, (client) =>
          ensureRecordTable(client, place, sql, table),
        )
      } catch (thrown) {
        throw historyError(thrown, place)
      }
    },

    async close() {
      const busy = Promise.allSettled(running)
      await withDeadline(busy, CLOSE_MS, engineName(endpoint)).catch(() => {})
      await connection.close()
    },
  }
}

type Values = [partition: string, at: Date, id: string, data: string, time: number]

const valuesOf = ({ partition, at, id, data }: HistoryRow, time: number): Values => [
  partition,
  at,
  id,
  JSON.stringify(data),
  time,
]

function* slices(values: unknown[][]): Generator<unknown[][]> {
  let slice: unknown[][] = []
  let characters = 0
  for (const value of values) {
    slice.push(value)
    for (const part of value) if (typeof part === 'string') characters += part.length
    if (slice.length < SLICE_ROWS && characters < SLICE_CHARACTERS) continue
    yield slice
    slice = []
    characters = 0
  }
  if (slice.length > 0) yield slice
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
