/**
 * Keyspace and tables, made where they are missing. A history is two tables:
 *
 *   <table>_by_day  partition text, day date (of `at`, in UTC), at timestamp, id text, data text (JSON),
 *                   primary key ((partition, day), at, id), newest first
 *   <table>_days    partition text, day date, primary key ((partition), day), newest first: the days that have rows
 *
 * So what grows without an end is the list of days alone: 4,000 small rows in eleven years. The 100 MB that Cassandra is comfortable
 * with in one partition are 300,000 events of 300 bytes of one sku on one day.
 */
import type { Client } from 'cassandra-driver'
import type { Sql } from 'postgres'
import { AppError } from '../../../../lib/errors.ts'
import type { Translated } from '../../../../lib/texts.ts'
import { engineRefused } from '../../initial-connection.ts'
import type { RecordTable } from '../records.ts'
import { engineName, isUnauthorized } from './errors.ts'
import { missingColumns, recordTableName } from './records.ts'
import type { CassandraEndpoint } from './url.ts'

/** Of creating, so that it happens once at a time: two nodes asked at once may make two tables of one name. */
const CREATE_LOCK = 4_711_042

export const rowsTable = ({ keyspace }: CassandraEndpoint, table: string) => `"${keyspace}"."${table}_by_day"`
export const daysTable = ({ keyspace }: CassandraEndpoint, table: string) => `"${keyspace}"."${table}_days"`

/** Throws `engine_refused` with the statement to run when it is missing and may not be created. */
export async function ensureKeyspace(client: Client, endpoint: CassandraEndpoint, sql: Sql): Promise<void> {
  const { keyspace, datacenter, replication } = endpoint
  const nodes = client.hosts.values().filter((host) => host.datacenter === datacenter).length
  const copies = replication ?? Math.max(1, Math.min(3, nodes))
  await ensure(client, endpoint, sql, {
    what: { en: `the keyspace ${keyspace}`, pt: `o keyspace ${keyspace}` },
    exists: async () => (await keyspaces(client)).includes(keyspace),
    statement: `create keyspace if not exists "${keyspace}"
      with replication = {'class': 'NetworkTopologyStrategy', '${datacenter}': ${copies}}`,
  })
}

export async function ensureTables(
  client: Client,
  endpoint: CassandraEndpoint,
  sql: Sql,
  table: string,
): Promise<void> {
  for (const wanted of wantedTables(client, endpoint, table)) await ensure(client, endpoint, sql, wanted)
}

/** A table that is there already, with other columns, gets those that it lacks. `endpoint`: of the table's keyspace. */
export async function ensureRecordTable(
  client: Client,
  endpoint: CassandraEndpoint,
  sql: Sql,
  table: RecordTable,
): Promise<void> {
  await ensureKeyspace(client, endpoint, sql)
  const { name, key, columns } = table
  await ensure(client, endpoint, sql, {
    what: { en: `the table ${name}`, pt: `a tabela ${name}` },
    exists: async () => (await missingColumns(client, table)) !== undefined,
    statement: `create table if not exists ${recordTableName(table)}
      ("${key}" uuid primary key, ${columns.map((column) => `"${column}" text`).join(', ')})`,
  })
  for (const column of (await missingColumns(client, table)) ?? [])
    await ensure(client, endpoint, sql, {
      what: { en: `the column ${column} of ${name}`, pt: `a coluna ${column} de ${name}` },
      exists: async () => !(await missingColumns(client, table))?.includes(column),
      statement: `alter table ${recordTableName(table)} add "${column}" text`,
    })
}

/** Without the lock that keeps programs from doing it at once: for the doctor, which runs before there is a database. */
export async function createTables(client: Client, endpoint: CassandraEndpoint, table: string): Promise<void> {
  for (const wanted of wantedTables(client, endpoint, table))
    if (!(await wanted.exists())) await create(client, endpoint, wanted)
}

function wantedTables(client: Client, endpoint: CassandraEndpoint, table: string): Wanted[] {
  const wanted = (name: string, columns: string): Wanted => ({
    what: { en: `the table ${name}`, pt: `a tabela ${name}` },
    exists: async () => (await tables(client, endpoint)).includes(name),
    statement: `create table if not exists ${columns}`,
  })
  return [
    wanted(
      `${table}_by_day`,
      `${rowsTable(endpoint, table)}
      ("partition" text, day date, at timestamp, id text, data text, primary key (("partition", day), at, id))
      with clustering order by (at desc, id desc)`,
    ),
    wanted(
      `${table}_days`,
      `${daysTable(endpoint, table)} ("partition" text, day date, primary key (("partition"), day))
      with clustering order by (day desc)`,
    ),
  ]
}

export async function tables(client: Client, { keyspace }: CassandraEndpoint): Promise<string[]> {
  const { rows } = await client.execute('select table_name from system_schema.tables where keyspace_name = ?', [
    keyspace,
  ])
  return rows.map((row) => String(row.get('table_name')))
}

export async function keyspaces(client: Client): Promise<string[]> {
  const { rows } = await client.execute('select keyspace_name from system_schema.keyspaces')
  return rows.map((row) => String(row.get('keyspace_name')))
}

interface Wanted {
  what: Translated
  exists: () => Promise<boolean>
  statement: string
}

async function ensure(client: Client, endpoint: CassandraEndpoint, sql: Sql, wanted: Wanted): Promise<void> {
  if (await wanted.exists()) return
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${CREATE_LOCK})`
    if (!(await wanted.exists())) await create(client, endpoint, wanted)
  })
}

async function create(client: Client, endpoint: CassandraEndpoint, { what, statement }: Wanted): Promise<void> {
  try {
    const { info } = await client.execute(statement, [], { prepare: false })
    // Missing in the driver's types.
    if (!(info as { isSchemaInAgreement?: boolean }).isSchemaInAgreement)
      throw new AppError('unavailable', 'history_unavailable', {
        en: `The nodes of ${engineName(endpoint)} do not agree on ${what.en} yet.`,
        pt: `Os nós de ${engineName(endpoint)} ainda não concordam sobre ${what.pt}.`,
      })
  } catch (thrown) {
    if (!isUnauthorized(thrown)) throw thrown
    const command = statement.replace(/\s+/g, ' ')
    const fix = {
      en: `${what.en} is missing; run, as a superuser: ${command};`,
      pt: `falta ${what.pt}; execute, como superusuário: ${command};`,
    }
    throw engineRefused(engineName(endpoint), fix, thrown)
  }
}
