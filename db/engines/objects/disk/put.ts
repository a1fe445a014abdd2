/**
 * Puts an object whole or not at all: its bytes go to a file in a hidden folder on the same disk, are synced, and one
 * rename makes them the object. A process killed on the way leaves only a hidden file, removed later.
 */
import { lstat, mkdir, open, readdir, rename, rm, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../../lib/errors.ts'
import { diskError, errnoOf, isMissing, objectInfo, realFolder } from './file.ts'
import type { ObjectInfo, Objects } from '../objects.ts'
import { INCOMING, splitKey } from '../key.ts'
import { syncFolder } from '../../../../lib/fsync-folder.ts'

/** Nobody feeds a put so slowly that its file is not written to for this long. */
const ABANDONED_MS = 60 * 60_000

/** The driver's `put`; cleans up after killed processes now, and again each time that long has passed. */
export async function createDiskPut(folder: string, abandoned_ms = ABANDONED_MS): Promise<Objects['put']> {
  let cleaned_at = Date.now()
  await removeAbandoned(folder, abandoned_ms)
  return async (key, body) => {
    if (Date.now() - cleaned_at > abandoned_ms) {
      cleaned_at = Date.now()
      await removeAbandoned(folder, abandoned_ms)
    }
    return put(folder, key, body)
  }
}

async function put(folder: string, key: string, body: Parameters<Objects['put']>[1]): Promise<ObjectInfo> {
  const names = splitKey(key)
  await checkWay(folder, names)
  const incoming = join(folder, INCOMING, Bun.randomUUIDv7())
  const path = join(folder, ...names)
  try {
    const file = await create(incoming)
    try {
      await write(file, body)
      await renameDurably(incoming, path)
      // Asked of the open file: another put of the same key may have replaced it already.
      return objectInfo(key, await file.stat({ bigint: true }))
    } finally {
      await file.close()
    }
  } catch (err) {
    await rm(incoming, { force: true })
    throw explain(err, key, path)
  }
}

async function create(incoming: string): Promise<FileHandle> {
  await mkdir(dirname(incoming), { recursive: true, mode: 0o700 })
  return open(incoming, 'wx', 0o600)
}

async function write(file: FileHandle, body: Parameters<Objects['put']>[1]): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) await file.appendFile(body)
  else await writeStream(file, body)
  // The kernel's own time of writing is coarse and inode numbers return: two quick puts could look the same.
  const now_s = (performance.timeOrigin + performance.now()) / 1000
  await file.utimes(now_s, now_s)
  await file.sync()
}

async function writeStream(file: FileHandle, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) await file.appendFile(next.value)
  } catch (err) {
    // The body's source need not go on; if it was the body that failed, this changes nothing.
    await reader.cancel(err).catch(() => {})
    throw err
  }
}

async function renameDurably(incoming: string, path: string): Promise<void> {
  const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await rename(incoming, path)
  } catch (err) {
    // An empty folder left behind by deleted objects is no object in the way.
    if (errnoOf(err) !== 'EISDIR') throw err
    await rmdir(path)
    await rename(incoming, path)
  }
  // The new names are durable only once the folders that hold them are.
  const last = dirname(made ?? path)
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder)
    if (folder === last) return
  }
}

/** Looked at before any folder is made: mkdir would follow a link out of the folder. */
async function checkWay(folder: string, names: string[]): Promise<void> {
  const state = await realFolder(folder, names.slice(0, -1))
  if (state === 'link')
    throw new AppError('conflict', 'object_key_taken', {
      en: `A folder of ${names.join('/')} is a link, which objects do not follow.`,
      pt: `Uma pasta de ${names.join('/')} é um link, que os objetos não seguem.`,
    })
  if (state === 'file')
    throw new AppError('conflict', 'object_key_taken', {
      en: `A file is in the way of ${names.join('/')}. Choose another name.`,
      pt: `Há um arquivo no caminho de ${names.join('/')}. Escolha outro nome.`,
    })
}

function explain(err: unknown, key: string, path: string): unknown {
  const code = errnoOf(err)
  if (['EISDIR', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(code))
    return new AppError(
      'conflict',
      'object_key_taken',
      {
        en: `Other objects lie below or above ${key}. Choose another name.`,
        pt: `Há outros objetos abaixo ou acima de ${key}. Escolha outro nome.`,
      },
      {
        cause: err,
      },
    )
  // An error of the body itself passes unchanged.
  return code && (err as NodeJS.ErrnoException).syscall ? diskError(err, path) : err
}

async function removeAbandoned(folder: string, abandoned_ms: number): Promise<void> {
  const incoming = join(folder, INCOMING)
  try {
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name)
      const stat = await lstat(path)
      if (Date.now() - stat.mtimeMs > abandoned_ms) await unlink(path)
    }
  } catch (err) {
    // Another process cleans at the same time, and took a file first; it will take the others too.
    if (!isMissing(err)) throw diskError(err, incoming)
  }
}
