/**
 * Samples what processes use: resident memory and processor time. Limits of the system (ulimit) are no alternative: of address
 * space the engine reserves many times what it uses, and would not even start; time would count over all orders.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Growth of more than a few hundred MB a second gets beyond the limit between two samples. */
const SAMPLE_EVERY_MS = 100

/** Calls `exceeded` once, when `used` says more than `most`; returns how to stop watching. */
export function watchUsage(used: () => number, most: number, exceeded: (used: number) => void): () => void {
  if (most === Infinity) return () => {}
  const timer = setInterval(() => {
    const now = used()
    if (!(now > most)) return
    clearInterval(timer)
    exceeded(now)
  }, SAMPLE_EVERY_MS)
  return () => clearInterval(timer)
}

/** Linux counts it in hundredths of a second. */
const TICK_MS = 10

/** Of one process since its start, in all of its threads; NaN when it is gone, and where the system does not tell. */
export function processorMs(pid: number): number {
  // After the name, which may hold anything; user and system are the 12th and the 13th of what follows.
  const stat = readProc(pid, 'stat')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Of one process; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return process.platform === 'linux' ? residentKbByProc(pid) * 1024 : sumByPs(['-p', String(pid)], () => true)
}

/** Of all processes of the group; pages that they share count for each. */
export function residentBytesOfGroup(group: number): number {
  if (process.platform !== 'linux') return sumByPs(['-A'], (pgid) => pgid === group)
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.reduce((kb, pid) => kb + (groupOf(pid) === group ? residentKbByProc(pid) : 0), 0) * 1024
}

function groupOf(pid: string): number | undefined {
  // After the name, which may hold anything: state, parent, group.
  const stat = readProc(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3)[2])
}

function residentKbByProc(pid: number | string): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0)
}

function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    // It has ended just now.
    return ''
  }
}

function sumByPs(select: string[], isCounted: (pgid: number) => boolean): number {
  const { stdout } = Bun.spawnSync(['ps', '-o', 'pgid=,rss=', ...select])
  const rows = stdout.toString().split('\n')
  return rows.reduce((bytes, row) => {
    const [pgid = NaN, kb = 0] = row.trim().split(/\s+/).map(Number)
    return isCounted(pgid) ? bytes + kb * 1024 : bytes
  }, 0)
}
