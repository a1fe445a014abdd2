/** Names of archives: when they were made, in UTC, so that names in order are backups in order. */

const NAME = /^doca-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{6}\.tar\.zst(\.age)?$/

export function archiveName(at: Date, encrypted: boolean): string {
  const stamp = at.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
  const tail = crypto.randomUUID().slice(0, 6)
  return `doca-${stamp}-${tail}.tar.zst${encrypted ? '.age' : ''}`
}

/** When the archive of that name was made; null for a file that is none of ours. */
export function archiveTime(name: string): Date | null {
  const parts = NAME.exec(name)
  if (!parts) return null
  const [, year, month, day, hour, minute, second] = parts
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** A file that is still being written has this before its name. */
export const PARTIAL = '.partial-'
