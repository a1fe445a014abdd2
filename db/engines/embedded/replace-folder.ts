/**
 * Puts another data folder in the place of the one that is there, which is kept beside it. Call these under the start lock.
 *
 * The new one is renamed to postgres.next, the old one to postgres.before-TIME, the new one to postgres. Killed before the
 * second rename, the old one is there, and postgres.next is removed by the next start; killed after it, the next start
 * does the third.
 */
import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncFolder } from '../../../lib/fsync-folder.ts'
import type { ServerPaths } from './data-folder.ts'

const nextOf = ({ folder }: ServerPaths) => `${folder}.next`
const KEPT = '.before-'

/** Returns where the old one is kept; those that earlier calls kept are removed. `whole` is on the same disk, and flushed. */
export async function replaceFolder(paths: ServerPaths, whole: string): Promise<string> {
  const { data_dir, folder } = paths
  const earlier = await keptFolders(paths)
  const kept = `${folder}${KEPT}${new Date().toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')}`
  await rename(whole, nextOf(paths))
  await syncFolder(data_dir)
  await rename(folder, kept)
  await rename(nextOf(paths), folder)
  await syncFolder(data_dir)
  for (const path of earlier) await rm(path, { recursive: true, force: true, maxRetries: 3 })
  return kept
}

/** Data folders that were replaced, oldest first. */
export async function keptFolders({ data_dir, folder }: ServerPaths): Promise<string[]> {
  const names = await readdir(data_dir)
  return names
    .filter((name) => name.startsWith(`${basename(folder)}${KEPT}`))
    .toSorted()
    .map((name) => join(data_dir, name))
}

/** Ends what a killed `replaceFolder` began. */
export async function endReplacing(paths: ServerPaths): Promise<void> {
  const next = nextOf(paths)
  if (!existsSync(next)) return
  if (existsSync(paths.folder)) return rm(next, { recursive: true, force: true, maxRetries: 3 })
  await rename(next, paths.folder)
  await syncFolder(paths.data_dir)
}

/** Of a server that is not running; they say where it ran. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts'])

/** Copies the folder of a stopped server, flushed to disk; sharing its blocks where the file system can. */
export async function copyFolder(from: string, to: string, onFile: (size_bytes: number) => void): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  for (const name of await readdir(from)) {
    if (LEFT_OUT.has(name)) continue
    const [source, target] = [join(from, name), join(to, name)]
    // Not of the link itself: a folder that somebody moved to another disk is copied, too.
    const found = await stat(source)
    if (found.isDirectory()) await copyFolder(source, target, onFile)
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await flush(target)
      onFile(found.size)
    }
  }
  await syncFolder(to)
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
