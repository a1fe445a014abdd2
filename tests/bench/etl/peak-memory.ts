/** The most memory that a process and its descendants have at once, looked at every few milliseconds. */
import { readdir, readFile } from 'node:fs/promises'

/** Looking costs time: not while it is measured. */
const LOOK_EVERY_MS = 30

export function peakMemory(pid: number): { stop(): Promise<number> } {
  let peak_kib = 0
  let stopped = false
  const looking = (async () => {
    while (!stopped) {
      const sizes = await Promise.all((await treeOf(pid)).map(sizeOf))
      peak_kib = Math.max(
        peak_kib,
        sizes.reduce((sum, size) => sum + size, 0),
      )
      await Bun.sleep(LOOK_EVERY_MS)
    }
  })()
  return {
    async stop() {
      stopped = true
      await looking
      return peak_kib / 1024
    },
  }
}

/** Proportional: what several of them share counts once. */
async function sizeOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number)
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()]
}
