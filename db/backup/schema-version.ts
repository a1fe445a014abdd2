/**
 * The schema version of a database: which migrations it has. An archive holds no schema; it names the version of each
 * database, and a restore brings an empty database to that version by our own migrations first.
 */
import { copyFile, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
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
    throw new AppError(
      'invalid',
      'backup_too_old',
      `The archive's database "${name}" lacks migrations that this Doca no longer has. Restore it with the last build that ` +
        'has them (CHANGELOG.md names it), start that once, and take another backup.',
    )
  const unknown = level.filter(({ when }) => when >= first && !known.has(when))
  if (unknown.length === 0) return
  const newer = unknown.every(({ when }) => when > (entries.at(-1)?.when ?? 0))
  throw new AppError(
    'invalid',
    'backup_newer',
    `The archive's database "${name}" has ${unknown.length} migration(s) that this Doca does not know. ` +
      (newer ? 'It was made by a newer Doca; update this one.' : 'It was made by another build of Doca; use that one.'),
  )
}

/** Brings an empty database to `version`, or, without one, to the newest. */
export async function migrateTo(url: string, folder: string, version?: SchemaVersion): Promise<void> {
  const sql = openAlone(url, 'doca backup')
  const { path, remove } = version ? await upTo(folder, version) : { path: folder, remove: async () => {} }
  try {
    await migrate(drizzle(sql), { migrationsFolder: path })
  } finally {
    await sql.end({ timeout: 5 })
    await remove()
  }
}

/** A copy of the migrations' folder that ends where the version does. */
async function upTo(folder: string, version: SchemaVersion) {
  const last = Math.max(0, ...version.map(({ when }) => when))
  const journal = await readJournal(folder)
  const entries = journal.entries.filter(({ when }) => when <= last)
  const path = await mkdtemp(join(tmpdir(), 'doca-migrations-'))
  await mkdir(join(path, 'meta'))
  await writeFile(join(path, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries) await copyFile(join(folder, `${tag}.sql`), join(path, `${tag}.sql`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
