/** Jobs that are due in the same moment: how late each starts. With all that Doca keeps of it, beside APScheduler, which keeps nothing. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startReplica } from '../../../jobs/scheduler/index.ts'
import type { TestDatabase } from '../../database.ts'
import { until } from '../../e2e/program.ts'
import { jobsOf, silent, testRoles } from '../../jobs/replica.ts'
import type { Figure } from '../main.ts'
import { quantile, row } from './figures.ts'

const JOBS = 200
const TICKS = 8

export async function ticks(database: TestDatabase): Promise<Figure[]> {
  const opened = await testRoles(database)
  const late_ms = new Map<number, number[]>()
  const note = (slot: Date) => {
    const known = late_ms.get(slot.getTime()) ?? []
    late_ms.set(slot.getTime(), [...known, Date.now() - slot.getTime()])
  }
  const jobs = jobsOf(
    ...Array.from({ length: JOBS }, (_, i) => ({
      name: `ticks_${i}`,
      schedule: '* * * * * *',
      run: ({ slot }: { slot: Date | null }) => void note(slot!),
    })),
  )
  const replica = await startReplica(jobs, opened.roles, { concurrency: JOBS, lease_s: 15 }, silent)
  const whole = () => [...late_ms.values()].filter((tick) => tick.length === JOBS)
  try {
    await until(`${TICKS} ticks`, () => whole().length > TICKS, 60_000)
  } finally {
    await replica.stop(5000)
    await opened.close()
  }
  const [first, ...others] = whole()
  const work = `${JOBS} jobs in the same second, from the slot to the first line of the job, one worker; each with its slot, run, attempt and end in PostgreSQL`
  return [
    row('tick to start, p50', quantile(others.flat(), 0.5), 'ms', '-', `${work}; ${others.length} ticks`),
    row('tick to start, p99', quantile(others.flat(), 0.99), 'ms', '<= 50', work),
    row(
      'tick to start, p99, first tick',
      quantile(first!, 0.99),
      'ms',
      '-',
      `${work}; of a replica that has just started`,
    ),
  ]
}

/** The same by APScheduler, in the same minute; a row that says so when it cannot run here. */
export async function peerTicks(): Promise<Figure[]> {
  const folder = join(process.env.PEERS_DIR ?? join(import.meta.dir, '../../../../shared/peers'), 'scheduler')
  const state = join(tmpdir(), 'doca-peers')
  const env = { ...process.env, PEERS_STATE: state, SKIP_AIRFLOW: '1', JOBS: String(JOBS), TICK_SECONDS: String(TICKS) }
  const run = Bun.spawn(['bash', join(folder, 'run.sh')], { env, stdout: 'pipe', stderr: 'pipe' })
  const [lines, problem, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited])
  if (code !== 0) {
    process.stderr.write(`APScheduler cannot run here (exit ${code}): ${problem.trim().split('\n').at(-1)}\n`)
    return []
  }
  const found = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { figure: string; value: number })
  const lateness = (kind: string) => {
    const [p50, p99] = ['p50', 'p99'].map((q) =>
      found.find((one) => one.figure === `apscheduler_${kind}_lateness_${q}`)!,
    )
    const work = `${JOBS} jobs a second for ${TICKS} s in one Python process, ${kind}; nothing is kept, a restart forgets it`
    return [
      row(`APScheduler, tick to start, p50, ${kind}`, p50!.value, 'ms', '-', work),
      row(`APScheduler, tick to start, p99, ${kind}`, p99!.value, 'ms', '-', work),
    ]
  }
  return [...lateness('threads'), ...lateness('asyncio')]
}
