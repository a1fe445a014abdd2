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
  const path = folders.join('/')
  const names = await sortedNames(root, path, start, options)
  if (names === 'missing') {
    if (options.unusable && folders.at(-1)?.includes('\ufffd')) yield unreadable(path)
    return
  }
  /** As `a/b` comes behind `a-b`, so does what is in the folder `a`. */
  const begun: string[] = []
  const isBehind = (name: string, folder: string) =>
    !(name.startsWith(folder) && name.charCodeAt(folder.length) < SLASH)
  for (let at = 0; at < names.length; at += STAT_AT_ONCE) {
    const some = names.slice(at, at + STAT_AT_ONCE)
    for (const [i, found] of (await look(root, path, some, options)).entries()) {
      const name = some[i]!
      while (begun.length > 0 && isBehind(name, begun.at(-1)!))
        yield* walk(root, [...folders, begun.pop()!], '', options)
      if (found === 'folder') begun.push(name)
      else if (found) yield found
    }
  }
  while (begun.length > 0) yield* walk(root, [...folders, begun.pop()!], '', options)
}

const SLASH = 0x2f

/** null: nothing to list. */
function look(
  root: string,
  path: string,
  names: string[],
  options: ListOptions,
): Promise<(ObjectInfo | 'folder' | null)[]> {
  return Promise.all(
    names.map(async (name) => {
      const key = keyIn(path, name)
      // A file cannot be asked about because of its folder.
      const stat = await lstat(join(root, key), { bigint: true }).catch((err) => ifMayBeLeftOut(err, path, options))
      if (stat === null) return null
      if (stat === 'missing') return options.unusable && key.includes('\ufffd') ? unreadable(key) : null
      if (stat.isDirectory()) return 'folder'
      if (stat.isSymbolicLink()) options.leftOut?.(key, isLink(key))
      return stat.isFile() ? objectInfo(key, stat) : null
    }),
  )
}

/** Bytes that are not UTF-8 are lost in what the runtime makes of them, and so is the file. */
function unreadable(key: string): ObjectInfo {
  return { key, size_bytes: 0, version: UNREADABLE_NAME, modified_at: new Date(), settled: true }
}

/**
 * Names that no key can say (a backslash, bytes that are not UTF-8) are left out unless asked for. It holds nothing but names, since
 * there may be 100,000 of them: with their types they would take five times the memory.
 */
async function sortedNames(
  root: string,
  path: string,
  start: string,
  options: ListOptions,
): Promise<string[] | 'missing'> {
  const found = await readdir(join(root, path)).catch((err) => ifMayBeLeftOut(err, path, options))
  if (found === null || found === 'missing') return found ?? []
  return found
    .filter((name) => name.startsWith(start) && (options.unusable || isKey(keyIn(path, name))))
    .sort(compareUtf8)
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
