import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that BACKUP_URL names, by its path or as file://; null when it is no folder of this machine. */
export function copiesFolder(url: string): string | null {
  if (isAbsolute(url)) return url
  try {
    return fileURLToPath(url)
  } catch {
    return null
  }
}
