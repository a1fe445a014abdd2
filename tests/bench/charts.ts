/**
 * Workbooks into pictures.
 *
 * - peer: the same workbooks by the Python program of ../shared/peers/charts: cold, warm, memory.
 * - pollers: two of them, and how many small workbooks they draw in a second together; their memory.
 * - latency: from the put of a workbook to its picture.
 * - many: a poller over 100,000 objects: memory, and what a poll costs.
 *
 * CHARTS_BENCH_SHARE (1) makes less of everything, to try it.
 */
import { besidePeer } from './charts/peer.ts'
import { latencyFigures, manyFigures, pollerFigures } from './charts/pollers.ts'
import { withPollers } from './charts/start-pollers.ts'
import type { Figure } from './main.ts'

const PARTS: Record<string, (share: number) => Promise<Figure[]>> = {
  peer: besidePeer,
  pollers: (share) => withPollers((ground) => pollerFigures(ground, share)),
  latency: (share) => withPollers((ground) => latencyFigures(ground, share)),
  many: (share) => withPollers((ground) => manyFigures(ground, share)),
}
export const parts = Object.keys(PARTS)

export async function bench(part?: string): Promise<Figure[]> {
  const share = Number(process.env.CHARTS_BENCH_SHARE || 1)
  const all: Figure[] = []
  for (const [name, measure] of Object.entries(PARTS))
    if (part === undefined || part === name) all.push(...(await measure(share)))
  return all
}
