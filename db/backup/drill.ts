/**
 * Proves that the newest archive can be restored: fills a scratch database on the same server from it, which compares every
 * table and definition with the manifest, and brings it to our own schema version. Objects are compared with their checksums
 * in the archive. The scratch database is dropped afterwards; one that a killed drill left, by the next.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import { recordDrill } from './history.ts'
import { createDiskObjects } from '../engines/objects/disk/objects.ts'
import { dropDatabase } from '../engines/postgres/drop-database.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import { archivesIn, openCopies } from './copies.ts'
import type { Manifest } from './format.ts'
import { checkSchemaVersion } from './schema-version.ts'
import { loadDatabase } from './load-database.ts'
import { withBackupLock } from './locks.ts'
import type { BackupPlan } from './plan.ts'
import { noProgress } from './progress.ts'
import { checkArchive, readArchive } from './read-archive.ts'

export interface DrillResult {
  file: string
  /** Where it was taken from. */
  source: 'folder' | 'copies'
  created_at: string
  databases: number
  tables: number
  rows: number
  objects: number
  duration_s: number
}

/** Throws AppError: backup_none when there is no archive, else what is wrong with the newest one. */
export async function drill(
  plan: BackupPlan,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<DrillResult> {
  const started = performance.now()
  return withBackupLock(plan.databases[0].url, async () => {
    const { file, path, source, remove } = await newestArchive(plan)
    try {
      const manifest = await restoreInScratch(plan, path, signal)
      await recordDrill(plan.sql, file, null)
      const tables = manifest.databases.flatMap((database) => database.tables)
      return {
        file,
        source,
        created_at: manifest.created_at,
        databases: manifest.databases.length,
        tables: tables.length,
        rows: tables.reduce((sum, { rows }) => sum + rows, 0),
        objects: manifest.objects.count,
        duration_s: Math.round(performance.now() - started) / 1000,
      }
    } catch (err) {
      if (signal?.aborted) throw err
      await recordDrill(plan.sql, file, messageOf(err))
      const why = sentenceOf(err)
      const detail = {
        en: `${file} did not come through the drill: ${why.en}`,
        pt: `${file} não passou na verificação: ${why.pt}`,
      }
      // A damaged archive stays damaged: the alert comes now, not after the retries.
      const final = err instanceof AppError && err.kind === 'invalid'
      throw new AppError('internal', 'backup_drill_failed', detail, { cause: err, final })
    } finally {
      await remove()
    }
  })
}

/** From BACKUP_URL where there is one: that copy is left when this machine burns. */
async function newestArchive(plan: BackupPlan) {
  // Not in a folder for temporary files, which often is in memory.
  const scratch = join(plan.data_dir, 'drill')
  // What a killed drill left.
  await rm(scratch, { recursive: true, force: true })
  const places = plan.copies_url === undefined ? [] : [['copies', await openCopies(plan.copies_url, plan.log)] as const]
  for (const [source, store] of [...places, ['folder', await createDiskObjects(plan.folder)] as const])
    try {
      const file = (await archivesIn(store)).at(-1)
      if (file === undefined) continue
      if (source === 'folder') return { file, path: join(plan.folder, file), source, remove: async () => {} }
      const path = join(scratch, file)
      const found = await store.get(file)
      if (!found)
        throw new AppError('not_found', 'backup_none', {
          en: `${file} vanished from BACKUP_URL.`,
          pt: `${file} desapareceu de BACKUP_URL.`,
        })
      await mkdir(scratch, { recursive: true, mode: 0o700 })
      await writeFile(path, found.body as unknown as AsyncIterable<Uint8Array>, { mode: 0o600 })
      return { file, path, source, remove: () => rm(scratch, { recursive: true, force: true }) }
    } finally {
      await store.close()
    }
  throw new AppError('not_found', 'backup_none', {
    en: 'There is no backup yet; run `bun run backup`.',
    pt: 'Ainda não há backup; rode `bun run backup`.',
  })
}

/** Restores the databases of the archive at `path` into scratch ones, and brings them to today's schema; objects are compared. */
export async function restoreInScratch(
  plan: Pick<BackupPlan, 'databases' | 'key'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Manifest> {
  const manifest = await checkArchive(path, plan.key, { progress: noProgress, signal })
  for (const dumped of manifest.databases) {
    const database = plan.databases.find(({ name }) => name === dumped.name)
    if (!database) continue
    if (database.migrations !== null) await checkSchemaVersion(database.migrations, dumped)
    await inScratch(database.url, async (url) => {
      const sql = openAlone(url, 'doca drill')
      try {
        await sql.begin((tx) =>
          loadDatabase(tx, database, dumped, async (loader) => {
            for await (const { member, body } of readArchive(path, plan.key, { signal }))
              if (member.kind === 'table' && member.database === dumped.name)
                await loader.part(member.schema, member.table, body)
          }),
        )
      } finally {
        await sql.end({ timeout: 1 })
      }
    })
  }
  return manifest
}

/** The name of a scratch database names the database it belongs to: several Docas may share a server. */
async function inScratch(url: string, work: (url: string) => Promise<void>): Promise<void> {
  const admin = openAlone(url, 'doca drill')
  try {
    const [{ oid }] = await admin<[{ oid: string }]>`
      select oid::text from pg_database where datname = current_database()`
    const prefix = `doca_drill_${oid}_`
    const left = await admin<{ datname: string }[]>`
      select datname from pg_database where starts_with(datname, ${prefix})`
    for (const { datname } of left) await dropDatabase(admin, datname)
    const name = `${prefix}${crypto.randomUUID().slice(0, 8)}`
    await admin`create database ${admin(name)} template template0`.catch((cause: unknown) => {
      const why = sentenceOf(cause)
      const detail = {
        en: `No scratch database can be made: ${why.en}. Give the database's user CREATEDB.`,
        pt: `Não é possível criar um banco de rascunho: ${why.pt}. Dê CREATEDB ao usuário do banco.`,
      }
      throw new AppError('internal', 'backup_drill_denied', detail, { cause })
    })
    try {
      const scratch = new URL(url)
      scratch.pathname = `/${name}`
      await work(scratch.href)
    } finally {
      await dropDatabase(admin, name)
    }
  } finally {
    await admin.end({ timeout: 1 })
  }
}
