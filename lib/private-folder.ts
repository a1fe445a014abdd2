/** Folders and files that are their owner's alone: 0700, and 0600 for what is no program. */
import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/** Group and others. */
const OTHERS = 0o077

/** Files that this process, and the children that it starts, make from now on are its user's alone. */
export const makeFilesPrivate = (): void => void process.umask(OTHERS)

/** True when others may read, enter or change it; a folder that is closed hides what is in it, whatever the modes there. */
export function isOpenToOthers(path: string): boolean {
  const stat = statOf(path)
  return stat !== undefined && isOpen(stat)
}

/**
 * Closes `folder` to others, and what is in it: an earlier build, a copy or an archive may have left it open. A folder below
 * that is closed is not looked into; what belongs to another user, or is a link, is left as it is. Each folder is
 * closed after what is in it, so that the next call goes on where this one was ended.
 */
export function closeToOthers(folder: string): void {
  const stat = statOf(folder)
  if (!stat?.isDirectory()) return
  for (const name of ifPossible(() => readdirSync(folder)) ?? []) {
    const path = join(folder, name)
    const found = statOf(path)
    if (!found || !isOpen(found)) continue
    if (found.isDirectory()) closeToOthers(path)
    else close(path, found)
  }
  close(folder, stat)
}

const isOpen = (stat: Stats) => !stat.isSymbolicLink() && (stat.mode & OTHERS) !== 0

function close(path: string, stat: Stats): void {
  if (isOpen(stat) && stat.uid === process.getuid?.()) ifPossible(() => chmodSync(path, stat.mode & 0o7777 & ~OTHERS))
}

const statOf = (path: string): Stats | undefined => ifPossible(() => lstatSync(path))

/** Other programs make and remove files meanwhile; some folders are not ours to read, and some disks know no modes. */
function ifPossible<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOTSUP'].includes(code)) return undefined
    throw thrown
  }
}
