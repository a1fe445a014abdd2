import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4096

/** Memory that a process really holds; 0 when it is gone. */
export function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return residentByPs(pid)
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    // It has just ended; whoever waits for its answer hears of that by itself.
    return 0
  }
}

function residentByPs(pid: number): number {
  const { stdout } = Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)])
  return Number(stdout.toString().trim() || 0) * 1024
}
