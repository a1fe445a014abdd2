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

/** True for a folder such as /tmp, where everybody has files of their own (the sticky bit). */
export const isShared = (folder: string): boolean => ((statOf(folder)?.mode ?? 0) & 0o1000) !== 0

/**
 * Closes `folder` to others, and those of its entries that `isOurs` knows with what is in them: an earlier build, a copy or an
 * archive may have left them open. Somebody may have named a folder with more in it, which is left alone, as is what belongs
 * to another user, and a link; a shared folder stays open. A folder below that is closed is not looked into, and each
 * is closed after what is in it, so that the next call goes on where this one was ended.
 */
export function closeToOthers(folder: string, isOurs: (name: string) => boolean): void {
  for (const name of entriesOf(folder)) if (isOurs(name)) closeTree(join(folder, name))
  const stat = statOf(folder)
  if (stat?.isDirectory() && !isShared(folder)) close(folder, stat)
}

function closeTree(path: string): void {
  const stat = statOf(path)
  if (!stat || !isOpen(stat)) return
  if (stat.isDirectory()) for (const name of entriesOf(path)) closeTree(join(path, name))
  close(path, stat)
}

const entriesOf = (folder: string): string[] => ifPossible(() => readdirSync(folder)) ?? []

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
