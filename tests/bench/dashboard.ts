/**
 * `bun run bench dashboard`: on the system that `bun run up` starts, how soon a page is usable and an alert on the screen in real
 * Chromium, what open streams cost, and what a later start takes. Needs Chromium (on Debian: apt-get install chromium).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from '../kit/program.ts'
import { timeAlerts } from './dashboard/alerts.ts'
import { timePages } from './dashboard/pages.ts'
import { measureStreams } from './dashboard/streams.ts'
import type { Figure } from './main.ts'
import { IDLE_MS, memory, start } from './system.ts'

export const PASSWORD = 'caderno azul e chuva fina'
const STARTS = 5

/** The system that is measured. */
export interface Measured {
  url: string
  data_dir: string
}

const PARTS: Record<string, (system: Measured) => Promise<Figure[]>> = {
  pages: timePages,
  alerts: timeAlerts,
  streams: measureStreams,
}
export const parts = [...Object.keys(PARTS), 'starts']

export async function bench(part?: string): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const port = String(freePort())
  const env = {
    DATA_DIR: data_dir,
    PORT: port,
    ADMIN_PASSWORD: PASSWORD,
    MAX_STREAMS_PER_USER: '1000',
    RATE_LIMIT_PER_MIN: '10000000',
  }
  const system = { url: `http://127.0.0.1:${port}`, data_dir }
  const figures: Figure[] = []
  try {
    let running = await start(env)
    try {
      // The first user is made, and the dashboard bundled.
      await until('the API', async () => (await fetch(`${system.url}/health/ready`)).ok)
      for (const [name, measure] of Object.entries(PARTS))
        if (part === undefined || part === name) figures.push(...(await measure(system)))
    } finally {
      await running.stop()
    }
    if (part === undefined || part === 'starts') {
      const starts: number[] = []
      for (let n = 0; n < STARTS; n++) {
        running = await start(env)
        starts.push(running.start_s)
        if (n < STARTS - 1) await running.stop()
      }
      await Bun.sleep(IDLE_MS)
      const work = `bun run up to every program ready, on existing data, median of ${STARTS}, longest ${Math.max(...starts).toFixed(2)}`
      figures.push(row('later start', median(starts), 's', '<= 3', work))
      figures.push(...(await memory(data_dir, '<= 250')))
      await running.stop()
    }
  } finally {
    await rm(data_dir, { recursive: true, force: true })
  }
  figures.push(row('load average', loadavg()[0]!, 'processes', '-', 'of this machine, at the end'))
  return figures
}

export const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 100) / 100,
  unit,
  target,
  work,
})

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
