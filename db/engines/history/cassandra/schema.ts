/**
 * Keyspace and tables, made where they are missing. A table is `history_<table>`:
 *
 *   partition text, at timestamp, id text, data text (JSON), primary key ((partition), at, id), newest first
 *
 * A partition is one wide row, as large as its history is long: a busy sku at 1,000 events of 300 bytes a day fills
 * the 100 MB that Cassandra is comfortable with in a year. Reads stay quick, since they begin at its new end; beyond
 * that, split partitions in the caller (`sku/2026`).
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

export const tableName = ({ keyspace }: CassandraEndpoint, table: string) => `"${keyspace}"."history_${table}"`

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

export async function ensureTable(client: Client, endpoint: CassandraEndpoint, sql: Sql, table: string): Promise<void> {
  await ensure(client, endpoint, sql, wantedTable(client, endpoint, table))
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
export async function createTable(client: Client, endpoint: CassandraEndpoint, table: string): Promise<void> {
  const wanted = wantedTable(client, endpoint, table)
  if (!(await wanted.exists())) await create(client, endpoint, wanted)
}

function wantedTable(client: Client, endpoint: CassandraEndpoint, table: string): Wanted {
  const { keyspace } = endpoint
  return {
    what: { en: `the table history_${table}`, pt: `a tabela history_${table}` },
    exists: async () => {
      const query = 'select table_name from system_schema.tables where keyspace_name = ? and table_name = ?'
      return (await client.execute(query, [keyspace, `history_${table}`])).rowLength > 0
    },
    statement: `create table if not exists ${tableName(endpoint, table)}
      ("partition" text, at timestamp, id text, data text, primary key (("partition"), at, id))
      with clustering order by (at desc, id desc)`,
  }
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
