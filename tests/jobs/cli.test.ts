/** The command line as its users meet it: a real process, its exit code, its stdout. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../database.ts'
import { runToEnd } from '../e2e/program.ts'
import { loadDefinitions } from '../../jobs/load-definitions.ts'
import { withReplica } from './replica.ts'

setDefaultTimeout(30_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const JOBS_DIR = join(import.meta.dir, 'definitions')

const jobs = (...words: string[]) =>
  runToEnd('jobs/main.ts', words, { DATABASE_URL: database.url, JOBS_DIR, DATA_DIR: tmpdir() })
async function json(...words: string[]): Promise<Array<Record<string, unknown>>> {
  const { code, output } = await jobs(...words, '--json')
  expect({ code, output }).toMatchObject({ code: 0 })
  return JSON.parse(output)
}

async function whileWorking<T>(body: () => Promise<T>): Promise<T> {
  const definitions = await loadDefinitions(JOBS_DIR)
  return withReplica(database, definitions.jobs, body)
}

test.each<[string[], string]>([
  [['dance'], 'There is no command dance'],
  [['trigger'], 'Name one job'],
  [['trigger', 'nobody'], 'There is no job nobody. There are: careless, fails, held.'],
  [['trigger', 'fails', '--conf', '{bad'], '--conf is not JSON'],
  [['trigger', 'fails', '--conf', '[1]'], '--conf must be a JSON object'],
  [['trigger', 'fails', '--loud'], '--loud'],
  [['runs', 'fails', '--limit', 'many'], '--limit must be'],
  [['show', 'latest'], 'Name one run by its id'],
])('wrong usage %j exits 2 and says what is wrong', async (words, sentence) => {
  const { code, output } = await jobs(...words)
  expect(output).toContain(sentence)
  expect(output).toContain('Usage: bun run jobs')
  expect(code).toBe(2)
})

test('list shows every job with its next slot, before any scheduler has run', async () => {
  const { code, output } = await jobs('list')
  expect(code).toBe(0)
  expect(output).toMatch(/^name +schedule +timezone +next/)
  expect(output).toMatch(/fails +0 0 1 1 \* +UTC +\d{4}-01-01T00:00:00.000Z/)
  const [, fails] = await json('list')
  expect(fails).toMatchObject({ name: 'fails', paused: false, last_run: null })
})

test('trigger only queues; trigger --wait exits 1 when the run failed; runs and show tell of it', async () => {
  const [queued] = await json('trigger', 'fails')
  expect(queued).toMatchObject({ job: 'fails', state: 'queued', trigger: 'manual' })
  const again = await jobs('trigger', 'fails')
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('already under way') })

  await whileWorking(async () => {
    while ((await json('runs', 'fails'))[0]!.state !== 'failed');
    const failed = await jobs('trigger', 'fails', '--wait', '--json')
    expect(failed.code).toBe(1)
    const [run] = JSON.parse(failed.output) as [Record<string, unknown>]
    expect(run).toMatchObject({ job: 'fails', state: 'failed', error: 'as always' })
    expect((await json('runs', 'fails')).map(({ state }) => state)).toEqual(['failed', 'failed'])

    const shown = await jobs('show', String(run.id), '--json')
    expect(JSON.parse(shown.output)).toMatchObject({
      id: run.id,
      attempts: [{ attempt: 1, state: 'failed', error: 'as always' }],
      logs: [{ level: 'error', message: 'as always' }],
    })
    const text = await jobs('show', String(run.id))
    expect(text.code).toBe(0)
    expect(text.output).toMatch(/^error +as always$/m)
    expect(text.output).toMatch(/#1 error as always/)
  })
}, 30_000)

test('trigger --wait exits 0 when the run succeeded', async () => {
  await Bun.write(join(tmpdir(), `doca-cli-${process.pid}`, '1'), '')
  const conf = JSON.stringify({ folder: join(tmpdir(), `doca-cli-${process.pid}`) })
  const { code, output } = await whileWorking(() => jobs('trigger', 'held', '--conf', conf, '--wait'))
  expect(output).toMatch(/held +succeeded +1 +- +attempt 1/)
  expect(code).toBe(0)
})

test('pause and resume are kept', async () => {
  expect(await json('pause', 'held')).toEqual([{ name: 'held', paused: true }])
  const held = async () => (await json('list')).find(({ name }) => name === 'held')
  expect(await held()).toMatchObject({ paused: true, next: null })
  await json('resume', 'held')
  expect(await held()).toMatchObject({ paused: false, next: expect.any(String) })
})

test('a run that is not there exits 1', async () => {
  const { code, output } = await jobs('show', '01a1fc6d-ba26-771a-b067-b72d1b4570e8')
  expect(output).toContain('There is no run 01a1fc6d')
  expect(code).toBe(1)
})
