/**
 * Ours and the Python program of ../shared/peers/charts on the workbooks that it makes: cold, a process for each; warm, one
 * process for all; the most memory, of ours the poller's and its drawing process's together. Ours before and after it.
 */
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../../charts/limits.ts'
import { createPool } from '../../../charts/pool/index.ts'
import { runToEnd, until } from '../../kit/program.ts'
import { peakMemory } from '../etl/peak-memory.ts'
import type { Figure } from '../main.ts'
import { peerFolder } from '../peers.ts'
import { withPollers } from './start-pollers.ts'

interface Size {
  name: 'small' | 'medium' | 'large'
  rows: string
  cold_runs: number
  warm_loops: number
  warm_target: string
}

const STATE = join(tmpdir(), 'doca-peers')

export async function besidePeer(share: number): Promise<Figure[]> {
  const folder = peerFolder('charts')
  if (folder === undefined) {
    process.stderr.write('skipped: the peer of charts, since there is no folder of it; PEERS_DIR names its parent\n')
    return []
  }
  const times = (count: number) => Math.max(1, Math.round(count * share))
  const sizes: Size[] = [
    { name: 'small', rows: '20 rows × 2', cold_runs: times(5), warm_loops: times(50), warm_target: '>= 4' },
    { name: 'medium', rows: '5,000 rows × 8', cold_runs: times(5), warm_loops: times(50), warm_target: '>= 4' },
    { name: 'large', rows: '100,000 rows × 6', cold_runs: 1, warm_loops: times(3), warm_target: '>= 3' },
  ]
  const { valueOf, books } = await runPeer(folder, sizes)
  const before = await runOurs(books, sizes)
  const theirs = (await runPeer(folder, sizes)).valueOf
  const after = await runOurs(books, sizes)
  const figures: Figure[] = []
  for (const { name, rows, cold_runs, warm_loops, warm_target } of sizes) {
    const compare = (what: string, unit: string, target: string, ours: number[], bare: number, is_speed: boolean) => {
      const value = ours.reduce((sum, one) => sum + one, 0) / ours.length
      const ratio = is_speed ? bare / value : value / bare
      const work = `${rows}; cold: median of ${cold_runs}, warm: of ${warm_loops}; ours before and after the second of two runs of the peer, which counts with the first`
      figures.push({
        figure: `${name}, ${what}`,
        value: round(value),
        unit,
        bare: round(bare),
        ratio: round(ratio),
        target,
        work,
      })
    }
    const peer = (figure: string) => (valueOf(`${name}_${figure}`) + theirs(`${name}_${figure}`)) / 2
    const ours = (kind: keyof Measured) => [before[name]![kind], after[name]![kind]]
    compare('warm', 'ms', warm_target, ours('warm_ms'), peer('warm_median'), true)
    compare('cold process', 's', '>= 3', ours('cold_s'), peer('cold_median'), true)
    const rss = Math.max(peer('cold_max_rss'), peer('warm_max_rss'))
    compare('peak memory of poller and child, PSS', 'MiB', '<= 1.5', ours('peak_mib'), rss, false)
  }
  return figures
}

async function runPeer(folder: string, sizes: Size[]) {
  const [small, , large] = sizes as [Size, Size, Size]
  await mkdir(STATE, { recursive: true })
  const child = Bun.spawn(['bash', join(folder, 'run.sh')], {
    env: {
      PATH: process.env.PATH!,
      HOME: process.env.HOME!,
      PEERS_STATE: STATE,
      COLD_RUNS: String(small.cold_runs),
      WARM_LOOPS: String(small.warm_loops),
      WARM_LOOPS_LARGE: String(large.warm_loops),
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
  if (code !== 0) throw new Error(`the peer ended with ${code}: ${output}`)
  const lines = output.trim().split('\n')
  const figures = lines.map((line) => JSON.parse(line) as { figure: string; value: number })
  return {
    books: join(STATE, 'charts'),
    valueOf: (name: string) => figures.find(({ figure }) => figure === name)!.value,
  }
}

interface Measured {
  warm_ms: number
  cold_s: number
  peak_mib: number
}

async function runOurs(books: string, sizes: Size[]): Promise<Record<string, Measured>> {
  const measured: Record<string, Measured> = {}
  for (const { name, cold_runs, warm_loops } of sizes) {
    const book = join(books, `${name}.xlsx`)
    measured[name] = {
      cold_s: await cold(book, cold_runs),
      warm_ms: await warm(book, warm_loops),
      peak_mib: await peak(book),
    }
    process.stderr.write(`ours, ${name}: ${JSON.stringify(measured[name])}\n`)
  }
  return measured
}

/** `bun run charts FILE OUT.png`: two processes, since what is a stranger's is read in one of its own. */
async function cold(book: string, runs: number): Promise<number> {
  const png = join(tmpdir(), `doca-bench-${process.pid}.png`)
  const taken: number[] = []
  for (let run = -1; run < runs; run++) {
    const begun = performance.now()
    const { code, output } = await runToEnd('charts/main.ts', [book, png], {})
    if (code !== 0) throw new Error(output)
    // The first fills the file cache, as the peer's does.
    if (run >= 0) taken.push((performance.now() - begun) / 1000)
  }
  await rm(png)
  return median(taken)
}

/** By a drawing process that is there, as the poller has it. */
async function warm(book: string, loops: number): Promise<number> {
  const pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
  const taken: number[] = []
  try {
    for (let loop = -1; loop < loops; loop++) {
      const begun = performance.now()
      await pool.draw(book, 'vendas.xlsx')
      if (loop >= 0) taken.push(performance.now() - begun)
    }
  } finally {
    pool.close()
  }
  return median(taken)
}

async function peak(book: string): Promise<number> {
  return withPollers(async ({ uploads, pictures, startPoller }) => {
    const poller = await startPoller()
    const watched = peakMemory(poller.pid)
    await Bun.write(join(uploads, 'vendas.xlsx'), Bun.file(book))
    await until('the picture', () => Bun.file(join(pictures, 'vendas.png')).exists(), 120_000, poller.output)
    return (await watched.stop()).pss_mib
  })
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!
const round = (value: number) => Math.round(value * 100) / 100
