/**
 * Where the objects and secrets of a restore wait until the database has its rows, and where those that they replace are kept
 * until all is done: DATA_DIR/restore, on the disk of both, so that renames put everything in place, and back.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../lib/errors.ts'
import { syncFolder } from '../../lib/fsync-folder.ts'
import { createDiskObjects } from '../engines/objects/disk/objects.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { readSecrets, writeSecret } from './secrets.ts'

export interface Staging {
  objects: Pick<Objects, 'put'>
  addSecret(name: string, bytes: Uint8Array): Promise<void>
  /** Puts everything in place; what was there is kept. */
  swap(): Promise<void>
}

/** Where objects are: `in_bucket`, or on the disk of `data_dir`. */
export interface StoredObjects {
  data_dir: string
  objects: Objects
  in_bucket: boolean
}

/** A bucket is filled at once: it was empty. */
export async function openStaging({ data_dir, objects, in_bucket }: StoredObjects): Promise<Staging> {
  const { folder, secrets, keeping, new_secrets, kept_secrets, placed, new_objects, kept_objects } = pathsOf(data_dir)
  await mkdir(new_secrets, { recursive: true, mode: 0o700 })
  if (in_bucket) await objects.put(BUCKET_MARK, 'A restore fills this bucket.\n')
  else await checkRenames(data_dir, placed)
  return {
    objects: in_bucket ? objects : await createDiskObjects(new_objects),
    addSecret: (name, bytes) => writeSecret(folder, name, bytes),
    async swap() {
      const names = await readdir(new_secrets)
      if (names.length > 0) {
        await mkdir(join(keeping, 'secrets'), { recursive: true, mode: 0o700 })
        for (const { name, bytes } of await readSecrets(data_dir)) await writeSecret(keeping, name, bytes)
        // Its name says that all are kept.
        await rename(join(keeping, 'secrets'), kept_secrets)
        await syncFolder(folder)
        for (const name of names) await writeSecret(data_dir, name, await readFile(join(new_secrets, name)))
        await syncFolder(secrets)
      }
      if (in_bucket) return objects.delete(BUCKET_MARK)
      await rename(placed, kept_objects)
      await rename(new_objects, placed)
      await syncFolder(folder)
      await syncFolder(data_dir)
    },
  }
}

/** Puts back what a swap replaced, as far as it came. `opened`: by this process; else a bucket is cleared only with its mark. */
export async function undoStaging({ data_dir, objects, in_bucket }: StoredObjects, opened: boolean): Promise<void> {
  const { secrets, new_secrets, kept_secrets, placed, new_objects, kept_objects } = pathsOf(data_dir)
  if (existsSync(kept_objects)) {
    await rm(new_objects, { recursive: true, force: true })
    if (existsSync(placed)) await rename(placed, new_objects)
    await rename(kept_objects, placed)
    await syncFolder(data_dir)
  }
  if (existsSync(kept_secrets))
    for (const name of await readdir(new_secrets)) {
      const kept = join(kept_secrets, name)
      if (existsSync(kept)) await writeSecret(data_dir, name, await readFile(kept))
      else await rm(join(secrets, name), { force: true })
    }
  if (in_bucket && (opened || (await objects.head(BUCKET_MARK))))
    for await (const { key } of objects.list('')) await objects.delete(key)
  await removeStaging(data_dir)
}

export async function removeStaging(data_dir: string): Promise<void> {
  await rm(pathsOf(data_dir).folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Whether a restore was begun there that has not ended. */
export const isStaged = (data_dir: string) => existsSync(pathsOf(data_dir).folder)

/** Says that what else is in a bucket came from a restore that has not ended. */
const BUCKET_MARK = 'doca-restore-unfinished'

async function checkRenames(data_dir: string, placed: string): Promise<void> {
  await mkdir(placed, { recursive: true, mode: 0o700 })
  if ((await stat(placed)).dev === (await stat(data_dir)).dev) return
  throw new AppError('invalid', 'restore_objects_mount', {
    en: `${placed} is a mount point, which no rename can replace; mount ${data_dir} as a whole.`,
    pt: `${placed} é um ponto de montagem, que não pode ser trocado por renomeação; monte ${data_dir} por inteiro.`,
  })
}

function pathsOf(data_dir: string) {
  const folder = join(data_dir, 'restore')
  return {
    folder,
    secrets: join(data_dir, 'secrets'),
    new_secrets: join(folder, 'secrets'),
    keeping: join(folder, 'keeping'),
    kept_secrets: join(folder, 'secrets.before'),
    placed: join(data_dir, 'objects'),
    new_objects: join(folder, 'objects'),
    kept_objects: join(folder, 'objects.before'),
  }
}
