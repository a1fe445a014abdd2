/**
 * Jobs that are due in the same moment: how late each starts, and what that takes of the processor. With all that Doca
 * keeps of it, in turns with APScheduler, which keeps nothing.
 */
import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { startReplica } from '../../../jobs/start-replica.ts'
import type { TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf, silent, testRoles } from '../../kit/replica.ts'
import type { Figure } from '../main.ts'
import { quantile, row } from './figures.ts'
import { openPeer, recordedOfAirflow, rowsOfPeer, type PeerTurn } from './peer.ts'

export const JOBS = 200
export const TICKS = 5
/** Ours, theirs, ours, …: what else the machine does meets both. */
const TURNS = 3

interface Turn {
  first: number[]
  late_ms: number[]
  own_cpu_ms: number
  /** Of all backends together; null where the system does not tell. */
  database_cpu_ms: number | null
}

export async function ticks(database: TestDatabase): Promise<Figure[]> {
  const peer = openPeer(JOBS, TICKS)
  const ours: Turn[] = []
  const theirs: PeerTurn[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    ours.push(await ownTurn(database))
    const found = await peer?.()
    if (found) theirs.push(found)
  }
  return [...rowsOf(ours), ...rowsOfPeer(theirs, JOBS, TICKS), ...recordedOfAirflow()]
}

async function ownTurn(database: TestDatabase): Promise<Turn> {
  // Else what came while the peer had its turn were missed slots.
  await database.sql`delete from jobs`
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
    await until('a first tick', () => whole().length > 0, 60_000)
    const began = { own: process.cpuUsage(), database: await backendCpu(database.sql), ticks: whole().length }
    await until(`${TICKS} more`, () => whole().length >= began.ticks + TICKS, 60_000)
    const own = process.cpuUsage(began.own)
    const measured = whole().length - began.ticks
    const [first, ...others] = whole()
    return {
      first: first!,
      late_ms: others.flat(),
      own_cpu_ms: (own.user + own.system) / 1000 / measured,
      database_cpu_ms: cpuSince(began.database, await backendCpu(database.sql), measured),
    }
  } finally {
    await replica.stop(5000)
    await opened.close()
  }
}

function rowsOf(turns: Turn[]): Figure[] {
  const work = `${JOBS} jobs in the same second, from the slot to the first line of the job, one worker; each with its slot, run, attempt and end in PostgreSQL`
  const taken = `${work}; ${TURNS} turns of ${TICKS} ticks, the middle one`
  const middle = (of: (turn: Turn) => number) => quantile(turns.map(of), 0.5)
  const lateness = (q: number) => middle(({ late_ms }) => quantile(late_ms, q))
  const cpu = `${work}; planning, recording, starting and ending`
  const database = turns.flatMap(({ database_cpu_ms }) => database_cpu_ms ?? [])
  return [
    row('tick to start, p50', lateness(0.5), 'ms', '-', taken),
    row('tick to start, p99', lateness(0.99), 'ms', '<= 50', taken),
    row(
      'tick to start, p99, first tick',
      middle(({ first }) => quantile(first, 0.99)),
      'ms',
      '-',
      `${work}; of a replica that has just started`,
    ),
    row(
      `tick of ${JOBS}, processor, ours`,
      middle(({ own_cpu_ms }) => own_cpu_ms),
      'ms',
      '-',
      cpu,
    ),
    ...(database.length > 0
      ? [row(`tick of ${JOBS}, processor, PostgreSQL`, quantile(database, 0.5), 'ms', '-', cpu)]
      : []),
  ]
}

/** Milliseconds that each backend of this database has had of a processor. */
async function backendCpu(sql: Sql): Promise<Map<number, number>> {
  const backends = await sql<{ pid: number }[]>`select pid from pg_stat_activity where datname = current_database()`
  const used = new Map<number, number>()
  for (const { pid } of backends) {
    const stat = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => null)
    if (stat) used.set(pid, Number(stat.split(' ')[0]) / 1e6)
  }
  return used
}

function cpuSince(before: Map<number, number>, after: Map<number, number>, ticks: number): number | null {
  if (after.size === 0) return null
  let used = 0
  for (const [pid, ms] of after) used += ms - (before.get(pid) ?? 0)
  return used / ticks
}
