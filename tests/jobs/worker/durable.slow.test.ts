/**
 * Workers, and the processes of isolated attempts, killed with -9 and frozen between the steps of a job: what was done
 * stays done, once; and no process of a run outlives its worker.
 */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { registerJobs } from '../../../db/jobs/jobs.ts'
import { listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { endedRun } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(180_000)

const DATA_DIR = temporaryFolder()

const WAIT_MS = 60_000
const JOBS_DIR = join(import.meta.dir, 'durable-jobs')

let database: TestDatabase
let folder: string
const workers = new Set<Program>()
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`create table effects (run_id uuid, attempt int)`
  // A run may be queued before any worker has started.
  const { jobs, problems } = await loadDefinitions(JOBS_DIR)
  expect(problems).toEqual([])
  await registerJobs(database.sql, [...jobs.values()])
})
beforeEach(() => void (folder = temporaryFolder()))
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await Promise.all([...workers].map(({ exited }) => exited))
  await database.close()
})

async function startWorker(): Promise<Program> {
  const worker = startProgram('jobs/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR,
    JOBS_DIR,
    JOBS_LEASE_S: '1',
    SHUTDOWN_S: '3',
  })
  workers.add(worker)
  await until('a worker', () => worker.output().includes('"ready"'), WAIT_MS, worker.output)
  return worker
}
async function kill(worker: Program): Promise<void> {
  worker.kill('SIGKILL')
  await worker.exited
  workers.delete(worker)
}

const start = async (job: string, conf: object) =>
  (await enqueueRun(database.sql, { job, trigger: 'manual', conf: { folder, ...conf } })).run_id
/** The process that has come so far. */
async function at(place: string, where = folder): Promise<number> {
  const file = join(where, place)
  await until(
    place,
    () => existsSync(file),
    WAIT_MS,
    () => [...workers].map((worker) => worker.output()).join('\n'),
  )
  return Number(await until(place, () => readFile(file, 'utf8'), WAIT_MS))
}
const ended = (id: string): Promise<RunRow> => endedRun(database.sql, id)
const callsIn = async (where: string) => {
  const lines = (await readFile(join(where, 'calls'), 'utf8')).trim().split('\n')
  return lines.map((line) => line.split(' ') as [name: string, attempt: string, key: string])
}
const attemptsOf = async (id: string) =>
  (await listAttempts(database.sql, id)).map(({ attempt, state }) => `${attempt} ${state}`)
const effectsOf = async (id: string) =>
  (await database.sql`select attempt from effects where run_id = ${id}`).map(({ attempt }) => attempt as number)
const isAlive = (pid: number) => /^[^Z]/.test(Bun.spawnSync(['ps', '-o', 'stat=', '-p', String(pid)]).stdout.toString())

test('killed with -9 in every step and after it, a run does each finished step once, with one key; inline and isolated', async () => {
  const hold = ['in first 1', 'after first 2', 'in second 3', 'in each 4']
  const runs = await Promise.all(
    ['inline', 'isolated'].map(async (job) => {
      const own = await mkdtemp(join(folder, `${job}-`))
      return { job, own, id: await start(job, { folder: own, hold }) }
    }),
  )
  for (const place of hold) {
    const worker = await startWorker()
    const pids = await Promise.all(runs.map(({ own }) => at(place, own)))
    // That is where the kill hits: the worker itself, and the process that it has started.
    expect(pids.map((pid) => pid === worker.pid)).toEqual([true, false])
    await kill(worker)
    await until('its process to be gone', () => !pids.some(isAlive), WAIT_MS)
  }
  const last = await startWorker()
  for (const { id, own } of runs) {
    expect(await ended(id)).toMatchObject({
      state: 'succeeded',
      attempt: 5,
      lost: 4,
      result: { first: { by: 2 }, second: { by: 4 }, third: { by: 4 }, each: [4, 5, 5], seen: 1 },
    })
    const made = await callsIn(own)
    const names = made.map(([name, attempt]) => `${name} ${attempt}`)
    const each = ['each0 4', 'each1 4', 'each1 5', 'each2 5']
    expect(names).toEqual(['first 1', 'first 2', 'second 3', 'second 4', 'third 4', ...each])
    expect(new Set(made.map(([name, , key]) => `${name} ${key}`)).size).toBe(6)
    expect(await effectsOf(id)).toEqual([4])
  }
  await kill(last)
})

test('a worker that was frozen in a step keeps neither its note nor its effect, and its process ends', async () => {
  const frozen = await startWorker()
  const id = await start('isolated', { hold: ['in second 1'] })
  const child = await at('in second 1')
  // Frozen with its process, or that one would go on by itself.
  process.kill(child, 'SIGSTOP')
  frozen.kill('SIGSTOP')
  const other = await startWorker()
  expect(await ended(id)).toMatchObject({
    state: 'succeeded',
    attempt: 2,
    result: { first: { by: 1 }, second: { by: 2 } },
  })
  process.kill(child, 'SIGCONT')
  frozen.kill('SIGCONT')
  await until(
    'the stale worker to see it',
    () => frozen.output().includes('went to another worker'),
    WAIT_MS,
    frozen.output,
  )
  await until('its process to be gone', () => !isAlive(child), WAIT_MS)
  expect(await effectsOf(id)).toEqual([2])
  expect(await attemptsOf(id)).toEqual(['1 lost', '2 succeeded'])
  for (const worker of [frozen, other]) await kill(worker)
})

test('when only the process of an attempt is killed, the same worker makes the next attempt go on after its steps', async () => {
  const worker = await startWorker()
  const id = await start('isolated', { hold: ['after second 1'] })
  process.kill(await at('after second 1'), 'SIGKILL')
  expect(await ended(id)).toMatchObject({
    state: 'succeeded',
    failures: 1,
    lost: 0,
    result: { second: { by: 1 }, third: { by: 2 }, seen: 1 },
  })
  const [first] = await listAttempts(database.sql, id)
  expect(first!.error).toStartWith('Its process was killed (SIGKILL)')
  await kill(worker)
})

test.each<[string, (worker: Program) => Promise<unknown>, string]>([
  ['killed with -9', kill, 'lost'],
  ['stopped', (worker) => (worker.kill('SIGTERM'), worker.exited), 'handed_back'],
])(
  'with a worker that is %s ends what it isolated, also what keeps its processor busy, with its children',
  async (_, end, state) => {
    const worker = await startWorker()
    const file = join(folder, 'pids')
    const id = await start('stubborn', { file })
    const text = await until(
      'the job and its three children',
      async () => {
        const found = await readFile(file, 'utf8').catch(() => '')
        return found.split('\n').length > 4 && found
      },
      WAIT_MS,
    )
    const pids = text.trim().split('\n').map(Number)
    expect(pids.filter(isAlive)).toHaveLength(4)
    await end(worker)
    workers.delete(worker)
    await until('every process to be gone', () => !pids.some(isAlive), WAIT_MS)
    // Nobody is to start it again.
    await database.sql`update runs set state = 'cancelled', finished_at = now() where id = ${id}`
    if (state === 'handed_back') expect(await attemptsOf(id)).toEqual(['1 handed_back'])
  },
)
