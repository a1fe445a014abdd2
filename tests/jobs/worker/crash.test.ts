/** Real workers in real processes, killed and frozen in the middle of a run. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getRun, listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { endedRun } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const DATA_DIR = temporaryFolder()

const LEASE_S = 1

let database: TestDatabase
let workers: Program[]
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  workers = [startWorker(), startWorker()]
  await Promise.all(workers.map((worker) => until('a worker', () => worker.output().includes('"ready"'))))
})
beforeEach(() => void (folder = temporaryFolder()))
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await Promise.all(workers.map(({ exited }) => exited))
  await database.close()
})

function startWorker(): Program {
  return startProgram('jobs/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR,
    JOBS_DIR: join(import.meta.dir, '../sample-jobs'),
    JOBS_LEASE_S: String(LEASE_S),
    SHUTDOWN_S: '3',
  })
}

/** Starts a run of the job `held` and returns it as it runs, with the worker that runs it and the other one. */
async function hold() {
  const { run_id } = await enqueueRun(database.sql, { job: 'held', trigger: 'manual', conf: { folder } })
  const run = await running(run_id, 1)
  const holder = workers.find(({ pid }) => run.worker!.includes(`:${pid}:`))!
  return { run_id, holder, other: workers.find((worker) => worker !== holder)! }
}

/** Waits until the attempt runs: its first line in the log proves that the job itself does. */
async function running(run_id: string, attempt: number): Promise<RunRow> {
  return until(`attempt ${attempt} to run`, async () => {
    const run = await getRun(database.sql, run_id)
    const logs = await lastRunLogs(database.sql, run_id, 10)
    const said = logs.some((line) => line.message === `attempt ${attempt} holds`)
    return said && run?.state === 'running' && run.attempt === attempt ? run : null
  })
}

const isAlive = (worker: Program) => Promise.race([worker.exited.then(() => false), Bun.sleep(0).then(() => true)])
const release = (attempt: number) => writeFile(join(folder, String(attempt)), '')
const attemptsOf = async (run_id: string) =>
  (await listAttempts(database.sql, run_id)).map(({ attempt, state }) => `${attempt} ${state}`)

test('a stale worker cannot finish a run that another has taken up', async () => {
  const { run_id, holder, other } = await hold()
  holder.kill('SIGSTOP')
  const second = await running(run_id, 2)
  expect(second.worker).toContain(`:${other.pid}:`)

  await release(1)
  holder.kill('SIGCONT')
  await until('the stale worker to see it', () => holder.output().includes('went to another worker'))
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'running', attempt: 2, result: null })

  await release(2)
  const run = await endedRun(database.sql, run_id)
  expect(run).toMatchObject({ state: 'succeeded', attempt: 2, lost: 1, failures: 0, result: 'attempt 2' })
  expect(await attemptsOf(run_id)).toEqual(['1 lost', '2 succeeded'])
})

test('the run of a worker killed with -9 is taken up by another, as the next attempt', async () => {
  const { run_id, holder, other } = await hold()
  holder.kill('SIGKILL')
  const second = await running(run_id, 2)
  expect(second.worker).toContain(`:${other.pid}:`)
  await release(2)
  await until('the end', async () => (await getRun(database.sql, run_id))?.state === 'succeeded')
  expect(await attemptsOf(run_id)).toEqual(['1 lost', '2 succeeded'])
})

test('what a job leaves behind to fail later ends neither its run nor the worker', async () => {
  // The only one left: it is the one that runs it.
  const survivor = (await Promise.all(workers.map(async (worker) => ((await isAlive(worker)) ? worker : null)))).find(
    Boolean,
  )!
  const { run_id } = await enqueueRun(database.sql, { job: 'careless', trigger: 'manual' })
  await until('the end', async () => (await getRun(database.sql, run_id))?.state === 'succeeded')
  const said = (sentence: string) => () => survivor.output().includes(sentence)
  await until('the rejection in the log', said('nobody awaits'), 60_000, survivor.output)
  await until('the throw in the log', said('thrown in a timer'), 60_000, survivor.output)
  expect(survivor.output()).toContain('"from":"The job careless"')
  expect(await isAlive(survivor)).toBe(true)
})

test('SIGTERM hands back what does not end in time, and the program exits 0', async () => {
  const { run_id, holder } = await hold()
  holder.kill('SIGTERM')
  expect(await holder.exited).toBe(0)
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'queued', attempt: 1, lost: 0, failures: 0 })
  expect(await attemptsOf(run_id)).toEqual(['1 handed_back'])
})
