/** A worker whose event loop is blocked for many leases, beside one that takes up the runs of the dead. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { endedRun } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const LEASE_S = 1

let database: TestDatabase
let folder: string
let blocked: Program
/** Knows no job, so that all runs are the other's. */
let watcher: Program
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  mkdirSync(join(folder, 'none'))
  blocked = startWorker(join(import.meta.dir, 'blocking-jobs'))
  watcher = startWorker(join(folder, 'none'))
  for (const one of [blocked, watcher])
    await until('a worker', () => one.output().includes('"ready"'), 60_000, one.output)
})
afterAll(async () => {
  for (const one of [blocked, watcher]) one.kill('SIGKILL')
  await Promise.all([blocked.exited, watcher.exited])
  await database.close()
})

const startWorker = (JOBS_DIR: string) =>
  startProgram('jobs/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    JOBS_DIR,
    JOBS_LEASE_S: String(LEASE_S),
  })

const start = async (job: string, conf: Record<string, string | number>) =>
  (await enqueueRun(database.sql, { job, trigger: 'manual', conf })).run_id
const messages = async (id: string) => (await lastRunLogs(database.sql, id, 20)).map(({ message }) => message)
const alert = async () =>
  (await database.sql`select rule, subject, state, detail from alerts where rule = 'LOOP_BLOCKED' order by id`).at(-1)

test('a blocked worker keeps its runs, also those of the neighbours; what blocks is told while it does', async () => {
  const file = join(folder, 'go')
  const neighbour = await start('neighbour', { file })
  await until('the neighbour', async () => (await messages(neighbour)).includes('waiting'))
  const blocks = await start('blocks', { block_ms: 6_000 })
  const told = await until('the alert', async () => (await alert())?.state === 'firing' && alert())
  expect(told).toMatchObject({ detail: { en: expect.stringMatching(/blocked for \d s: one of blocks, neighbour/) } })
  // In the middle of it.
  expect(await getRun(database.sql, blocks)).toMatchObject({ state: 'running', attempt: 1 })
  expect((await messages(blocks)).at(-1)).toMatch(/has been blocked for \d s, and still is: one of blocks, neighbour/)
  expect(await endedRun(database.sql, blocks)).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0 })
  writeFileSync(file, '')
  expect(await endedRun(database.sql, neighbour)).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0 })
  expect((await messages(blocks)).at(-1)).toMatch(/blocked for \d\.\d s while this ran/)
  expect((await messages(neighbour)).at(-1)).toMatch(/blocked for \d\.\d s while this ran.* It was blocks\.$/)
  await until('the end of the alert', async () => (await alert())?.state === 'resolved')
  expect(blocked.output()).toContain('the event loop is blocked; its leases are kept by a thread')
  expect(watcher.output()).not.toContain('dead worker')
})

test('a run that blocks its worker for ever fails at its timeout', async () => {
  const run = await endedRun(database.sql, await start('blocks', { block_ms: 100_000_000 }))
  expect(run).toMatchObject({ state: 'failed', attempt: 1, lost: 0 })
  expect(run.error).toMatch(/^It took longer than its timeout_s of 10\. It blocks its worker's event loop/)
})

test('the run of a blocked worker that is killed is taken up as a dead one', async () => {
  const run = await start('blocks', { block_ms: 100_000_000 })
  const next = startWorker(join(import.meta.dir, 'blocking-jobs'))
  try {
    await until('it to run', async () => (await getRun(database.sql, run))?.state === 'running')
    next.kill('SIGKILL')
    const lost = await until('it to be taken from the dead', async () => {
      const row = await getRun(database.sql, run)
      return row!.lost === 1 && row
    })
    expect(lost).toMatchObject({ state: 'queued', attempt: 1 })
  } finally {
    await next.exited
  }
})
