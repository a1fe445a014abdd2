/** BACKUP_URL: where copies of archives stand elsewhere, a bucket or a folder, seen as objects. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Log } from '../../lib/log.ts'
import { AppError } from '../../lib/errors.ts'
import { createDiskObjects } from '../engines/objects/disk/objects.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { copiesFolder } from './config.ts'
import { archiveTime } from './file-names.ts'
import { decideRetention } from './retention.ts'

/** An archive is copied without a pause, by one backup at a time: the next one removes what a killed one left. */
const ABANDONED_MS = 60_000

/** Throws AppError when the bucket cannot be reached, or the folder not be written to. */
export async function openCopies(url: string, log: Log): Promise<Objects> {
  if (url.startsWith('s3://')) return (await import('../engines/objects/s3/objects.ts')).createS3Objects(url, log)
  return createDiskObjects(copiesFolder(url)!, ABANDONED_MS)
}

/** Copies the archive and reads the copy back; throws AppError backup_copy_differs when it is another. */
export async function copyArchive(copies: Objects, path: string, sha256: string): Promise<void> {
  const name = basename(path)
  await copies.put(name, Bun.file(path).stream())
  const found = await copies.get(name)
  const hash = createHash('sha256')
  if (found) for await (const chunk of found.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk)
  if (found && hash.digest('hex') === sha256) return
  await copies.delete(name)
  throw new AppError('upstream', 'backup_copy_differs', {
    en: `The copy of ${name} in BACKUP_URL did not come back as it was sent.`,
    pt: `A cópia de ${name} em BACKUP_URL não voltou como foi enviada.`,
  })
}

/** Deletes the archives that need not be kept; their names. Other files are left alone. */
export async function removeOld(copies: Objects): Promise<string[]> {
  const { remove } = decideRetention(await archivesIn(copies))
  for (const name of remove) await copies.delete(name)
  return remove
}

/** Names of archives, oldest first. */
export async function archivesIn(copies: Objects): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of copies.list('doca-')) if (archiveTime(key)) names.push(key)
  return names.toSorted((a, b) => archiveTime(a)!.getTime() - archiveTime(b)!.getTime())
}
