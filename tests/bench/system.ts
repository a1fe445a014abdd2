/** The whole system as its owner meets it: how long it takes to start and stop, what it needs while idle, `bun test`. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, processesOf, startProgram, until } from '../kit/program.ts'
import type { Figure } from './main.ts'

/** Long enough for what starts lazily to be done. */
export const IDLE_MS = 15_000

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const env = { DATA_DIR: data_dir, PORT: String(freePort()) }
  const figures: Figure[] = []
  try {
    const first = await start(env)
    figures.push(row('first start', first.start_s, 's', '<= 8', 'bun run up to every program ready, with initdb'))
    await first.stop()

    const starts: number[] = []
    for (let i = 0; i < 5; i++) {
      const again = await start(env)
      starts.push(again.start_s)
      if (i < 4) await again.stop()
      else {
        await Bun.sleep(IDLE_MS)
        figures.push(row('later start', median(starts), 's', '<= 3', 'the same on existing data, median of 5'))
        const [before, t0] = [await cpuSeconds(data_dir), Date.now()]
        figures.push(...(await memory(data_dir)))
        await Bun.sleep(IDLE_MS)
        const cpu = ((await cpuSeconds(data_dir)) - before) / ((Date.now() - t0) / 1000)
        figures.push(row('idle CPU', cpu * 100, '% of a core', '-', 'all processes, 15 s'))
        const stop_s = await again.stop()
        const left = (await processesOf(data_dir)).length
        figures.push(row('stop', stop_s, 's', '<= 10', 'SIGINT to the end of bun run up'))
        figures.push(row('left running', left, 'processes', '0', 'ours, after that'))
      }
    }
  } finally {
    await rm(data_dir, { recursive: true, force: true })
  }
  figures.push(await timeTests())
  return figures
}

async function timeTests(): Promise<Figure> {
  const started = performance.now()
  const cwd = join(import.meta.dir, '../..')
  const tests = Bun.spawn([process.execPath, 'test'], { cwd, stdout: 'ignore', stderr: 'ignore' })
  const code = await tests.exited
  const work = `every test but the slow ones${code === 0 ? '' : `, WHICH FAILED with ${code}`}`
  return row('bun test', (performance.now() - started) / 1000, 's', '<= 120', work)
}

export async function start(env: Record<string, string>) {
  const started = performance.now()
  const up = startProgram('ops/up.ts', [], env)
  await until('the welcome', () => up.output().includes('Doca is running'), 60_000, up.output)
  return {
    start_s: (performance.now() - started) / 1000,
    async stop() {
      const asked = performance.now()
      up.kill('SIGINT')
      await up.exited
      return (performance.now() - asked) / 1000
    },
  }
}

export async function memory(data_dir: string, target = '<= 400'): Promise<Figure[]> {
  const by_program = new Map<string, number>()
  for (const { pid, command } of await processesOf(data_dir)) {
    const program = /(\w+)\/main\.ts/.exec(command)?.[1] ?? (/ops\/up/.test(command) ? 'up' : 'postgres')
    by_program.set(program, (by_program.get(program) ?? 0) + (await pssOf(pid)))
  }
  const total = [...by_program.values()].reduce((sum, mib) => sum + mib, 0)
  const parts = [...by_program].map(([program, mib]) => `${program} ${mib.toFixed(0)}`).join(', ')
  return [row('idle memory', total, 'MiB PSS', target, parts)]
}

/** Proportional set size, MiB: shared pages counted once over all who share them. */
export async function pssOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024
}

async function cpuSeconds(data_dir: string): Promise<number> {
  let ticks = 0
  for (const { pid } of await processesOf(data_dir)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return ticks / 100
}

const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 100) / 100,
  unit,
  target,
  work,
})

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
