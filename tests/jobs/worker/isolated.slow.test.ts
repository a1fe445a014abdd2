/** Attempts in processes of their own: they have all that a run is handed, and they really end, with all that they started. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelRun } from '../../../db/jobs/cancel-runs.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import { getRun, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import type { Behaviour } from './bad-behaviour.ts'
import { endedRun, silent, testRoles, type TestRoles } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import { same } from '../../kit/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
let roles: TestRoles
let replica: Replica
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  roles = await testRoles(database)
  const { jobs, problems } = await loadDefinitions(join(import.meta.dir, 'isolated-jobs'))
  expect(problems).toEqual([])
  const isolated = readJobsConfig({ DATABASE_URL: database.url, DATA_DIR: folder })
  replica = await startReplica(jobs, roles.roles, { concurrency: 4, lease_s: 15, isolated }, silent)
})
afterAll(async () => {
  await replica.stop(2000)
  await roles.close()
  await database.close()
})

async function start(job: string, conf: Record<string, unknown> = {}): Promise<string> {
  return (await enqueueRun(database.sql, { job, trigger: 'manual', conf })).run_id
}
const ended = (id: string): Promise<RunRow> => endedRun(database.sql, id)
const misbehave = async (how: Behaviour, conf = {}) => ended(await start('bad', { how, ...conf }))
const logOf = async (id: string, lines = 20) =>
  (await lastRunLogs(database.sql, id, lines)).map(({ level, message }) => `${level} ${message}`)

/** A file in which a job writes down the processes that it starts, its own among them. */
const pidFile = () => join(folder, Bun.randomUUIDv7())
async function pidsIn(file: string): Promise<number[]> {
  const text = await until(
    'the job and its three children',
    async () => {
      const found = await readFile(file, 'utf8').catch(() => '')
      return found.split('\n').length > 4 && found
    },
    60_000,
  )
  return text.trim().split('\n').map(Number)
}
/** A zombie is dead; it only waits for its parent to notice. */
const isAlive = (pid: number) => /^[^Z]/.test(ps(pid, 'stat'))
const ps = (pid: number, what: string) =>
  Bun.spawnSync(['ps', '-o', `${what}=`, '-p', String(pid)])
    .stdout.toString()
    .trim()
const gone = (pids: number[]) => until('every process to be gone', () => !pids.some(isAlive), 60_000)

test.each(['itself', 'child'])(
  'a job that takes too much memory is killed with all that it started: %s',
  async (how) => {
    const run = await ended(await start('greedy', { how }))
    expect(run).toMatchObject({ state: 'failed', attempt: 1 })
    expect(run.error).toMatch(/^It took \d+ MiB of memory, more than its memory_mb of 300; it was killed\.$/)
  },
)

test('a job that keeps within its memory ends as it does', async () => {
  expect(await ended(await start('greedy', { how: 'modest' }))).toMatchObject({ state: 'succeeded', result: 'enough' })
})

test('an isolated run has its conf, log, steps and roles, also in the attempt after a failure', async () => {
  const id = await start('whole')
  const run = await ended(id)
  const { idempotency_key } = (run.result as { done: { idempotency_key: string } }).done
  expect(run).toMatchObject({
    state: 'succeeded',
    attempt: 2,
    result: { attempt: 2, slot: null, conf: { days: 7 }, two: 2, keys: [`whole/${id}`], found: 2, locale: 'pt-BR' },
  })
  expect(run.result).toHaveProperty('done', { attempt: 1, idempotency_key })
  expect(idempotency_key).toMatch(/^[0-9a-f-]{36}$/)
  const said = ['info logged', 'info printed', 'warn printed as an error']
  const logs = await logOf(id)
  expect(logs.toSorted()).toEqual([...said, ...said, expect.stringContaining('error once')].toSorted())
})

test('at its timeout it is killed, though it never gives way, with its children and theirs', async () => {
  const file = pidFile()
  const id = await start('hasty', { file })
  const pids = await pidsIn(file)
  expect(pids).not.toContain(process.pid)
  const run = await ended(id)
  expect(run).toMatchObject({ state: 'failed', error: 'It took longer than its timeout_s of 3.' })
  await gone(pids)
  // What it said just before it hung is there.
  expect(await logOf(id)).toEqual([
    'info about to block',
    'warn Killed: it did not end within 0.5 s after its signal.',
    'error It took longer than its timeout_s of 3.',
  ])
})

test('a cancelled run hears its signal first', async () => {
  const file = pidFile()
  const id = await start('obedient', { file })
  const pids = await pidsIn(file)
  await cancelRun(database.sql, id, same('Cancelled by a test.'))
  expect(await ended(id)).toMatchObject({ state: 'cancelled' })
  await gone(pids)
  expect(await logOf(id)).toEqual(['info waits', 'info heard: The run was cancelled.', 'warn Cancelled.'])
})

