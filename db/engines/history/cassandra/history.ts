/**
 * The history role on Cassandra or ScyllaDB: a history is a wide row per partition and day; and tables of records. Every statement is
 * idempotent and prepared; a write is many statements side by side, none of them across partitions.
 */
import { concurrent, type Client } from 'cassandra-driver'
import type { Sql } from 'postgres'
import { ConfigError } from '../../../../lib/env.ts'
import type { Log } from '../../../../lib/log.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { openConnection } from './connection.ts'
import { engineName, historyError, isMissingColumn, isMissingTable } from './errors.ts'
import { recordValues, upsertStatement } from './records.ts'
import { createListedDays } from './listed-days.ts'
import { readRows, rowValues, writeRows } from './rows.ts'
import { ensureKeyspace, ensureRecordTable, ensureTables } from './schema.ts'
import { slices } from './side-by-side.ts'
import { readCassandraUrl } from './url.ts'
import type { History } from '../history.ts'
import { checkRecords, checkRecordTable, checkRows, checkTable } from '../limits.ts'
import { newestRows } from '../newest-rows.ts'
import { createWriteTimes } from './write-times.ts'

/** Written within one deadline. */
const SLICE_ROWS = 1_000
const SLICE_CHARACTERS = 4 * 1024 * 1024
const DEADLINE_MS = 15_000
const CLOSE_MS = 5_000
const MAKE_TRIES = 20
const MAKE_DELAY_MS = 100

/** Throws `engine_refused` when the cluster refuses us; goes on without one that is away. */
export async function createCassandraHistory(url: string, sql: Sql, log: Log): Promise<History> {
  const { endpoint, problems } = readCassandraUrl(url)
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `HISTORY_URL ${problem}`))
  const listed = createListedDays()
  const connection = await openConnection(endpoint, log, async (client) => {
    listed.clear()
    await ensureKeyspace(client, endpoint, sql)
  })
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

  async function writeAll<T extends unknown[]>(
    values: T[],
    write: (client: Client, slice: T[]) => Promise<unknown>,
    table: string,
    make: (client: Client) => Promise<void>,
  ): Promise<void> {
    for (const slice of slices(values, SLICE_ROWS, SLICE_CHARACTERS))
      await onceMade(table, make, () => call((client) => write(client, slice)))
  }

  return {
    async write(table, rows) {
      checkTable(table)
      checkRows(rows)
      try {
        await writeAll(
          rowValues(newestRows(rows), writeTimes()),
          (client, slice) => writeRows(client, endpoint, listed, table, slice),
          table,
          (client) => {
            listed.clear()
            return ensureTables(client, endpoint, sql, table)
          },
        )
      } catch (thrown) {
        throw historyError(thrown, endpoint)
      }
    },

    async read(table, partition, read) {
      checkTable(table)
      try {
        return await call((client) => readRows(client, endpoint, table, partition, read))
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
      const options = { concurrencyLevel: endpoint.concurrency }
      try {
        await writeAll(
          recordValues(table, records, writeTimes()),
          (client, slice) => concurrent.executeConcurrent(client, upsertStatement(table), slice, options),
          `${keyspace}.${name}`,
          (client) => ensureRecordTable(client, place, sql, table),
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
