/** Takes one table or one object out of an archive, beside what is there: nothing that exists is written over. */
import type { ISql } from 'postgres'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { isKey } from '../engines/objects/key.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import { refuseMarked } from '../engines/postgres/restore-mark.ts'
import { columnText } from './catalogue/create-definitions.ts'
import { definitionsFromShapes } from './catalogue/from-shapes.ts'
import { checkContent, createCopies } from './copy-in.ts'
import type { DumpedDatabase, DumpedTable, Manifest } from './format.ts'
import { withBackupLock } from './locks.ts'
import { nameOf, quoted } from './names.ts'
import { noProgress } from './progress.ts'
import { checkArchive, readArchive } from './read-archive.ts'
import type { RestoreTarget } from './restore.ts'
import { streamOf } from './stream-of.ts'

export interface OneOptions {
  key: string | undefined
  /** A table, as `name` or `schema.name`, or `objects/` and the key of an object. */
  only: string
  /** Another name for it; else it gets its own back. */
  as?: string | undefined
  signal?: AbortSignal | undefined
}

export interface RestoredOne {
  /** Of the table or object that was made. */
  name: string
  /** null for an object. */
  rows: number | null
  size_bytes: number
}

/** `open` is called once the file is known to be whole. Throws AppError, which leaves everything as it was. */
export async function restoreOne(
  path: string,
  open: () => Promise<RestoreTarget>,
  { key, only, as, signal }: OneOptions,
): Promise<RestoredOne> {
  const manifest = await checkArchive(path, key, { progress: noProgress, signal })
  const object = /^objects\/(.+)$/s.exec(only)?.[1]
  // Before anything is opened.
  const table = object === undefined ? findTable(manifest, only) : undefined
  const target = await open()
  try {
    const members = () => readArchive(path, key, { signal })
    if (!table) return await restoreObject(target, manifest, members(), { from: object!, to: keyIn(as) ?? object! })
    const database = target.databases.find(({ name }) => name === table.database.name)
    if (!database)
      throw notThere({
        en: `The configuration names no database "${table.database.name}", which the table is of.`,
        pt: `A configuração não tem o banco "${table.database.name}", de onde é a tabela.`,
      })
    const sql = openAlone(database.url, 'doca restore')
    try {
      return await withBackupLock(target.databases[0]!.url, async () => {
        await refuseMarked(sql)
        return await sql.begin((tx) => restoreTable(tx, table, members(), as))
      })
    } finally {
      await sql.end({ timeout: 1 })
    }
  } finally {
    await target.close()
  }
}

interface FoundTable {
  database: DumpedDatabase
  schema: string
  name: string
  /** The definition of its columns. */
  columns: string[]
  /** The tables that hold its rows: itself, or its partitions. */
  holders: DumpedTable[]
}

