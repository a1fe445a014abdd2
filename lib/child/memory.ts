/**
 * Watches how much memory a process group has resident. By looking, since a limit on address space (ulimit -v) is no
 * limit on memory: the engine reserves many times what it uses, and would not even start.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** What grows faster than a few hundred MB a second gets beyond its limit in between. */
const LOOK_EVERY_MS = 250

/** Calls `exceeded` once, with how much it was, when the group takes more than `max_mb`; returns how to stop watching. */
export function watchMemory(group: number, max_mb: number, exceeded: (mb: number) => void): () => void {
  if (max_mb === Infinity) return () => {}
  const timer = setInterval(() => {
    const mb = Math.round(residentKb(group) / 1024)
    if (mb <= max_mb) return
    clearInterval(timer)
    exceeded(mb)
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** Of all processes of the group; pages that they share count for each. */
export function residentKb(group: number): number {
  return process.platform === 'linux' ? residentByProc(group) : residentByPs(group)
}

function residentByProc(group: number): number {
  let kb = 0
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      // After the name, which may hold anything: state, parent, group.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3)[2]) !== group) continue
      kb += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
    } catch {
      // It has ended just now.
    }
  }
  return kb
}

function residentByPs(group: number): number {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pgid=,rss='])
  const rows = stdout.toString().split('\n')
  return rows.reduce((kb, row) => {
    const [pgid, rss] = row.trim().split(/\s+/).map(Number)
    return pgid === group ? kb + (rss ?? 0) : kb
  }, 0)
}
