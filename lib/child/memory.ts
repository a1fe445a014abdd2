/**
 * Samples the resident memory of processes. A limit on address space (ulimit -v) is no alternative: the engine reserves many
 * times what it uses, and would not even start.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Growth of more than a few hundred MB a second gets beyond the limit between two samples. */
const SAMPLE_EVERY_MS = 200

/** Calls `exceeded` once, when `resident_bytes` says more than `max_bytes`; returns how to stop watching. */
export function watchMemory(
  resident_bytes: () => number,
  max_bytes: number,
  exceeded: (bytes: number) => void,
): () => void {
  if (max_bytes === Infinity) return () => {}
  const timer = setInterval(() => {
    const bytes = resident_bytes()
    if (bytes <= max_bytes) return
    clearInterval(timer)
    exceeded(bytes)
  }, SAMPLE_EVERY_MS)
  return () => clearInterval(timer)
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
