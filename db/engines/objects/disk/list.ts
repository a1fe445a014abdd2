/** Lists the files below a folder as objects, in the order of their keys, one folder in memory at a time. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../../lib/errors.ts'
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
  const kind = await realFolder(folder, folders)
  if (kind === 'link') options.leftOut?.(folders.join('/'), isLink(folders.join('/')))
  if (kind === 'real') yield* walk(folder, folders, start, options)
}

/** How many files are asked about at once. */
const STAT_AT_ONCE = 64

async function* walk(root: string, folders: string[], start: string, options: ListOptions): AsyncGenerator<ObjectInfo> {
  const names = await sortedNames(root, folders, start, options)
  const path = folders.join('/')
  if (names === 'missing') {
    if (options.unusable && folders.at(-1)?.includes('\ufffd')) yield unreadable(path)
    return
  }
  let files: string[] = []
  for (const name of names) {
    if (name.endsWith('/')) {
      yield* infos(root, files, options)
      files = []
      yield* walk(root, [...folders, name.slice(0, -1)], '', options)
    } else {
      files.push(keyIn(path, name))
      if (files.length < STAT_AT_ONCE) continue
      yield* infos(root, files, options)
      files = []
    }
  }
  yield* infos(root, files, options)
}

async function* infos(root: string, keys: string[], options: ListOptions): AsyncGenerator<ObjectInfo> {
  // A file cannot be asked about because of its folder.
  const folder = keys[0]?.slice(0, keys[0].lastIndexOf('/')) ?? ''
  const stats = await Promise.all(
    keys.map((key) => lstat(join(root, key), { bigint: true }).catch((err) => ifMayBeLeftOut(err, folder, options))),
  )
  for (const [i, key] of keys.entries()) {
    const stat = stats[i]
    if (stat === 'missing') {
      if (options.unusable && key.includes('\ufffd')) yield unreadable(key)
    } else if (stat?.isSymbolicLink()) options.leftOut?.(key, isLink(key))
    else if (stat?.isFile()) yield objectInfo(key, stat)
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
  options: ListOptions,
): Promise<string[] | 'missing'> {
  const { after, unusable = false } = options
  const path = folders.join('/')
  const found = await readdir(join(root, path), { withFileTypes: true }).catch((err) =>
    ifMayBeLeftOut(err, path, options),
  )
  if (found === null || found === 'missing') return found ?? []
  const names: string[] = []
  for (const entry of found) {
    const { name } = entry
    const key = keyIn(path, name)
    if (!name.startsWith(start) || !(unusable || isKey(key))) continue
    const is_folder = entry.isDirectory()
    const is_behind =
      after === undefined ||
      compareUtf8(is_folder ? `${key}/` : key, after) > 0 ||
      (is_folder && after.startsWith(`${key}/`))
    if (is_behind) names.push(is_folder ? `${name}/` : name)
  }
  return names.sort(compareUtf8)
}

const keyIn = (path: string, name: string) => (path === '' ? name : `${path}/${name}`)

/** null: was told, and is left out. */
function ifMayBeLeftOut(err: unknown, path: string, { leftOut }: ListOptions): 'missing' | null {
  if (isMissing(err)) return 'missing'
  const why = diskError(err, path || 'objects')
  if (!leftOut) throw why
  leftOut(path, why)
  return null
}

function isLink(path: string): AppError {
  return new AppError('conflict', 'object_key_taken', {
    en: `${path} is a link, which objects do not follow.`,
    pt: `${path} é um link, que os objetos não seguem.`,
  })
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
