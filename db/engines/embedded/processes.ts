/** Facts of a process id from the kernel: whether it lives, and what it really is. */
import { readdirSync, readFileSync } from 'node:fs'

/** False for a process that has ended, also before its parent has collected it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (err) {
    // Somebody else's process.
    return (err as NodeJS.ErrnoException).code === 'EPERM'
  }
  return commandOf(pid) !== ''
}

/** True when `pid` is the server of `folder`, and not something that got the number of one that is gone. */
export function isPostmaster(pid: number, folder: string): boolean {
  return commandOf(pid).includes(LINUX ? `\0-D\0${folder}\0` : ` -D ${folder} `)
}

/** Backends of the server `cluster` that outlive it, busy with a query; none where there is no /proc. */
export function processesOf(cluster: string): number[] {
  if (!LINUX) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandOf(pid).startsWith(`postgres: ${cluster}: `))
}

const LINUX = process.platform === 'linux'

/** The command line; empty for a process that has ended. On Linux its words end in NUL, else a blank stands between. */
function commandOf(pid: number): string {
  try {
    if (LINUX) return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch (err) {
    if (['ENOENT', 'ESRCH'].includes((err as NodeJS.ErrnoException).code ?? '')) return ''
    throw err
  }
  const ps = Bun.spawnSync(['ps', '-p', String(pid), '-o', 'command='])
  const command = ps.stdout.toString().trim()
  return command.endsWith('<defunct>') ? '' : command && `${command} `
}
