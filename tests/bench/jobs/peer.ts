/**
 * What Doca is compared with: APScheduler, run beside it by ../shared/peers/scheduler where that folder is, and what was
 * once measured of Airflow, which takes minutes to install and is not run here.
 */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../main.ts'
import { quantile, row } from './figures.ts'

/** Milliseconds, by the name that the peer gives its figure. */
export type PeerTurn = Map<string, number>

/** A turn of APScheduler's; null, and a line that says why, where it cannot be had. PEERS_DIR: else beside this project. */
export function openPeer(jobs: number, seconds: number): (() => Promise<PeerTurn | null>) | null {
  const folder = join(process.env.PEERS_DIR ?? join(import.meta.dir, '../../../../shared/peers'), 'scheduler')
  if (!existsSync(folder)) return without('its folder is not here; PEERS_DIR may name the one that holds it')
  // Its virtual environment is made once.
  const state = process.env.PEERS_STATE ?? join(tmpdir(), 'doca-peers')
  const env = { ...process.env, PEERS_STATE: state, SKIP_AIRFLOW: '1', JOBS: `${jobs}`, TICK_SECONDS: `${seconds}` }

  return async () => {
    const run = Bun.spawn(['bash', join(folder, 'run.sh')], { env, stdout: 'pipe', stderr: 'pipe' })
    const [lines, problem, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited])
    if (code !== 0) return without(`it ended with ${code}: ${problem.trim().split('\n').at(-1)}`)
    const found = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { figure: string; value: number })
    return new Map(found.map(({ figure, value }) => [figure, value]))
  }
}

function without(why: string): null {
  process.stderr.write(`APScheduler is not measured: ${why}.\n`)
  return null
}

export function rowsOfPeer(turns: PeerTurn[], jobs: number, seconds: number): Figure[] {
  if (turns.length === 0) return []
  const middle = (figure: string) =>
    quantile(
      turns.map((turn) => turn.get(figure)!),
      0.5,
    )
  return ['threads', 'asyncio'].flatMap((kind) => {
    const work = `${jobs} jobs a second in one Python process, ${kind}; nothing is kept: no history, no retry, no second replica, and a restart forgets it; ${turns.length} turns of ${seconds} s, the middle one`
    return [
      row(`APScheduler, tick to start, p50, ${kind}`, middle(`apscheduler_${kind}_lateness_p50`), 'ms', '-', work),
      row(`APScheduler, tick to start, p99, ${kind}`, middle(`apscheduler_${kind}_lateness_p99`), 'ms', '-', work),
      row(
        `APScheduler, tick of ${jobs}, processor, ${kind}`,
        middle(`apscheduler_${kind}_cpu_per_run`) * jobs,
        'ms',
        '-',
        work,
      ),
    ]
  })
}

/** Seen once, by the peer's airflow.sh on two cores; it keeps what Doca keeps. */
export function recordedOfAirflow(): Figure[] {
  const work =
    'recorded earlier on two cores, not in this run: Airflow 3.3, LocalExecutor, PostgreSQL, a DAG of one task'
  return [
    row('Airflow, trigger to start, p50', 1230, 'ms', '-', work),
    row('Airflow, trigger to end, p50', 2090, 'ms', '-', work),
    row('Airflow, 10 triggers at once to the last end', 4800, 'ms', '-', work),
    row('Airflow, start to the first run', 30, 's', '-', work),
    row('Airflow, idle memory, PSS', 1143, 'MiB', '-', `${work}; without PostgreSQL`),
  ]
}
