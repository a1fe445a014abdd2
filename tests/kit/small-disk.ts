/** A disk that can really be full: a tmpfs of so many MB, which only root can mount. */
import { chmodSync } from 'node:fs'
import { temporaryFolder } from './temporary-folder.ts'

export const mayMount = process.getuid?.() === 0 && process.platform === 'linux'
if (!mayMount) console.warn('skipped: the full disk, which only root can mount')

/** The folder that it is mounted on. */
export function mountSmallDisk(megabytes: number): string {
  const disk = temporaryFolder()
  chmodSync(disk, 0o700)
  const { exitCode, stderr } = Bun.spawnSync([
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m,mode=700`,
    'tmpfs',
    disk,
  ])
  if (exitCode !== 0) throw new Error(`no disk could be mounted: ${stderr.toString()}`)
  return disk
}

export const unmount = (disk: string) => void Bun.spawnSync(['umount', disk])
