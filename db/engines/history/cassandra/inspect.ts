/** Inspects the cluster behind the history, for `bun run doctor`. */
import type { Client } from 'cassandra-driver'
import { ConfigError } from '../../../../lib/env.ts'
import { AppError } from '../../../../lib/errors.ts'
import type { Inspection } from '../../inspection.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { endClient, startClient } from './client.ts'
import { engineName, historyError } from './errors.ts'
import type { RecordTable } from '../records.ts'
import { missingColumns, recordTableName } from './records.ts'
import { insertStatement, listStatement } from './rows.ts'
import { createTables, daysTable, keyspaces, rowsTable, tables } from './schema.ts'
import { readCassandraUrl, type CassandraEndpoint } from './url.ts'

const DEADLINE_MS = 15_000
/** The first with everything we use and whose errors we know; older ones get no repairs. */
const OLDEST = 4
/** Kept from one inspection to the next: making and dropping a table is work for the whole cluster. */
const SCRATCH = 'doctor'

/** Throws AppError when we cannot get in, or may not write, read and delete; in `records`, too, where that table is there. */
export async function inspectCassandra(url: string, records?: RecordTable): Promise<Inspection> {
  const { endpoint, problems } = readCassandraUrl(url)
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `HISTORY_URL ${problem}`))
  const started = startClient(endpoint)
  try {
    return await withDeadline(
      started.connected.then(() => inspect(started.client, endpoint, records)),
      DEADLINE_MS,
      engineName(endpoint),
    )
  } catch (thrown) {
    throw historyError(thrown, endpoint)
  } finally {
    await endClient(started)
  }
}

async function inspect(client: Client, endpoint: CassandraEndpoint, records?: RecordTable): Promise<Inspection> {
  const asked = performance.now()
  const { rows } = await client.execute('select release_version, key from system.local')
  const latency_ms = Math.round((performance.now() - asked) * 100) / 100
  const version = String(rows[0]!.get('release_version'))
  const problems: Inspection['problems'] = []
  // ScyllaDB names a Cassandra 3 here, whose dialect it speaks, and lists itself in a table of its own.
  const scylla = await scyllaVersion(client)
  if (scylla === undefined && Number.parseInt(version, 10) < OLDEST)
    problems.push({ found: `it is Cassandra ${version}`, fix: `use Cassandra ${OLDEST} or later, or ScyllaDB.` })
  const name = scylla === undefined ? version : `ScyllaDB ${scylla}`

  if (!(await keyspaces(client)).includes(endpoint.keyspace)) {
    const found = `the keyspace ${endpoint.keyspace} is missing`
    problems.push({ found, fix: 'start a program with this HISTORY_URL: it creates it, or says the statement to run.' })
    return { version: name, latency_ms, problems }
  }
  await tryRights(client, endpoint)
  if (records) await tryRecordRights(client, endpoint, records)
  const former = (await tables(client, endpoint)).filter((name) => name.startsWith('history_'))
  if (former.length > 0)
    problems.push({
      found: `it has tables of an earlier version, which are not read any more (${former.join(', ')})`,
      fix: `copy what you need of them, then ${former.map((name) => `DROP TABLE ${endpoint.keyspace}.${name};`).join(' ')}`,
    })
  if (await losesItsTail(client, endpoint))
    problems.push({
      found: 'it keeps one copy of each row, and answers before that is on disk (commitlog_sync: periodic)',
      fix: `keep more copies (ALTER KEYSPACE ${endpoint.keyspace}), or set commitlog_sync: batch in cassandra.yaml.`,
    })
  return { version: name, latency_ms, problems }
}

/** Writes, reads and deletes a row; throws what the cluster says when one of them is not allowed. */
async function tryRights(client: Client, endpoint: CassandraEndpoint): Promise<void> {
  await createTables(client, endpoint, SCRATCH)
  const now = new Date()
  const day = [crypto.randomUUID(), now.toISOString().slice(0, 10)]
  const ofDay = `where "partition" = ? and day = ?`
  const key = [...day, now, 'scratch']
  const ofRow = `${ofDay} and at = ? and id = ?`
  const rows = rowsTable(endpoint, SCRATCH)
  await client.execute(listStatement(endpoint, SCRATCH), day)
  await client.execute(insertStatement(endpoint, SCRATCH), [...key, '{}', now.getTime() * 1000])
  const { rowLength } = await client.execute(`select id from ${rows} ${ofRow}`, key)
  await client.execute(`delete from ${rows} ${ofRow}`, key)
  await client.execute(`delete from ${daysTable(endpoint, SCRATCH)} ${ofDay}`, day)
  if (rowLength !== 1)
    throw new AppError('unavailable', 'history_unavailable', {
      en: `${engineName(endpoint)} does not show a row that was just written.`,
      pt: `${engineName(endpoint)} não mostra uma linha que acabou de ser gravada.`,
    })
}

/** Its table is people's own: nothing is written into it, and what is read and deleted is not there. */
async function tryRecordRights(client: Client, endpoint: CassandraEndpoint, table: RecordTable): Promise<void> {
  // It is made with the first record.
  if ((await missingColumns(client, table)) === undefined) return
  const [id, where] = [crypto.randomUUID(), `where "${table.key}" = ?`]
  try {
    await client.execute(`select "${table.key}" from ${recordTableName(table)} ${where}`, [id])
    await client.execute(`delete from ${recordTableName(table)} ${where}`, [id])
  } catch (thrown) {
    throw historyError(thrown, { ...endpoint, keyspace: table.keyspace })
  }
}

/** Whether a crash of the only node that has a row loses it. False where we may not read the settings. */
async function losesItsTail(client: Client, { keyspace }: CassandraEndpoint): Promise<boolean> {
  try {
    const query = 'select replication from system_schema.keyspaces where keyspace_name = ?'
    const replication = (await client.execute(query, [keyspace])).first()!.replication as Record<string, string>
    const copies = Object.values(replication)
      .map(Number)
      .filter((count) => count > 0)
    if (copies.some((count) => count > 1)) return false
    const setting = await client.execute(`select value from system_views.settings where name = 'commitlog_sync'`)
    return setting.first()?.value === 'periodic'
  } catch {
    return false
  }
}

async function scyllaVersion(client: Client): Promise<string | undefined> {
  const query = `select table_name from system_schema.tables where keyspace_name = 'system' and table_name = 'versions'`
  if ((await client.execute(query)).rowLength === 0) return undefined
  const { rows } = await client.execute(`select version from system.versions where key = 'local'`)
  return String(rows[0]?.version ?? 'unknown')
}
