/** Copies every table of a database into an archive, all from one read-only snapshot. */
import { createHash } from 'node:crypto'
import { checkSchemaVersion, readSchemaVersion } from './schema-version.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import { tableMember, type DumpedDatabase, type DumpedTable } from './format.ts'
import { nameOf, quoted } from './names.ts'
import { readDefinitions } from './catalogue/read-definitions.ts'
import type { Progress } from './progress.ts'
import { listSequences, listTables, type Table } from './tables.ts'
import type { ArchiveWriter } from './write-archive.ts'
import type { ISql, Sql } from 'postgres'
import { AppError, sentenceOf } from '../../lib/errors.ts'

export interface BackupDatabase {
  /** Its folder in the archive. */
  name: string
  url: string
  /** The folder of its migrations, which make its schema; null: it has none, and all of its schema is in the archive. */
  migrations: string | null
}

/** A part is held in memory until it is whole; one row may be larger, and is then a part of its own. */
const PART_BYTES = 4 * 2 ** 20

export async function dumpDatabase(
  { name, url, migrations }: BackupDatabase,
  archive: ArchiveWriter,
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<DumpedDatabase> {
  const sql = openAlone(url, 'doca backup')
  try {
    await reach(sql, name)
    return await sql.begin('isolation level repeatable read read only', async (tx) => {
      const [{ server_version }] = await tx<[{ server_version: string }]>`
        select current_setting('server_version') as server_version`
      // A policy that hides rows from us fails the backup, which would lack them.
      await tx`set local row_security = off`
      const level = migrations === null ? [] : await readSchemaVersion(tx)
      // A newer Doca runs on this database, and only its own backup knows all of it.
      if (migrations !== null) await checkSchemaVersion(migrations, { name, level })
      const { definitions, not_carried } = await readDefinitions(tx)
      const tables: DumpedTable[] = []
      for (const table of await listTables(tx)) {
        signal?.throwIfAborted()
        if (!not_carried.includes(`table ${table.identity}`))
          tables.push(await dumpTable(tx, name, table, archive, progress))
      }
      return { name, server_version, level, tables, sequences: await listSequences(tx), definitions, not_carried }
    })
  } finally {
    // At once: after an error a large COPY may still be on its way to us.
    await sql.end({ timeout: 0 })
  }
}

/** Throws AppError that names the database, which may be one of several. */
async function reach(sql: Sql, name: string): Promise<void> {
  try {
    await sql`select 1`
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = {
      en: `The database "${name}" cannot be reached, and a backup without it would lack its orders: ${why.en}`,
      pt: `O banco "${name}" não está acessível, e um backup sem ele não teria os pedidos dele: ${why.pt}`,
    }
    throw new AppError('unavailable', 'backup_unreachable', detail, { cause })
  }
}

async function dumpTable(
  tx: ISql,
  database: string,
  { schema, name, columns }: CopiedTable,
  archive: ArchiveWriter,
  progress: Progress,
): Promise<DumpedTable> {
  const hash = createHash('sha256')
  let rows = 0
  let size_bytes = 0
  let part = 0
  const write = async (chunk: Uint8Array) => {
    await archive.add(tableMember(database, schema, name, ++part), chunk)
    progress.add(chunk.length, `${name} ${rows.toLocaleString('en')} rows`)
  }
  for await (const { chunk, rows: more } of inParts(copyOut(tx, { schema, name, columns }))) {
    hash.update(chunk)
    rows += more
    size_bytes += chunk.length
    await write(chunk)
  }
  return { schema, name, columns, rows, size_bytes, sha256: hash.digest('hex') }
}

export type CopiedTable = Pick<Table, 'schema' | 'name' | 'columns'>

/** A table and its columns in a COPY; it may have none, or only such as compute themselves. */
export const copied = (table: CopiedTable, name = nameOf(table)) =>
  `${name}${table.columns.length > 0 ? ` (${table.columns.map(quoted).join(', ')})` : ''}`

/** COPY's text of a table, a chunk per row. */
export async function* copyOut(tx: ISql, table: CopiedTable, name?: string): AsyncGenerator<Uint8Array> {
  yield* (await tx`copy ${tx.unsafe(copied(table, name))} to stdout`.readable()) as AsyncIterable<Uint8Array>
}

async function* inParts(rows: AsyncIterable<Uint8Array>): AsyncGenerator<{ chunk: Uint8Array; rows: number }> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const row of rows) {
    waiting.push(row)
    bytes += row.length
    if (bytes < PART_BYTES) continue
    yield { chunk: Buffer.concat(waiting, bytes), rows: waiting.length }
    waiting = []
    bytes = 0
  }
  if (waiting.length > 0) yield { chunk: Buffer.concat(waiting, bytes), rows: waiting.length }
}
