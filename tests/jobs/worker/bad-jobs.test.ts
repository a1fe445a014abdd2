/** What jobs should not do, done in the worker's own process: each ends in a sentence, and the worker works on. */
import { outcomeOfThrown } from '../../../jobs/worker/outcome.ts'
import { runLine } from '../../../jobs/worker/run-lines.ts'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import type { RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { createLog } from '../../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { behave, type Behaviour } from './bad-behaviour.ts'
import { endedRun, jobsOf, testRoles, type TestRoles } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let roles: TestRoles
let replica: Replica
const warnings: Array<Record<string, unknown>> = []
beforeAll(async () => {
  database = await testDatabase()
  roles = await testRoles(database)
  const log = createLog('test', 'silent')
  log.level = 'warn'
  log.warn = ((facts: object, message: string) => void warnings.push({ ...facts, message })) as never
  const jobs = jobsOf(
    { name: 'bad', overlap: 'allow', run: behave },
    { name: 'hasty', overlap: 'allow', timeout_s: 0.2, run: behave },
    { name: 'in_a_file', isolate: true, run: () => {} },
  )
  replica = await startReplica(jobs, roles.roles, { concurrency: 4, lease_s: 15 }, log)
})
afterAll(async () => {
  await replica.stop(2000)
  await roles.close()
  await database.close()
})

async function misbehave(how: Behaviour, conf = {}, job = 'bad'): Promise<RunRow> {
  const { run_id } = await enqueueRun(database.sql, { job, trigger: 'manual', conf: { how, ...conf } })
  return endedRun(database.sql, run_id)
}
const logOf = async (id: string, lines = 20) =>
  (await lastRunLogs(database.sql, id, lines)).map(({ level, message }) => `${level} ${message}`)

test.each<[Behaviour, string]>([
  ['throws null', 'It threw null, which does not say what is wrong; throw an Error.'],
  ['throws undefined', 'It threw undefined, which does not say what is wrong; throw an Error.'],
  ['throws a text', 'no paper'],
  ['throws what cannot be read', 'It threw something that cannot be read; throw an Error.'],
  ['throws an Error whose message cannot be read', 'something was thrown that cannot be read'],
  ['exits', 'The job bad called process.exit(7), which would end every other run; throw or return.'],
])('a job that %s fails with a sentence', async (how, sentence) => {
  const run = await misbehave(how)
  expect(run).toMatchObject({ state: 'failed', error: sentence })
  expect(await logOf(run.id)).toEqual([`error ${sentence}`])
})

test.each<[Behaviour, unknown]>([
  ['returns 100 MB', { not_kept: 'it is larger than the 65536 bytes that are kept' }],
  ['returns a circle', { not_kept: 'it contains itself' }],
  ['returns a function', null],
  ['logs a circle', null],
])('a job that %s succeeds', async (how, result) => {
  expect(await misbehave(how)).toMatchObject({ state: 'succeeded', result })
})

test('what cannot be logged does not fail the job', async () => {
  const { id } = await misbehave('logs a circle')
  const [round, symbol] = await lastRunLogs(database.sql, id, 2)
  expect(round).toMatchObject({ message: 'round', data: { not_kept: 'it contains itself' } })
  expect(symbol).toMatchObject({ message: 'Symbol(not a text)' })
})

test('a job that never returns fails at its timeout', async () => {
  const sentence = 'It took longer than its timeout_s of 0.2.'
  const run = await misbehave('never returns', {}, 'hasty')
  expect(run).toMatchObject({ state: 'failed', error: sentence })
  expect(await logOf(run.id)).toEqual([expect.stringMatching(/^warn Abandoned: /), `error ${sentence}`])
})

test('a blocked event loop is told, with the jobs that ran in it, in the log of the worker and of the run', async () => {
  const run = await misbehave('blocks the loop', { block_ms: 1600 })
  // It cannot be stopped; what it did counts.
  expect(run).toMatchObject({ state: 'succeeded', result: 'after all' })
  const told = warnings.find(({ blocked_ms }) => blocked_ms !== undefined)
  expect(told).toMatchObject({ jobs: ['bad'], message: expect.stringContaining('the event loop was blocked') })
  expect(told!.blocked_ms).toBeGreaterThan(1000)
  expect(told!.cpu_ms).toBeNumber()
  expect(await logOf(run.id)).toEqual([
    expect.stringMatching(/^warn The worker's event loop was blocked for \d+\.\d s while this ran/),
  ])
})

test('a job that does not block is not accused', async () => {
  warnings.length = 0
  await misbehave('blocks the loop', { block_ms: 100 })
  expect(warnings).toEqual([])
})

test('of 100,000 lines the first 10,000 are kept, then the end', async () => {
  const { id } = await misbehave('logs 100,000 lines')
  expect(await logOf(id, 2)).toEqual([
    expect.stringMatching(/^info line 9999 /),
    'warn 90000 more lines are not kept; 10000 lines and 4 MiB are the most for one attempt.',
  ])
})

test('an isolated job that is in no file of its own fails with a sentence', async () => {
  expect(await misbehave('exits', {}, 'in_a_file')).toMatchObject({
    state: 'failed',
    error: 'It cannot be isolated: it is not in a file of its own.',
  })
})

test('what a job throws is kept without a terminal’s sequences and without the password of a URL', () => {
  const thrown = new Error(
    `\u001b[31mrefused\u0007\u001b[0m by postgres://doca:s3cret@db/orders${' '.repeat(8150)}amqp://u:p@q`,
  )
  const outcome = outcomeOfThrown(thrown) as { error: string; stack: string }
  expect(outcome.error).toStartWith('refused by postgres://***@db/orders')
  for (const text of Object.values(outcome)) expect(text).not.toMatch(/\u001b|\u0007|s3cret|u:p/)
  expect(runLine('error', 'amqp://u:p@q \u001b[31mred').message).toBe('amqp://***@q \u001b[31mred')
})
