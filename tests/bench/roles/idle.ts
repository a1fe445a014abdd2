/** What consumers cost that have nothing to do: a process each, all idle at the same time. */
import { join } from 'node:path'
import type { Figure } from '../main.ts'
import type { Ground } from './engines.ts'
import { round } from './timing.ts'

export const IDLE_S = 15

export interface IdleAnswer {
  cpu_percent: number
  /** Statements a second; null where nobody counts them. */
  statements: number | null
}

export async function idleFigures({ data_dir, onEngine }: Ground): Promise<Figure[]> {
  // Each goes to its end: they share the server's folder.
  const found = await Promise.allSettled([
    figures('stream', 'sql', data_dir),
    figures('queue', 'sql', data_dir),
    onEngine('an idle consumer on Kafka', 'STREAM_URL', (url) =>
      figures('stream', 'kafka', data_dir, { STREAM_URL: url }),
    ),
    onEngine('an idle consumer on RabbitMQ', 'QUEUE_URL', (url) =>
      figures('queue', 'rabbitmq', data_dir, { QUEUE_URL: url }),
    ),
  ])
  return found.flatMap((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}

async function figures(role: string, driver: string, data_dir: string, urls = {}): Promise<Figure[]> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'idle-child.ts'), role], {
    env: { ...process.env, DATABASE_URL: '', STREAM_URL: '', QUEUE_URL: '', ...urls, DATA_DIR: data_dir },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`the idle ${role} consumer on ${driver} ended with ${child.exitCode}`)
  const { cpu_percent, statements } = JSON.parse(text) as IdleAnswer
  const work = `one consumer, idle for ${IDLE_S} s`
  const figure = (what: string, value: number, unit: string) => ({
    figure: `${role} idle ${what}, ${driver}`,
    value: round(value),
    unit,
    target: '',
    work,
  })
  return [
    figure('processor', cpu_percent, '%'),
    ...(statements === null ? [] : [figure('statements', statements, '/s')]),
  ]
}