/** Throws AppError when no table of the archive, or more than one, goes by `only`. */
function findTable({ databases }: Manifest, only: string): FoundTable {
  // Those of unlogged tables are not in it.
  const all = databases.flatMap(tablesOf).filter(({ holders }) => holders.length > 0)
  const whole = all.filter((table) => [nameOf(table), `${table.schema}.${table.name}`].includes(only))
  const found = whole.length > 0 ? whole : all.filter(({ name }) => [name, quoted(name)].includes(only))
  if (found.length === 1) return found[0]!
  const names = (of: FoundTable[]) =>
    of
      .map(({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`))
      .toSorted()
      .join(', ')
  if (found.length > 1)
    throw notThere({
      en: `The archive has several tables ${only}: ${names(found)}. Name it with its schema.`,
      pt: `O arquivo tem várias tabelas ${only}: ${names(found)}. Indique-a com o schema.`,
    })
  throw notThere({
    en: `The archive has no table ${only}. It has ${names(all)}; an object is named objects/KEY.`,
    pt: `O arquivo não tem a tabela ${only}. Ele tem ${names(all)}; um objeto se indica como objects/KEY.`,
  })
}

function tablesOf(database: DumpedDatabase): FoundTable[] {
  const definitions = database.definitions ?? definitionsFromShapes(database.tables, []).definitions
  const tables = definitions.flatMap(({ kind, name, columns, options }) => {
    const [, schema, table] = IDENTITY.exec(name) ?? []
    if (kind !== 'table' || !columns || schema === undefined || table === undefined) return []
    // A copy numbers nothing: the sequence is that of the table itself.
    const texts = columns.map((column) => columnText({ ...column, identity: null, not_null: column.not_null && '' }))
    return [
      {
        identity: name,
        schema: unquoted(schema),
        name: unquoted(table),
        columns: texts,
        parted: / partition by /.test(options ?? ''),
      },
    ]
  })
  const byIdentity = new Map(tables.map((table) => [table.identity, table]))
  const parts = definitions.filter(({ kind }) => kind === 'partition').map(({ name }) => name)
  const holdersOf = (table: (typeof tables)[number]): DumpedTable[] => {
    if (!table.parted) return database.tables.filter((dumped) => nameOf(dumped) === nameOf(table))
    const ending = ` of ${table.identity}`
    const names = parts.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length))
    return names.flatMap((name) => (byIdentity.has(name) ? holdersOf(byIdentity.get(name)!) : []))
  }
  return tables.map((table) => ({ ...table, database, holders: holdersOf(table) }))
}

/** A schema and a name, each quoted or not. */
const IDENTITY = /^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/s
const unquoted = (name: string) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

async function restoreTable(
  tx: ISql,
  { schema, name, columns, holders }: FoundTable,
  members: ReturnType<typeof readArchive>,
  as: string | undefined,
): Promise<RestoredOne> {
  const target = as === undefined ? { schema, name } : nameIn(as, schema)
  const full = nameOf(target)
  const [{ taken }] = await tx<[{ taken: boolean }]>`select to_regclass(${full}) is not null as taken`
  if (taken)
    throw taking({
      en: `${target.schema}.${target.name} is there already, and nothing is written over; name another with --as.`,
      pt: `${target.schema}.${target.name} já existe, e nada é sobrescrito; indique outro nome com --as.`,
    })
  await tx
    .unsafe(`create table ${full} (${columns.join(', ')})`, [], { simple: false } as object)
    .catch((cause: unknown) => {
      const why = sentenceOf(cause)
      const detail = {
        en: `${target.schema}.${target.name} cannot be made: ${why.en}.`,
        pt: `${target.schema}.${target.name} não pode ser criada: ${why.pt}.`,
      }
      throw new AppError('invalid', 'backup_refused', detail, { cause })
    })
  const held = new Set(holders.map(nameOf))
  const copies = createCopies(tx, holders, () => full)
  for await (const { member, body } of members)
    if (member.kind === 'table' && held.has(nameOf({ schema: member.schema, name: member.table })))
      await copies.part(member.schema, member.table, body)
  await copies.end()
  const [row] = await tx.unsafe<{ rows: number }[]>(`select count(*)::int as rows from ${full}`)
  const { rows } = row!
  if (rows !== holders.reduce((sum, holder) => sum + holder.rows, 0))
    throw new AppError('invalid', 'backup_damaged', {
      en: `${name} has ${rows} rows, and its manifest says otherwise.`,
      pt: `${name} tem ${rows} linhas, e o manifesto diz outra coisa.`,
    })
  if (holders.length === 1) await checkContent(tx, holders[0]!, full)
  return {
    name: `${target.schema}.${target.name}`,
    rows,
    size_bytes: holders.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
  }
}

function nameIn(as: string, schema: string): { schema: string; name: string } {
  const [, other, name] = IDENTITY.exec(as) ?? []
  if (name === undefined)
    throw taking({
      en: `${as} is no name of a table; write name or schema.name, each in "…" where it has a dot.`,
      pt: `${as} não é um nome de tabela; escreva nome ou schema.nome, cada um entre "…" onde tiver um ponto.`,
    })
  const target = { schema: other === undefined ? schema : unquoted(other), name: unquoted(name) }
  // PostgreSQL would cut it, and the table have another name than is said.
  for (const part of Object.values(target))
    if (Buffer.byteLength(part) > MAX_NAME_BYTES)
      throw taking({
        en: `${part} is longer than the ${MAX_NAME_BYTES} bytes that a name in PostgreSQL may have.`,
        pt: `${part} passa dos ${MAX_NAME_BYTES} bytes que um nome pode ter no PostgreSQL.`,
      })
  return target
}

const MAX_NAME_BYTES = 63

async function restoreObject(
  { objects }: RestoreTarget,
  manifest: Manifest,
  members: ReturnType<typeof readArchive>,
  { from, to }: { from: string; to: string },
): Promise<RestoredOne> {
  if (await objects.head(to))
    throw taking({
      en: `There is an object ${to} already, and nothing is written over; name another with --as.`,
      pt: `Já existe um objeto ${to}, e nada é sobrescrito; indique outro nome com --as.`,
    })
  const spoiled = new Set(manifest.objects.spoiled)
  for await (const { position, member, body } of members) {
    if (member.kind !== 'object' || member.key !== from || spoiled.has(position)) continue
    const { size_bytes } = await objects.put(to, streamOf(body))
    return { name: to, rows: null, size_bytes }
  }
  const left_out = manifest.objects.missing.includes(from)
  throw notThere(
    left_out
      ? {
          en: `The archive has no object ${from}, which its backup had to leave out.`,
          pt: `O arquivo não tem o objeto ${from}, que o backup teve de deixar de fora.`,
        }
      : { en: `The archive has no object ${from}.`, pt: `O arquivo não tem o objeto ${from}.` },
  )
}

function keyIn(as: string | undefined): string | undefined {
  const key = as?.replace(/^objects\//, '')
  if (key !== undefined && !isKey(key))
    throw taking({ en: `${as} cannot be an object's key.`, pt: `${as} não pode ser a chave de um objeto.` })
  return key
}

const notThere = (detail: Translated) => new AppError('not_found', 'restore_not_found', detail)
const taking = (detail: Translated) => new AppError('conflict', 'restore_name', detail)
