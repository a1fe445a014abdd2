/**
 * Fills an empty database from the members of an archive: schema, rows and all in one transaction, so that it has everything
 * or nothing. Foreign keys are taken off and put back at the end, which checks them
 * all and allows tables in any order; no right is needed but that of the tables' owner.
 */
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { compareDefinitions, createDefinitions, lackingDefinitions } from './catalogue/create-definitions.ts'
import { definitionsFromShapes } from './catalogue/from-shapes.ts'
import { checkContent, createCopies, type Loader } from './copy-in.ts'
import type { BackupDatabase } from './dump-database.ts'
import type { DumpedDatabase, DumpedTable } from './format.ts'
import { nameOf } from './names.ts'
import { migrateTo } from './schema-version.ts'
import { listSequences, listTables } from './tables.ts'

/**
 * Fills an empty database in the transaction `tx`: migrates it to the archive's schema version, makes what people made there,
 * runs `work`, which brings the rows, compares all of it with `dumped`, and migrates it to today's. Returns the parts of user
 * tables that an archive of format 1 does not hold, a line each.
 */
export async function loadDatabase(
  tx: ISql,
  { migrations }: Pick<BackupDatabase, 'migrations'>,
  dumped: DumpedDatabase,
  work: (loader: Loader) => Promise<void>,
): Promise<string[]> {
  const { tables } = dumped
  if (migrations !== null) await migrateTo(tx, migrations, dumped.level)
  const { lacking, lost } = await lackingOf(tx, dumped)
  const keys = await dropForeignKeys(tx)
  await emptyTables(tx, dumped)
  await createDefinitions(
    tx,
    lacking.filter(({ after_rows }) => !after_rows),
  )
  await checkColumns(tx, dumped)
  for (const table of tables) await tx.unsafe(`alter table ${nameOf(table)} disable trigger user`)
  const copies = createCopies(tx, tables)
  await work(copies)
  await copies.end()
  await setSequences(tx, dumped)
  for (const table of tables) {
    await checkRows(tx, table)
    await tx.unsafe(`alter table ${nameOf(table)} enable trigger user`)
  }
  for (const { table, name, definition } of keys)
    await tx.unsafe(`alter table ${table} add constraint ${name} ${definition}`)
  await createDefinitions(
    tx,
    lacking.filter(({ after_rows }) => after_rows),
  )
  for (const table of tables) await checkContent(tx, table)
  if (dumped.definitions) await compareDefinitions(tx, lacking, dumped.server_version === (await serverVersion(tx)))
  if (migrations !== null) await migrateTo(tx, migrations)
  return lost
}

async function lackingOf(tx: ISql, { tables, sequences, definitions }: DumpedDatabase) {
  if (definitions) return { lacking: await lackingDefinitions(tx, definitions), lost: [] }
  const [here, numbering] = [namesOf(await listTables(tx)), namesOf(await listSequences(tx))]
  const { definitions: lacking, lost } = definitionsFromShapes(
    tables.filter((table) => !here.has(nameOf(table))),
    sequences.filter((sequence) => !numbering.has(nameOf(sequence))),
  )
  return { lacking, lost }
}

/** Migrations fill some. */
async function emptyTables(tx: ISql, dumped: DumpedDatabase): Promise<void> {
  const held = namesOf(dumped.tables)
  const tables = (await listTables(tx)).filter((table) => held.has(nameOf(table)))
  if (tables.length > 0) await tx.unsafe(`truncate ${tables.map(nameOf).join(', ')}`)
}

/** Those of tables that are not carried are not there. */
async function setSequences(tx: ISql, { sequences }: DumpedDatabase): Promise<void> {
  const here = namesOf(await listSequences(tx))
  for (const sequence of sequences) {
    const { last_value, is_called } = sequence
    if (here.has(nameOf(sequence)))
      await tx`select setval(${nameOf(sequence)}::regclass, ${last_value}::bigint, ${is_called})`
  }
}

async function checkColumns(tx: ISql, { name, tables }: DumpedDatabase): Promise<void> {
  const found = new Map((await listTables(tx)).map((table) => [nameOf(table), table.columns]))
  for (const table of tables) {
    const columns = found.get(nameOf(table))
    const lacking = table.columns.filter((column) => !columns?.includes(column)).join(', ')
    if (columns && lacking === '') continue
    const what = columns ? { en: lacking, pt: lacking } : { en: 'the whole table', pt: 'a tabela inteira' }
    throw new AppError('invalid', 'backup_schema', {
      en: `The archive's ${table.schema}.${table.name} does not fit what the migrations make of database "${name}": it lacks ${what.en}.`,
      pt: `${table.schema}.${table.name} do arquivo não combina com o que as migrações fazem do banco "${name}": falta ${what.pt}.`,
    })
  }
}

async function serverVersion(tx: ISql): Promise<string> {
  const [{ version }] = await tx<[{ version: string }]>`select current_setting('server_version') as version`
  return version
}

async function checkRows(tx: ISql, table: DumpedTable): Promise<void> {
  const [row] = await tx.unsafe<{ rows: string }[]>(`select count(*)::text as rows from only ${nameOf(table)}`)
  const { rows } = row!
  if (Number(rows) === table.rows) return
  throw new AppError('invalid', 'backup_damaged', {
    en: `${table.name} has ${rows} rows, and its manifest says ${table.rows}.`,
    pt: `${table.name} tem ${rows} linhas, e o manifesto diz ${table.rows}.`,
  })
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

const namesOf = (of: { schema: string; name: string }[]) => new Set(of.map(nameOf))
