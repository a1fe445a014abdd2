/**
 * Objects as files: a key is the path below one folder, and a file dropped there by hand is an object like any other.
 * Links are not objects and are never followed, so that no key leads out of the folder.
 */
import { constants } from 'node:fs'
import { lstat, mkdir, open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectInfo, Objects } from '../objects.ts'
import { diskError, isMissing, objectInfo, realFolder } from './file.ts'
import { listFiles } from './list.ts'
import { INCOMING, splitKey } from '../key.ts'
import { createDiskPut } from './put.ts'
import { AppError } from '../../../../lib/errors.ts'

/**
 * Opens the objects in `folder`, making it when it is not there. A put that wrote nothing for `abandoned_ms` (an hour unless
 * given) was killed, and what it left is removed.
 */
export async function createDiskObjects(folder: string, abandoned_ms?: number): Promise<Objects> {
  await mkdir(join(folder, INCOMING), { recursive: true, mode: 0o700 }).catch((err) => {
    throw diskError(err, folder)
  })
  return {
    list: (prefix, options) => listFiles(folder, prefix, options),
    head: (key) => head(folder, key),
    get: (key) => get(folder, key),
    put: await createDiskPut(folder, abandoned_ms),
    delete: (key) => remove(folder, key),
    close: async () => {},
  }
}

async function head(folder: string, key: string): Promise<ObjectInfo | null> {
  const path = await existingPath(folder, key)
  if (!path) return null
  const stat = await lstat(path, { bigint: true }).catch(nullIfMissing(path))
  return stat?.isFile() ? objectInfo(key, stat) : null
}

async function get(folder: string, key: string) {
  const path = await existingPath(folder, key)
  if (!path) return null
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(nullIfMissing(path))
  if (!file) return null
  try {
    const stat = await file.stat({ bigint: true })
    if (stat.isFile()) return { info: objectInfo(key, stat), body: bodyOf(file, stat, key) }
  } catch (err) {
    await file.close()
    throw err
  }
  await file.close()
  return null
}

async function remove(folder: string, key: string): Promise<void> {
  const path = await existingPath(folder, key)
  const stat = path && (await lstat(path).catch(nullIfMissing(path)))
  if (stat && stat.isFile()) await unlink(path).catch(nullIfMissing(path))
}

/** Few enough system calls for a large file, small enough to hold many at once. */
const CHUNK_BYTES = 256 * 1024

/** The file's bytes as they were at `opened`: exactly that many, and an error at the end if they changed meanwhile. */
function bodyOf(file: FileHandle, opened: { size: bigint; mtimeNs: bigint }, key: string): ReadableStream<Uint8Array> {
  const size = Number(opened.size)
  let position = 0
  async function readChunk(controller: ReadableStreamDefaultController<Uint8Array>) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size - position))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
    position += bytesRead
    if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead))
    if (bytesRead > 0 && position < size) return
    const now = await file.stat({ bigint: true })
    if (position < size || now.size !== opened.size || now.mtimeNs !== opened.mtimeNs)
      throw new AppError('conflict', 'object_changed', {
        en: `${key} was changed while it was being read. Read it again.`,
        pt: `${key} mudou enquanto era lido. Leia de novo.`,
      })
    await file.close()
    controller.close()
  }
  return new ReadableStream({
    async pull(controller) {
      try {
        await readChunk(controller)
      } catch (err) {
        await file.close()
        throw err
      }
    },
    cancel: () => file.close(),
  })
}

/** Where the key's file would be, or null when its folder does not exist or is a link. */
async function existingPath(folder: string, key: string): Promise<string | null> {
  const names = splitKey(key)
  const state = await realFolder(folder, names.slice(0, -1))
  return state === 'real' ? join(folder, ...names) : null
}

function nullIfMissing(path: string) {
  return (err: unknown): null => {
    if (isMissing(err)) return null
    throw diskError(err, path)
  }
}
