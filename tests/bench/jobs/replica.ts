/** One real replica in a process of its own: what it needs while idle, and light jobs one after the other. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../../db/engines/postgres/listen.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { RUN_ENDED } from '../../../db/jobs/runs.ts'
import type { TestDatabase } from '../../kit/database.ts'
import { startProgram, until } from '../../kit/program.ts'
import type { Figure } from '../main.ts'
import { row } from './figures.ts'

const LIGHT = 40
/** Long enough for what starts lazily to be done. */
const SETTLE_MS = 8000
const IDLE_MS = 15_000

export async function replica(database: TestDatabase): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'doca-bench-jobs-'))
  const job = JSON.stringify(join(import.meta.dir, '../../../jobs/job.ts'))
  for (const [name, isolate] of Object.entries({ light: false, light_isolated: true }))
    await writeFile(
      join(folder, `${name}.ts`),
      `import { job } from ${job}\nexport default job({ name: '${name}', schedule: '0 0 29 2 *', isolate: ${isolate}, run: () => 'done' })\n`,
    )
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, JOBS_DIR: folder }
  const program = startProgram('jobs/main.ts', [], env)
  try {
    await until('the replica', () => program.output().includes('"ready"'), 30_000, program.output)
    await Bun.sleep(SETTLE_MS)
    const before_s = await cpuSeconds(program.pid)
    await Bun.sleep(IDLE_MS)
    const cpu = (((await cpuSeconds(program.pid)) - before_s) / (IDLE_MS / 1000)) * 100
    const memory = await readFile(`/proc/${program.pid}/smaps_rollup`, 'utf8')
    const mib = (kind: string) => Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(memory)?.[1]) / 1024
    const inline_s = await inSequence(database, 'light')
    const isolated_s = await inSequence(database, 'light_isolated')
    const sequence = `${LIGHT} runs, each triggered when the one before had ended in the books, one worker`
    return [
      row('idle replica, RSS', mib('Rss'), 'MiB', '<= 80', 'one process with the probe and the alerts, no PostgreSQL'),
      row('idle replica, PSS', mib('Pss'), 'MiB', '-', 'the same, pages that it shares counted in part'),
      row('idle replica, CPU', cpu, '% of a core', '<= 1', `the same, ${IDLE_MS / 1000} s`),
      row('light jobs in sequence, inline', inline_s, 's', '<= 1', sequence),
      row('light jobs in sequence, isolated', isolated_s, 's', '<= 8', `${sequence}; a process each`),
    ]
  } finally {
    program.kill('SIGTERM')
    await program.exited
    await rm(folder, { recursive: true, force: true })
  }
}

async function inSequence({ sql }: TestDatabase, job: string): Promise<number> {
  let ended = Promise.withResolvers<void>()
  let waiting: string | undefined
  const seen = new Set<string>()
  const stop = await listen(sql, RUN_ENDED, (id) => {
    seen.add(id)
    if (id === waiting) ended.resolve()
  })
  const begun = performance.now()
  for (let i = 0; i < LIGHT; i++) {
    ended = Promise.withResolvers()
    const { run_id } = await enqueueRun(sql, { job, trigger: 'manual' })
    waiting = run_id
    if (!seen.has(run_id)) await ended.promise
  }
  const took_s = (performance.now() - begun) / 1000
  await stop()
  const [row] = await sql<
    { n: number }[]
  >`select count(*)::int as n from runs where job = ${job} and state = 'succeeded'`
  if (row!.n !== LIGHT) throw new Error(`${row!.n} of ${LIGHT} runs of ${job} succeeded`)
  return took_s
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
