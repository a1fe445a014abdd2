/**
 * Makes a backup: one snapshot of each database, then every object there is by then, then the secrets. A program writes
 * an object before the row that names it, and deletions wait, so that no row of the archive names an object it lacks.
 */
import { join, resolve } from 'node:path'
import { version } from '../../package.json'
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import { beginBackup, endBackup, failBackup, markCopied } from './history.ts'
import { createDiskObjects } from '../engines/objects/disk/objects.ts'
import { closeArchiveFolder } from './archive-folder.ts'
import { copiesFolder } from './config.ts'
import { copyArchive, openCopies, removeOld } from './copies.ts'
import { dumpDatabase } from './dump-database.ts'
import { dumpObjects } from './dump-objects.ts'
import { archiveName } from './file-names.ts'
import { ABOUT, FORMAT, FORMAT_VERSION, MANIFEST, secretMember, type About, type Manifest } from './format.ts'
import { withBackupLock, type BackupLock } from './locks.ts'
import { distinctDatabases, type BackupPlan } from './plan.ts'
import { noProgress, type Progress } from './progress.ts'
import { readSecrets } from './secrets.ts'
import { takeBase } from './wal/bases.ts'
import { createArchive, type ArchiveWriter } from './write-archive.ts'
import type { Static } from '@sinclair/typebox'

export interface BackupResult {
  id: string
  path: string
  size_bytes: number
  sha256: string
  encrypted: boolean
  tables: number
  rows: number
  objects: number
  objects_bytes: number
  duration_s: number
  /** Whether a copy stands in BACKUP_URL, read back; null where it is not set. */
  copied: boolean | null
  /** From when on any later time can be restored to, because of this backup; null where KEEP_WAL is off. */
  base_at: Date | null
  /** Old archives that were deleted, by name. */
  removed: string[]
  /** A sentence each. */
  warnings: string[]
}

export interface BackupOptions {
  /** Unset: the plan's folder, where old archives are deleted as they are in BACKUP_URL. */
  folder?: string | undefined
  /** Leaves the database as it is: its tables may be those of an earlier build. */
  unrecorded?: boolean
  progress?: Progress
  signal?: AbortSignal | undefined
}

/**
 * Throws AppError. When the archive is whole and only its copy failed (backup_not_copied), or the base (backup_no_base), the archive
 * stays and counts.
 */
export async function makeBackup(plan: BackupPlan, options: BackupOptions = {}): Promise<BackupResult> {
  const progress = options.progress ?? noProgress
  const started = performance.now()
  const folder = resolve(options.folder ?? plan.folder)
  refuseAmongObjects(folder, plan.data_dir)
  return withBackupLock(plan.databases[0].url, async (lock) => {
    const id = Bun.randomUUIDv7()
    const file = archiveName(new Date(), plan.key !== undefined)
    const recorded = !options.unrecorded
    if (recorded) await beginBackup(plan.sql, { id, file, folder, encrypted: plan.key !== undefined })
    try {
      const made = await writeBackup(plan, lock, { folder, file, progress, signal: options.signal })
      const { path, size_bytes, sha256, manifest, warnings } = made
      const counts = {
        tables: manifest.databases.reduce((sum, { tables }) => sum + tables.length, 0),
        rows: manifest.databases.flatMap(({ tables }) => tables).reduce((sum, { rows }) => sum + rows, 0),
        objects: manifest.objects.count,
        objects_bytes: manifest.objects.size_bytes,
      }
      const summary = { ...counts, warnings, missing: manifest.objects.missing.slice(0, 20) }
      if (recorded) await endBackup(plan.sql, id, { size_bytes, sha256, summary })
      const copied = await copyElsewhere(plan, recorded ? id : null, path, sha256)
      if (copied.open) warnings.push(copied.open)
      const removed = [...copied.removed, ...(options.folder === undefined ? await removeOldHere(folder) : [])]
      const base_at = recorded ? await addBase(plan, path, { progress, signal: options.signal }) : null
      const duration_s = Math.round(performance.now() - started) / 1000
      const encrypted = plan.key !== undefined
      return {
        id,
        path,
        size_bytes,
        sha256,
        encrypted,
        ...counts,
        duration_s,
        copied: copied.done,
        base_at,
        removed,
        warnings,
      }
    } catch (err) {
      // A database that is away cannot be told; the row stays open, and the next backup closes it.
      const failed = !(err instanceof AppError && ['backup_not_copied', 'backup_no_base'].includes(err.code))
      if (failed && recorded)
        await failBackup(plan.sql, id, messageOf(err)).catch((e) => plan.log.debug({ err: e }, 'not recorded'))
      throw err
    } finally {
      progress.done()
    }
  })
}

