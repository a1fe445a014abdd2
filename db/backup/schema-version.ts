/**
 * The schema version of a database: which migrations it has. An archive names the version of each database, and a restore
 * brings an empty database to that version by our own migrations first.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { DumpedDatabase, SchemaVersion } from './format.ts'

/** The migrations that the database has, oldest first. */
export async function readSchemaVersion(sql: ISql): Promise<SchemaVersion> {
  return sql<SchemaVersion>`
    select created_at::float8 as when, hash from drizzle.__drizzle_migrations order by created_at`
}

interface Journal {
  entries: Array<{ when: number; tag: string }>
}

const readJournal = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'meta', '_journal.json'), 'utf8')) as Journal

/**
 * Throws AppError backup_newer when a database has a migration that `folder` does not know, backup_too_old when its last one
 * is older than the first one there. Older migrations were replaced by that first one and those that follow.
 */
export async function checkSchemaVersion(
  folder: string,
  { name, level }: Pick<DumpedDatabase, 'name' | 'level'>,
): Promise<void> {
  const { entries } = await readJournal(folder)
  const known = new Set(entries.map(({ when }) => when))
  const first = Math.min(...known)
  if (level.length > 0 && level.every(({ when }) => when < first))
    throw new AppError('invalid', 'backup_too_old', {
      en: `The archive's database "${name}" lacks migrations that this Doca no longer has. Restore it with the last build that has them (CHANGELOG.md names it), start that once, and take another backup.`,
      pt: `Ao banco "${name}" do arquivo faltam migrações que este Doca não tem mais. Restaure-o com a última versão que as tem (CHANGELOG.md diz qual), inicie-a uma vez e faça outro backup.`,
    })
  const unknown = level.filter(({ when }) => when >= first && !known.has(when))
  if (unknown.length === 0) return
  const newer = unknown.every(({ when }) => when > (entries.at(-1)?.when ?? 0))
  const advice = newer
    ? { en: 'It was made by a newer Doca; update this one.', pt: 'Foi feito por um Doca mais novo; atualize este.' }
    : {
        en: 'It was made by another build of Doca; use that one.',
        pt: 'Foi feito por outra versão do Doca; use aquela.',
      }
  throw new AppError('invalid', 'backup_newer', {
    en: `The archive's database "${name}" has ${unknown.length} migration(s) that this Doca does not know. ${advice.en}`,
    pt: `O banco "${name}" do arquivo tem ${unknown.length} migração(ões) que este Doca não conhece. ${advice.pt}`,
  })
}

/** Brings a database to `version`, or, without one, to the newest, in the transaction `tx`. */
export async function migrateTo(tx: ISql, folder: string, version?: SchemaVersion): Promise<void> {
  // As drizzle's own migrator keeps it, which has a transaction of its own.
  await tx`create schema if not exists drizzle`
  await tx`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`
  const [{ newest }] = await tx<[{ newest: number }]>`
    select coalesce(max(created_at), 0)::float8 as newest from drizzle.__drizzle_migrations`
  const last = version ? Math.max(0, ...version.map(({ when }) => when)) : Infinity
  for (const { folderMillis, hash, sql } of readMigrationFiles({ migrationsFolder: folder })) {
    if (folderMillis <= newest || folderMillis > last) continue
    for (const statement of sql) await tx.unsafe(statement)
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`
  }
}
