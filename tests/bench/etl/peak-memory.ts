/** The most memory that a process and its descendants have at once, looked at every few milliseconds. */
import { readdir, readFile } from 'node:fs/promises'

/** Often enough for what lasts seconds, seldom enough not to be part of it. */
const LOOK_EVERY_MS = 50
const PAGE_KIB = 4

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

/** Resident, as the peer tells its own; what several share counts once for each. */
async function sizeOf(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return Number(statm.split(' ')[1] ?? 0) * PAGE_KIB
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number)
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()]
}
