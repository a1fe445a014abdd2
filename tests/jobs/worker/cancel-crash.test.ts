/** Cancelling what real workers run that are frozen and killed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelRun } from '../../../db/jobs/cancel-runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import { retryRun } from '../../../db/jobs/retry-run.ts'
import { getRun, listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import { same } from '../../kit/texts.ts'

setDefaultTimeout(120_000)

const DATA_DIR = temporaryFolder()

let database: TestDatabase
let folder: string
let workers: Program[]
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  workers = [startWorker(), startWorker()]
  for (const worker of workers)
    await until('a worker', () => worker.output().includes('"ready"'), 60_000, worker.output)
})
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await Promise.all(workers.map(({ exited }) => exited))
  await database.close()
})

function startWorker(): Program {
  const settings = { DATABASE_URL: database.url, DATA_DIR, JOBS_LEASE_S: '1', SHUTDOWN_S: '3' }
  return startProgram('jobs/main.ts', [], { ...settings, JOBS_DIR: join(import.meta.dir, '../sample-jobs') })
}

const saying = (run_id: string, message: string) =>
  until(message, async () => (await lastRunLogs(database.sql, run_id, 20)).some((line) => line.message === message))
const inState = (run_id: string, state: string): Promise<RunRow> =>
  until(`the run to be ${state}`, async () => {
    const run = await getRun(database.sql, run_id)
    return run?.state === state ? run : null
  })

/** A run of `held` under way, with the worker that has it and the other. */
async function hold() {
  const { run_id } = await enqueueRun(database.sql, { job: 'held', trigger: 'manual', conf: { folder } })
  await saying(run_id, 'attempt 1 holds')
  const { worker } = (await getRun(database.sql, run_id))!
  const holder = workers.find(({ pid }) => worker!.includes(`:${pid}:`))!
  return { run_id, holder, other: workers.find((one) => one !== holder)! }
}

test('the run of a frozen worker is cancelled by another; retried there, its old worker changes nothing when it wakes', async () => {
  const { run_id, holder, other } = await hold()
  holder.kill('SIGSTOP')
  expect(await cancelRun(database.sql, run_id, same('Enough.'))).toMatchObject({ state: 'running' })
  expect(await inState(run_id, 'cancelled')).toMatchObject({ error: 'Enough.', worker: null, result: null })

  await retryRun(database.sql, run_id)
  await saying(run_id, 'attempt 2 holds')
  expect((await getRun(database.sql, run_id))!.worker).toContain(`:${other.pid}:`)
  await writeFile(join(folder, '1'), '')
  holder.kill('SIGCONT')
  await until(
    'the old worker to see it',
    () => holder.output().includes('went to another worker'),
    60_000,
    holder.output,
  )
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'running', attempt: 2, cancel_requested_at: null })
  await writeFile(join(folder, '2'), '')
  expect(await inState(run_id, 'succeeded')).toMatchObject({ result: 'attempt 2' })
  const attempts = await listAttempts(database.sql, run_id)
  expect(attempts.map(({ attempt, state }) => `${attempt} ${state}`)).toEqual(['1 lost', '2 succeeded'])
  await Promise.all(['1', '2'].map((name) => rm(join(folder, name))))
})

test('a run that is to be cancelled when its worker is killed with -9 does not come back', async () => {
  const { run_id, holder } = await hold()
  holder.kill('SIGSTOP')
  await cancelRun(database.sql, run_id, same('Enough.'))
  holder.kill('SIGKILL')
  await holder.exited
  await inState(run_id, 'cancelled')
  // The next run shows that the other worker works, and has left this one alone.
  const { run_id: next } = await enqueueRun(database.sql, { job: 'held', trigger: 'manual', conf: { folder } })
  await writeFile(join(folder, '1'), '')
  await inState(next, 'succeeded')
  expect(await getRun(database.sql, run_id)).toMatchObject({ state: 'cancelled', attempt: 1, lost: 1 })
})
