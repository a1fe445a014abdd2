/** Lists the files below a folder as objects, in the order of their keys, one folder in memory at a time. */
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

/** How many files are asked about at once. */
const STAT_AT_ONCE = 64

async function* walk(root: string, folders: string[], start: string, options: ListOptions): AsyncGenerator<ObjectInfo> {
  const parent = folders.map((name) => `${name}/`).join('')
  let files: string[] = []
  for (const name of await sortedNames(root, folders, start, options)) {
    if (name.endsWith('/')) {
      yield* infos(root, files, options)
      files = []
      yield* walk(root, [...folders, name.slice(0, -1)], '', options)
    } else {
      files.push(parent + name)
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
 * The names in one folder in the order of the keys below them: a folder's name has `/` at its end, so that `a-b` comes before
 * `a/b`. Names that no key can say (a backslash, bytes that are not UTF-8) are left out unless asked for. It holds nothing but names, since
 * there may be 100,000 of them.
 */
async function sortedNames(
  root: string,
  folders: string[],
  start: string,
  { after, unusable = false }: ListOptions,
): Promise<string[]> {
  const path = join(root, ...folders)
  const found = await readdir(path, { withFileTypes: true }).catch((err) => {
    if (isMissing(err)) return []
    throw diskError(err, path)
  })
  const parent = folders.map((name) => `${name}/`).join('')
  const names: string[] = []
  for (const entry of found) {
    const { name } = entry
    if (!name.startsWith(start) || !(unusable || isKey(parent + name))) continue
    const listed = entry.isDirectory() ? `${name}/` : name
    const is_behind =
      after === undefined ||
      compareUtf8(parent + listed, after) > 0 ||
      (listed !== name && after.startsWith(parent + listed))
    if (is_behind) names.push(listed)
  }
  return names.sort(compareUtf8)
}

/** In the order of their bytes in UTF-8: as of UTF-16, but that surrogates come after all others. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (one !== other) return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff

function missingIsNull(err: unknown): null {
  if (isMissing(err)) return null
  throw diskError(err, 'objects')
}
