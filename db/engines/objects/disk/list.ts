/** Lists the files below a folder as objects, in the order of their keys, one folder in memory at a time. */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError, isMissing, objectInfo, realFolder } from './file.ts'
import { UNREADABLE_NAME, type ListOptions, type ObjectInfo } from '../objects.ts'
import { isKey, splitPrefix } from '../key.ts'

/** Every object whose key starts with `prefix`; what vanishes meanwhile is left out. */
export async function* listFiles(
  folder: string,
  prefix: string,
  options: ListOptions = {},
): AsyncGenerator<ObjectInfo> {
  const { folders, start } = splitPrefix(prefix)
  if ((await realFolder(folder, folders)) === 'real') yield* walk(folder, folders, start, options)
}

const utf8 = new TextEncoder()

/** How many files are asked about at once. */
const STAT_AT_ONCE = 64

async function* walk(root: string, folders: string[], start: string, options: ListOptions): AsyncGenerator<ObjectInfo> {
  const entries = await sortedEntries(root, folders, start, options)
  let files: string[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) {
      yield* infos(root, files, options)
      files = []
      yield* walk(root, [...folders, entry.name], '', options)
    } else {
      files.push([...folders, entry.name].join('/'))
      if (files.length < STAT_AT_ONCE) continue
      yield* infos(root, files, options)
      files = []
    }
  }
  yield* infos(root, files, options)
}

async function* infos(root: string, keys: string[], { unusable = false }: ListOptions): AsyncGenerator<ObjectInfo> {
  const stats = await Promise.all(keys.map((key) => lstat(join(root, key), { bigint: true }).catch(missingIsNull)))
  for (const [i, key] of keys.entries()) {
    if (stats[i]?.isFile()) yield objectInfo(key, stats[i])
    else if (unusable && stats[i] === null && key.includes('\ufffd')) yield unreadable(key)
  }
}

/** Bytes that are not UTF-8 are lost in what the runtime makes of them, and so is the file. */
function unreadable(key: string): ObjectInfo {
  return { key, size_bytes: 0, version: UNREADABLE_NAME, modified_at: new Date(), settled: true }
}

/**
 * The entries of one folder in the order of the keys below them: a folder counts as its name with `/`, so that
 * `a-b` comes before `a/b`. Names that no key can say (a backslash, bytes that are not UTF-8) are left out unless asked for.
 */
async function sortedEntries(
  root: string,
  folders: string[],
  start: string,
  { after, unusable = false }: ListOptions,
): Promise<Dirent[]> {
  const path = join(root, ...folders)
  const found = await readdir(path, { withFileTypes: true }).catch((err) => {
    if (isMissing(err)) return []
    throw diskError(err, path)
  })
  const parent = folders.map((name) => `${name}/`).join('')
  const last = after === undefined ? undefined : utf8.encode(after)
  return found
    .filter(({ name }) => name.startsWith(start) && (unusable || isKey(parent + name)))
    .map((entry) => {
      const key = parent + entry.name + (entry.isDirectory() ? '/' : '')
      return { entry, key, bytes: utf8.encode(key) }
    })
    .filter(({ entry, key, bytes }) => {
      if (last === undefined || Buffer.compare(bytes, last) > 0) return true
      return entry.isDirectory() && after!.startsWith(key)
    })
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry)
}

function missingIsNull(err: unknown): null {
  if (isMissing(err)) return null
  throw diskError(err, 'objects')
}
