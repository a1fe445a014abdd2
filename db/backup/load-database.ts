/**
 * Fills a database, already at the archive's schema version, from the members of an archive: everything in one
 * transaction, so that it has all rows or none. Foreign keys are taken off and put back at the end, which checks them
 * all and allows tables in any order; no right is needed but that of the tables' owner.
 */
import type { Writable } from 'node:stream'
import type { ISql, Sql } from 'postgres'
import { AppError, messageOf } from '../../lib/errors.ts'
import type { DumpedDatabase, DumpedTable } from './format.ts'
import { createUserTables } from './user-tables.ts'
import { listTables } from './tables.ts'

export interface Loader {
  /** The next part of a table. The parts of one table come one after the other. */
  part(schema: string, table: string, body: AsyncIterable<Uint8Array>): Promise<void>
}

/**
 * Runs `work` in the transaction that fills the database; commits when every row of `dumped` is there. Returns the
 * parts of user tables that were not restored, a line each.
 */
export async function loadDatabase(
  sql: Sql,
  dumped: DumpedDatabase,
  work: (loader: Loader) => Promise<void>,
): Promise<string[]> {
  let lost: string[] = []
  await sql.begin(async (tx) => {
    lost = await createUserTables(tx, dumped)
    await checkColumns(tx, dumped)
    const { tables } = dumped
    const keys = await dropForeignKeys(tx)
    if (tables.length > 0) {
      await tx`truncate ${joined(tx, tables)}`
      for (const table of tables) await tx`alter table ${named(tx, table)} disable trigger user`
    }
    const copies = createCopies(tx, dumped)
    await work(copies)
    await copies.end()
    for (const { schema, name, last_value, is_called } of dumped.sequences)
      await tx`select setval(${`${quoted(schema)}.${quoted(name)}`}::regclass, ${last_value}::bigint, ${is_called})`
    for (const table of tables) {
      await checkRows(tx, table)
      await tx`alter table ${named(tx, table)} enable trigger user`
    }
    for (const { table, name, definition } of keys)
      await tx.unsafe(`alter table ${table} add constraint ${name} ${definition}`)
  })
  // The planner knows nothing of rows that came in one go.
  await sql`analyze`
  return lost
}

/** One COPY at a time, for the table whose parts come. */
function createCopies(tx: ISql, { tables }: DumpedDatabase): Loader & { end(): Promise<void> } {
  const byName = new Map(tables.map((table) => [`${table.schema}/${table.name}`, table]))
  let current: { id: string; stream: Writable; ended: Promise<void> } | undefined

  async function end(): Promise<void> {
    if (!current) return
    current.stream.end()
    await current.ended
    current = undefined
  }

  async function begin(id: string): Promise<void> {
    const table = byName.get(id)
    if (!table)
      throw new AppError('invalid', 'backup_damaged', `The archive holds rows of ${id}, which its manifest lacks.`)
    byName.delete(id)
    const stream = await tx`copy ${named(tx, table)} (${tx(table.columns)}) from stdin`.writable()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.once('finish', resolve)
    stream.once('error', (cause) => reject(refused(table, cause)))
    promise.catch(() => {})
    current = { id, stream, ended: promise }
  }

  return {
    async part(schema, name, body) {
      const id = `${schema}/${name}`
      if (current?.id !== id) {
        await end()
        await begin(id)
      }
      for await (const chunk of body) await write(current!, chunk)
    },
    end,
  }
}

/** Resolves when there is room for more; rejects when the server refuses what came. */
async function write({ stream, ended }: { stream: Writable; ended: Promise<void> }, chunk: Uint8Array): Promise<void> {
  if (stream.destroyed) return ended
  if (stream.write(chunk)) return
  const drained = new Promise<void>((resolve) => stream.once('drain', resolve))
  await Promise.race([drained, ended])
}

function refused({ name }: DumpedTable, cause: unknown): AppError {
  const where = (cause as { where?: string }).where
  return new AppError(
    'invalid',
    'backup_refused',
    `The rows of ${name} are refused: ${messageOf(cause)}${where ? ` (${where.slice(0, 200)})` : ''}.`,
    { cause },
  )
}

async function checkColumns(tx: ISql, { name, tables }: DumpedDatabase): Promise<void> {
  const found = new Map((await listTables(tx)).map((table) => [`${table.schema}.${table.name}`, table.columns]))
  for (const table of tables) {
    const columns = found.get(`${table.schema}.${table.name}`)
    const lacking = columns ? table.columns.filter((column) => !columns.includes(column)) : ['the whole table']
    if (lacking.length > 0)
      throw new AppError(
        'invalid',
        'backup_schema',
        `The archive's ${table.schema}.${table.name} does not fit what the migrations make of database "${name}": ` +
          `it lacks ${lacking.join(', ')}.`,
      )
  }
}

async function checkRows(tx: ISql, table: DumpedTable): Promise<void> {
  const [{ rows }] = await tx<[{ rows: string }]>`select count(*)::text as rows from ${named(tx, table)}`
  if (Number(rows) === table.rows) return
  throw new AppError(
    'invalid',
    'backup_damaged',
    `${table.name} has ${rows} rows, and its manifest says ${table.rows}.`,
  )
}

interface ForeignKey {
  table: string
  name: string
  definition: string
}

async function dropForeignKeys(tx: ISql): Promise<ForeignKey[]> {
  const keys = await tx<ForeignKey[]>`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and conparentid = 0 order by 1, 2`
  for (const { table, name } of keys) await tx.unsafe(`alter table ${table} drop constraint ${name}`)
  return keys
}

const named = (tx: ISql, { schema, name }: { schema: string; name: string }) => tx`${tx(schema)}.${tx(name)}`

function joined(tx: ISql, tables: DumpedTable[]) {
  return tables.map((table, i) => (i === 0 ? named(tx, table) : tx`, ${named(tx, table)}`)) as unknown as string
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
