/** A folder of archives: closed to others, and without what killed backups left there. */
import { fstatSync } from 'node:fs'
import { chmod, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../lib/errors.ts'
import { closeToOthers, isOpenToOthers } from '../../lib/private-folder.ts'
import { tryLockFile, type FileLock } from '../engines/embedded/lock-file.ts'
import { INCOMING } from '../engines/objects/key.ts'
import { archiveTime, PARTIAL } from './file-names.ts'

/**
 * Makes `folder` 0700 and its archives 0600, also those of earlier builds. A folder that holds other things is somebody's
 * own and stays as it is; the sentence returned says so.
 */
export async function closeArchiveFolder(folder: string): Promise<string | null> {
  const names = await readdir(folder)
  for (const name of names)
    if (archiveTime(name) && isOpenToOthers(join(folder, name))) await chmod(join(folder, name), 0o600)
  const isOurs = (name: string) =>
    archiveTime(name) !== null || name.startsWith(PARTIAL) || [INCOMING, 'wal'].includes(name)
  if (names.every(isOurs)) closeToOthers(folder, isOurs)
  return isOpenToOthers(folder)
    ? `${folder} is open to others; the archives in it are 0600. Close it (chmod 700), or name a folder for backups alone.`
    : null
}

/** Makes the file of an archive that is being written; the lock says that its program lives. null: this disk knows no locks. */
export function lockPartial(path: string): FileLock | null {
  for (;;) {
    const lock = lockOf(path)
    if (lock === 'unsupported') return null
    // Another backup may have taken the file for a killed one's, in the moment before it was locked.
    if (lock && fstatSync(lock.fd).nlink > 0) return lock
    lock?.release()
  }
}

/** Where a disk knows no locks, a file that nobody has written to for so long is a killed backup's. */
const ABANDONED_MS = 60 * 60_000

/** Removes files that killed backups left; those of programs that live are locked. */
export async function removePartials(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${PARTIAL}doca-`)) continue
    const path = join(folder, name)
    const lock = lockOf(path)
    if (!lock) continue
    const abandoned = lock !== 'unsupported' || Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS
    if (abandoned) await rm(path, { force: true })
    if (lock !== 'unsupported') lock.release()
  }
}

/** undefined: a program holds it. */
function lockOf(path: string): FileLock | undefined | 'unsupported' {
  try {
    return tryLockFile(path)
  } catch (err) {
    if (err instanceof AppError && err.code === 'lock_unsupported') return 'unsupported'
    throw err
  }
}