test('a cancelled run that does not listen is killed', async () => {
  const file = pidFile()
  const id = await start('stubborn', { file })
  const pids = await pidsIn(file)
  expect(pids.filter(isAlive)).toHaveLength(4)
  await cancelRun(database.sql, id, same('Cancelled by a test.'))
  expect(await ended(id)).toMatchObject({ state: 'cancelled' })
  await gone(pids)
})

test('a run that went to another worker is killed here', async () => {
  const file = pidFile()
  const id = await start('stubborn', { file })
  const pids = await pidsIn(file)
  // What another worker does that takes the run up; ours sees it at its next heartbeat.
  await database.sql`update runs set attempt = attempt + 1, worker = 'another' where id = ${id}`
  await gone(pids)
  expect(await getRun(database.sql, id)).toMatchObject({ state: 'running', attempt: 2, worker: 'another' })
  await database.sql`update runs set state = 'cancelled', finished_at = now() where id = ${id}`
})

test('what a run leaves behind ends with it, and does not hold it up', async () => {
  const file = pidFile()
  expect(await ended(await start('leaver', { file }))).toMatchObject({ state: 'succeeded', result: 'left' })
  await gone(await pidsIn(file))
})

test.each<[NodeJS.Signals, string]>([
  [
    'SIGKILL',
    'Its process was killed (SIGKILL); that is what the system does when memory runs out, or somebody by hand.',
  ],
  ['SIGTERM', 'Its process was ended from outside (SIGTERM).'],
  ['SIGSEGV', "Its process crashed (SIGSEGV); what it printed last is in the run's log."],
])('a process that ends by %s fails its attempt with a sentence', async (signal, sentence) => {
  const file = pidFile()
  const id = await start('stubborn', { file })
  const pids = await pidsIn(file)
  const own = pids.find((pid) => ps(pid, 'args').includes('stubborn'))!
  process.kill(own, signal)
  expect(await ended(id)).toMatchObject({ state: 'failed', error: sentence })
  await gone(pids)
})
test.each<[Behaviour, string]>([
  ['throws null', 'It threw null, which does not say what is wrong; throw an Error.'],
  ['throws undefined', 'It threw undefined, which does not say what is wrong; throw an Error.'],
  ['throws a text', 'no paper'],
  ['throws what cannot be read', 'It threw something that cannot be read; throw an Error.'],
  ['throws an Error whose message cannot be read', 'something was thrown that cannot be read'],
  ['exits', 'Its process ended itself with exit code 7 before run() was done; a job, or what it calls, must not exit.'],
  [
    'exits later',
    'Its process ended itself with exit code 7 before run() was done; a job, or what it calls, must not exit.',
  ],
])('a job that %s fails with a sentence', async (how, sentence) => {
  expect(await misbehave(how)).toMatchObject({ state: 'failed', error: sentence })
})

test('a huge message is cut', async () => {
  const { error } = await misbehave('throws a huge message')
  expect(error).toStartWith('xxx')
  expect(error).toEndWith('more characters)')
})

test.each<[Behaviour, unknown]>([
  ['returns 100 MB', { not_kept: 'it is larger than the 65536 bytes that are kept' }],
  ['returns a circle', { not_kept: 'it contains itself' }],
  ['returns a function', null],
  ['sends its parent messages', 'its own'],
])('a job that %s succeeds', async (how, result) => {
  expect(await misbehave(how)).toMatchObject({ state: 'succeeded', result })
})

test('what a job leaves to fail later is in its log', async () => {
  const run = await misbehave('leaves a rejection behind')
  expect(run.state).toBe('succeeded')
  expect(await logOf(run.id)).toEqual(['error A promise was rejected that nobody awaits: that nobody awaits'])
})

test('of 100,000 lines the first 10,000 are kept and the others counted, in bounded memory', async () => {
  const before_mb = process.memoryUsage.rss() / 1024 / 1024
  const run = await misbehave('logs 100,000 lines')
  expect(run.state).toBe('succeeded')
  const [row] = await database.sql<
    { lines: number }[]
  >`select count(*)::int as lines from run_logs where run_id = ${run.id}`
  expect(row!.lines).toBe(10_001)
  const [last] = await logOf(run.id, 1)
  expect(last).toBe('warn 90000 more lines are not kept; 10000 lines and 4 MiB are the most for one attempt.')
  // Of 11 MB of text kept twice this would be little; of a queue of messages without bounds it would not.
  expect(Number(run.result)).toBeLessThan(250)
  expect(process.memoryUsage.rss() / 1024 / 1024 - before_mb).toBeLessThan(150)
})

test('of 64 MB of lines 4 are kept', async () => {
  const run = await misbehave('logs 64 MB')
  const [row] = await database.sql<
    { lines: number }[]
  >`select count(*)::int as lines from run_logs where run_id = ${run.id}`
  expect(row!.lines).toBe(512 + 1)
  expect((await logOf(run.id, 1))[0]).toStartWith('warn 7488 more lines are not kept')
})
