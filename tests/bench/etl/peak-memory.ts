/** The most memory that a process and its descendants have at once, looked at every few milliseconds. */
import { readdir, readFile } from 'node:fs/promises'

/** Looking costs time: not while it is measured. */
const LOOK_EVERY_MS = 30

/** `pss`, proportional: what several of them share counts once. `rss`: it counts for each in full. */
export interface PeakMemory {
  pss_mib: number
  rss_mib: number
}

export function peakMemory(pid: number): { stop(): Promise<PeakMemory> } {
  const peak = { pss_mib: 0, rss_mib: 0 }
  let stopped = false
  const looking = (async () => {
    while (!stopped) {
      const now = await memoryOf(pid)
      for (const kind of ['pss_mib', 'rss_mib'] as const) peak[kind] = Math.max(peak[kind], now[kind])
      await Bun.sleep(LOOK_EVERY_MS)
    }
  })()
  return {
    async stop() {
      stopped = true
      await looking
      return peak
    },
  }
}

/** What they have now. */
export async function memoryOf(pid: number): Promise<PeakMemory> {
  const sizes = await Promise.all((await treeOf(pid)).map(sizeOf))
  const sum = (kind: keyof PeakMemory) => sizes.reduce((total, size) => total + size[kind], 0)
  return { pss_mib: sum('pss_mib'), rss_mib: sum('rss_mib') }
}

async function sizeOf(pid: number): Promise<PeakMemory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const [, rss = 0] = /^Rss:\s+(\d+)/m.exec(rollup) ?? []
  const [, pss = 0] = /^Pss:\s+(\d+)/m.exec(rollup) ?? []
  return { pss_mib: Number(pss) / 1024, rss_mib: Number(rss) / 1024 }
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number)
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()]
}
