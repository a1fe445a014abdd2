/**
 * Three replicas with two versions of their files, jobs that are due every second, and somebody who kills and freezes replicas at random while they
 * run something. Afterwards every run is waited for, so that what the tables say can be checked (examine.ts).
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pauseJob, registerJobs } from '../../../db/jobs/jobs.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import type { TestDatabase } from '../../kit/database.ts'
import type { FakeClock } from '../../kit/fake-clock.ts'
import { createLedger } from './job.ts'
import { examine, type ChaosReport } from './examine.ts'
import { shuffled, type Blow, type Blows } from './blows.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

export interface ChaosOptions {
  jobs: number
  /** Blows fall for so long, and until each kind has fallen `blows_of_each` times. */
  seconds: number
  blows_of_each: number
  lease_s: number
  seed: number
  /** Of the database's server: it goes ahead and back, too. */
  clock?: FakeClock | undefined
  say(line: string): void
}

const REPLICAS = 3
const VERSIONS = [1, 2]
const AHEAD_S = 120
/** So many other blows fall between two jumps of the clock. */
const JUMP_EVERY = 6
/** The second jump comes so long before the last slot that ran ahead at the first is due: it takes longer. */
const AGAIN_S = 4
/** For a condition on a machine that is ten times slower. */
const PATIENCE_MS = 90_000

