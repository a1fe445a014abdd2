/** Lists the files below a folder as objects, in the order of their keys, one folder in memory at a time. */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, isMissing, objectInfo, realFolder } from './file.ts'
import type { ObjectInfo } from '../objects.ts'
import { isKey, splitPrefix } from '../key.ts'

/** Every object whose key starts with `prefix`; what vanishes meanwhile is left out. */
export async function* listFiles(folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const { folders, start } = splitPrefix(prefix)
  if ((await realFolder(folder, folders)) === 'real') yield* walk(folder, folders, start)
}

const utf8 = new TextEncoder()

/** How many files are asked about at once. */
const STAT_AT_ONCE = 64

async function* walk(root: string, folders: string[], start: string): AsyncGenerator<ObjectInfo> {
  const entries = await sortedEntries(root, folders, start)
  let files: string[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) {
      yield* infos(root, files)
      files = []
      yield* walk(root, [...folders, entry.name], '')
    } else {
      files.push([...folders, entry.name].join('/'))
      if (files.length < STAT_AT_ONCE) continue
      yield* infos(root, files)
      files = []
    }
  }
  yield* infos(root, files)
}

async function* infos(root: string, keys: string[]): AsyncGenerator<ObjectInfo> {
  const stats = await Promise.all(keys.map((key) => lstat(join(root, key), { bigint: true }).catch(missingIsNull)))
  for (const [i, key] of keys.entries()) if (stats[i]?.isFile()) yield objectInfo(key, stats[i])
}

/**
 * The entries of one folder in the order of the keys below them: a folder counts as its name with `/`, so that
 * `a-b` comes before `a/b`. Names that no key can say (a backslash, bytes that are not UTF-8) are left out.
 */
async function sortedEntries(root: string, folders: string[], start: string): Promise<Dirent[]> {
  const path = join(root, ...folders)
  const found = await readdir(path, { withFileTypes: true }).catch((err) => {
    if (isMissing(err)) return []
    throw diskError(err, path)
  })
  return found
    .filter(({ name }) => name.startsWith(start) && isKey([...folders, name].join('/')))
    .map((entry) => ({ entry, bytes: utf8.encode(entry.isDirectory() ? `${entry.name}/` : entry.name) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry)
}

function missingIsNull(err: unknown): null {
  if (isMissing(err)) return null
  throw diskError(err, 'objects')
}