async function writeBackup(
  plan: BackupPlan,
  lock: BackupLock,
  {
    folder,
    file,
    progress,
    signal,
  }: { folder: string; file: string; progress: Progress; signal?: AbortSignal | undefined },
) {
  const archive = await createArchive(folder, file, plan.key, signal)
  try {
    await lock.holdDeletions()
    const manifest = await writeMembers(plan, archive, { progress, signal })
    await lock.releaseDeletions()
    await archive.add(MANIFEST, json(manifest))
    const { missing_count, missing } = manifest.objects
    const warnings: string[] = []
    if (missing_count > 0)
      warnings.push(
        `${missing_count} objects vanished or changed all the time and are not in it: ${missing.slice(0, 5).join(', ')}${missing_count > 5 ? ', …' : ''}.`,
      )
    for (const { not_carried = [] } of manifest.databases)
      if (not_carried.length > 0)
        warnings.push(
          `It does not carry, and a restore will not bring back: ${not_carried.slice(0, 20).join(', ')}` +
            `${not_carried.length > 20 ? `, and ${not_carried.length - 20} more` : ''}.`,
        )
    if (plan.key === undefined)
      warnings.push(
        'BACKUP_KEY is not set: the archive can be read by whoever has it, and the generated secrets are left out. ' +
          `Keep ${join(plan.data_dir, 'secrets')} with it: without totp_key no user with two-factor sign-in gets in.`,
      )
    const finished = await archive.finish()
    const open = await closeArchiveFolder(folder)
    if (open) warnings.push(open)
    return { ...finished, manifest, warnings }
  } catch (err) {
    await archive.abandon(err)
    throw err
  }
}

async function writeMembers(
  plan: BackupPlan,
  archive: ArchiveWriter,
  options: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<Manifest> {
  const created_at = new Date().toISOString()
  const about: Static<typeof About> = {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    doca_version: version,
    created_at,
  }
  await archive.add(ABOUT, json(about))
  const databases = []
  for (const database of await distinctDatabases(plan.databases))
    databases.push(await dumpDatabase(database, archive, options))
  const objects = await dumpObjects(plan.objects, archive, options)
  const secrets = plan.key === undefined ? [] : await readSecrets(plan.data_dir)
  for (const { name, bytes } of secrets) await archive.add(secretMember(name), bytes)
  const indexes = await archive.closeIndex()
  const { members, size_bytes } = archive
  return { created_at, databases, objects, secrets: secrets.map(({ name }) => name), members, size_bytes, indexes }
}

async function copyElsewhere(plan: BackupPlan, id: string | null, path: string, sha256: string) {
  if (plan.copies_url === undefined) return { done: null, removed: [], open: null }
  try {
    const copies = await openCopies(plan.copies_url, plan.log)
    try {
      await copyArchive(copies, path, sha256)
      if (id !== null) await markCopied(plan.sql, id)
      const elsewhere = copiesFolder(plan.copies_url)
      const open = elsewhere === null ? null : await closeArchiveFolder(elsewhere)
      return { done: true, removed: await removeOld(copies), open }
    } finally {
      await copies.close()
    }
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = {
      en: `The backup is whole at ${path}, but not in BACKUP_URL: ${why.en}`,
      pt: `O backup está inteiro em ${path}, mas não em BACKUP_URL: ${why.pt}`,
    }
    throw new AppError('upstream', 'backup_not_copied', detail, { cause })
  }
}

async function addBase(
  { wal, databases, data_dir }: BackupPlan,
  path: string,
  options: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<Date | null> {
  if (wal === undefined) return null
  try {
    return (await takeBase({ url: databases[0].url, data_dir, wal }, options)).at
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = {
      en: `The backup is whole at ${path}, but there is no new base for a restore to a time: ${why.en}`,
      pt: `O backup está inteiro em ${path}, mas não há uma nova base para restaurar até um horário: ${why.pt}`,
    }
    throw new AppError('internal', 'backup_no_base', detail, { cause })
  }
}

async function removeOldHere(folder: string): Promise<string[]> {
  const here = await createDiskObjects(folder)
  const removed = await removeOld(here)
  await here.close()
  return removed
}

/** A backup among the objects would be in every later one. */
function refuseAmongObjects(folder: string, data_dir: string): void {
  const objects = join(data_dir, 'objects')
  if (folder !== objects && !folder.startsWith(`${objects}/`)) return
  throw new AppError('invalid', 'backup_folder', {
    en: `${folder} is among the objects that are backed up; name another folder.`,
    pt: `${folder} está entre os objetos que entram no backup; indique outra pasta.`,
  })
}

const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
