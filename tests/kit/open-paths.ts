import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Every path of `folder`, itself and below, that its group or others may read, enter or change. Links are not followed. */
export function openPaths(folder: string): string[] {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (!stat || stat.isSymbolicLink()) return []
  const below = stat.isDirectory() ? readdirSync(folder).flatMap((name) => openPaths(join(folder, name))) : []
  return (stat.mode & 0o077) === 0 ? below : [folder, ...below]
}