export async function runChaos(
  database: Pick<TestDatabase, 'sql' | 'url'>,
  options: ChaosOptions,
): Promise<ChaosReport> {
  const { sql } = database
  const folder = temporaryFolder()
  await createLedger(sql)
  for (const version of VERSIONS) {
    await mkdir(join(folder, `jobs-${version}`))
    for (let i = 0; i < options.jobs; i++)
      await writeFile(
        join(folder, `jobs-${version}`, `chaos_${i}.ts`),
        `import { chaosJob } from ${JSON.stringify(join(import.meta.dir, 'job.ts'))}\nexport default chaosJob(${i}, ${version})\n`,
      )
  }
  const { jobs, problems } = await loadDefinitions(join(folder, 'jobs-1'))
  if (jobs.size !== options.jobs) throw new Error(problems.map(({ sentence }) => sentence).join(' '))
  // By us, so that we know from when on slots are to be accounted for.
  await registerJobs(sql, [...jobs.values()])
  const registered = await sql<{ name: string; scheduled_until: Date }[]>`select name, scheduled_until from jobs`
  const from = new Map(registered.map((row) => [row.name, row.scheduled_until]))

  let starts = 0
  /** Each replica after the first has the other version of the files, as in an update that goes on for ever. */
  const start = (): Program =>
    startProgram('jobs/main.ts', [], {
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      JOBS_DIR: join(folder, `jobs-${VERSIONS[starts++ % VERSIONS.length]}`),
      JOBS_LEASE_S: String(options.lease_s),
      JOBS_CONCURRENCY: '60',
      SHUTDOWN_S: '5',
      LOG_LEVEL: 'info',
    })
  const replicas = Array.from({ length: REPLICAS }, start)
  const ready = (replica: Program) =>
    until('a replica', () => replica.output().includes('"ready"'), PATIENCE_MS, replica.output)
  const blows: Blows = { fallen: [], without_effect: 0, jumps: 0 }

  try {
    await Promise.all(replicas.map(ready))
    const random = shuffled(options.seed)
    const begun = performance.now()
    const enough = () =>
      performance.now() - begun > options.seconds * 1000 &&
      KINDS.every((kind) => blows.fallen.filter((blow) => blow.kind === kind).length >= options.blows_of_each)
    for (let round = 0; !enough(); round++) {
      // Each kind in turn, so that the first rounds have seen them all; on whom, and when, is chance.
      await strike(KINDS[round % KINDS.length]!, Math.floor(random() * REPLICAS))
      await Bun.sleep(random() * 1000)
      if (options.clock && round % JUMP_EVERY === JUMP_EVERY - 1) await jump(options.clock)
    }
    // Slots that ran ahead of their time are among those that are accounted for.
    await until('the time of the last of them', async () => (await recordedAhead()) <= 0, 2 * AHEAD_S * 1000)
    for (const name of jobs.keys()) await pauseJob(sql, name)
    const active = () =>
      sql`select id, job, state, attempt, worker from runs where state in ('queued', 'running') limit 5`
    let left: object[] = []
    await until(
      'every run to end',
      async () => (left = await active()).length === 0,
      PATIENCE_MS,
      () => JSON.stringify(left),
    )
    return await sql.begin('isolation level repeatable read', (tx) => examine(tx, { jobs, from, blows }))
  } finally {
    for (const replica of replicas) replica.kill('SIGKILL')
    await Promise.all(replicas.map(({ exited }) => exited))
  }

  async function strike(kind: Blow['kind'], on: number): Promise<void> {
    const replica = replicas[on]!
    // Frozen first: what it runs at this moment stays what it runs until the blow has fallen.
    const under_way = await until('a replica that runs something', () => frozenAtWork(replica), PATIENCE_MS)
    const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
    blows.fallen.push({ kind, pid: replica.pid, at: row!.now, under_way })
    options.say(
      `${kind} on ${replica.pid}, which ran ${under_way.length}: ${under_way.map((run) => `${run.job}/${run.attempt}`).join(' ')}`,
    )
    if (kind === 'SIGKILL') {
      replica.kill('SIGKILL')
      await replica.exited
      replicas[on] = start()
      await ready(replicas[on])
    } else {
      // Long enough that its runs are another's when it wakes, or so short that they are still its own.
      const taken = async () => (await stillHeld(under_way)) === 0
      if (kind === 'SIGSTOP for long') await until('its runs to be taken up', taken, PATIENCE_MS)
      replica.kill('SIGCONT')
    }
  }

  async function jump(clock: FakeClock): Promise<void> {
    const taken = async () => (await stillHeld(blows.fallen.flatMap(({ under_way }) => under_way))) === 0
    await until('what the blows took to be taken up', taken, PATIENCE_MS)
    // Then what ran ahead at the first is among the slots that it leaps over.
    if (blows.jumps === 1)
      await until('the last of what ran ahead', async () => (await recordedAhead()) < AGAIN_S, 2 * AHEAD_S * 1000)
    const started = async (from: Date) =>
      (
        await sql`select from slots where state in ('ran', 'late') and slot > ${from} and slot <= clock_timestamp() limit 1`
      ).length > 0
    const begun = await now()
    clock.set(`+${AHEAD_S}s`)
    await until('the jump', async () => (await now()).getTime() - begun.getTime() > (AHEAD_S * 1000) / 2, PATIENCE_MS)
    const ahead = await now()
    await until('a slot there', () => started(ahead), PATIENCE_MS)
    const farthest = await now()
    clock.set('+0s')
    await until(
      'the jump back',
      async () => farthest.getTime() - (await now()).getTime() > (AHEAD_S * 1000) / 2,
      PATIENCE_MS,
    )
    // By no backend's clock is it still ahead.
    await Bun.sleep(2000)
    const back = await now()
    await until('a slot after it', () => started(back), PATIENCE_MS)
    blows.jumps++
    options.say(
      `the clock went ahead by ${AHEAD_S} s and back; a slot ran ${((await now()).getTime() - back.getTime()) / 1000} s later`,
    )
  }

  /** How far the last recorded slot is ahead of what is accounted for, in seconds. */
  async function recordedAhead(): Promise<number> {
    const [row] = await sql<{ ahead_s: number }[]>`
      select extract(epoch from max(coalesce(s.slot_until, s.slot) - j.scheduled_until))::float8 as ahead_s
      from slots s join jobs j on j.name = s.job`
    return row!.ahead_s
  }

  async function now(): Promise<Date> {
    const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
    return row!.now
  }

  async function frozenAtWork(replica: Program): Promise<Blow['under_way'] | null> {
    replica.kill('SIGSTOP')
    // What it had sent is carried out by now.
    await sql`select pg_sleep(0.05)`
    const under_way = await sql<Blow['under_way']>`
      select r.id as run_id, r.attempt, r.job from runs r
      where r.state = 'running' and r.worker like ${`%:${replica.pid}:%`}
        -- The job's own code has begun, and is not about to end.
        and exists (select from chaos_ledger l where l.run_id = r.id and l.attempt = r.attempt)
        and not exists (select from chaos_ledger l where l.run_id = r.id and l.attempt = r.attempt and what = 'end')`
    if (under_way.length > 0) return [...under_way]
    replica.kill('SIGCONT')
    blows.without_effect++
    return null
  }

  async function stillHeld(under_way: Blow['under_way']): Promise<number> {
    const [row] = await sql<{ held: number }[]>`
      select count(*)::int as held from runs r
      join unnest(${under_way.map((run) => run.run_id)}::uuid[], ${under_way.map((run) => run.attempt)}::int[]) h(id, attempt)
        using (id, attempt)
      where r.state = 'running'`
    return row!.held
  }
}

const KINDS = ['SIGKILL', 'SIGSTOP for long', 'SIGSTOP'] as const
