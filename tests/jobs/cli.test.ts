/** The command line: what its words do, in this process, and as its users meet it, a real process with its exit code and stdout. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { observeGone } from '../../db/jobs/gone-jobs.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { ReplicaSeat } from '../../db/jobs/replicas.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { writeRunLogs } from '../../db/jobs/run-logs.ts'
import { runToEnd, startProgram, until } from '../kit/program.ts'
import { runHere } from '../kit/run-here.ts'
import { check } from '../../jobs/cli/check.ts'
import { commandNamed } from '../../jobs/cli/run-command.ts'
import { loadDefinitions, type JobFiles } from '../../jobs/files/job-files.ts'
import { jobsOf, withReplica } from '../kit/replica.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const JOBS_DIR = join(import.meta.dir, 'sample-jobs')
const DATA_DIR = temporaryFolder()

let database: TestDatabase
let definitions: JobFiles
beforeAll(async () => {
  database = await testDatabase()
  definitions = await loadDefinitions(JOBS_DIR)
  await registerJobs(database.sql, [...definitions.jobs.values()])
})
afterAll(() => database.close())

/** In a process of its own. */
const program = (...words: string[]) =>
  runToEnd('jobs/main.ts', words, { DATABASE_URL: database.url, JOBS_DIR, DATA_DIR })
const jobs = (name: string, ...words: string[]) =>
  runHere(async () => commandNamed(name)(words, JOBS_DIR)(database.sql))
async function json(name: string, ...words: string[]): Promise<Array<Record<string, unknown>>> {
  const { code, output } = await jobs(name, ...words, '--json')
  expect({ code, output }).toMatchObject({ code: 0 })
  return JSON.parse(output)
}

const whileWorking = <T>(body: () => Promise<T>): Promise<T> => withReplica(database, definitions.jobs, body)

test.each<[string[], string]>([
  [['dance'], 'There is no command dance'],
  [['trigger'], 'Name one job'],
  [['trigger', 'nobody'], 'There is no job nobody. There are: careless, fails, held.'],
  [['trigger', 'fails', '--conf', '{bad'], '--conf is not JSON'],
  [['trigger', 'fails', '--conf', '[1]'], '--conf must be a JSON object'],
  [['trigger', 'fails', '--loud'], '--loud'],
  [['runs', 'fails', '--limit', 'many'], '--limit must be'],
  [['show', 'latest'], 'Name one run by its id'],
  [['logs'], 'Name one run by its id'],
  [['retry', '../../etc'], 'Name one run by its id'],
  [['cancel', '1', '2'], 'Name one run by its id'],
  [['next', 'fails', '--count', '0'], '--count must be'],
  [['next', 'fails', '--count', '100000'], '--count must be at most'],
  [['next', 'fails', '--tz', 'Mars/Base'], '--tz "Mars/Base" is not known'],
  [['backfill', 'fails', '--from', '2026-01-01'], '--to must be a time'],
  [['backfill', 'fails', '--from', '2026-02-30', '--to', '2026-03-01'], '--from must be a time'],
  [['backfill', 'fails', '--from', '2026-01-02', '--to', '2026-01-01'], '--from is after --to'],
])('wrong usage %j exits 2 and says what is wrong', async (words, sentence) => {
  const [name, ...rest] = words
  const { code, output } = await jobs(name!, ...rest)
  expect(output).toContain(sentence)
  expect(output).toContain('Usage: bun run jobs')
  expect(code).toBe(2)
})

test('so does a process, and says it on stderr', async () => {
  const { code, output } = await program('dance')
  expect(output).toStartWith('There is no command dance.\nUsage: bun run jobs')
  expect(code).toBe(2)
})

test('list shows every job as it is registered, with its next slot', async () => {
  const { code, output } = await program('list')
  expect(code).toBe(0)
  expect(output).toMatch(/^name +schedule +timezone +next/)
  expect(output).toMatch(/fails +0 0 1 1 \* +UTC +\d{4}-01-01T00:00:00.000Z/)
  const [, fails] = await json('list')
  expect(fails).toMatchObject({ name: 'fails', paused: false, last_run: null })
})

test('the command line registers nothing, whatever files there are', async () => {
  const registered = () => database.sql`select name, schedule, seen_at, scheduled_until from jobs order by name`
  const before = [...(await registered())]
  const folder = temporaryFolder()
  const source = `
    import { job } from ${JSON.stringify(join(import.meta.dir, '../../jobs/job.ts'))}
    export default job({ name: 'fails', schedule: '@every 1s', run() {} })`
  await Bun.write(join(folder, 'fails.ts'), source)
  await Bun.write(join(folder, 'endless.ts'), 'for (;;);')
  const env = { DATABASE_URL: database.url, JOBS_DIR: folder, DATA_DIR }
  const { code, output } = await runToEnd('jobs/main.ts', ['pause', 'fails'], env)
  expect({ code, output }).toMatchObject({ code: 0 })
  for (const [name, ...words] of [
    ['list'],
    ['next', 'fails'],
    ['resume', 'fails'],
    ['backfill', 'fails', '--from', '2020-01-01', '--to', '2020-01-02', '--dry-run'],
    ['trigger', 'endless'],
  ])
    await jobs(name!, ...words)
  expect([...(await registered())]).toEqual(before)
})

test('trigger only queues; trigger --wait exits 1 when the run failed; runs and show tell of it', async () => {
  const [queued] = await json('trigger', 'fails')
  expect(queued).toMatchObject({ job: 'fails', state: 'queued', trigger: 'manual' })
  const again = await jobs('trigger', 'fails')
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('already under way') })

  await whileWorking(async () => {
    while ((await json('runs', 'fails'))[0]!.state !== 'failed');
    const failed = await program('trigger', 'fails', '--wait', '--json')
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
})

test('trigger --wait exits 0 when the run succeeded', async () => {
  const folder = temporaryFolder()
  await Bun.write(join(folder, '1'), '')
  const conf = JSON.stringify({ folder })
  const { code, output } = await whileWorking(() => program('trigger', 'held', '--conf', conf, '--wait'))
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
  const { code, output } = await program('show', '01a1fc6d-ba26-771a-b067-b72d1b4570e8')
  expect(output).toContain('There is no run 01a1fc6d')
  expect(code).toBe(1)
})

test('next shows the local time, the time elsewhere and the offset', async () => {
  const [first, ...more] = await json('next', 'fails', '--count', '3', '--tz', 'America/Sao_Paulo')
  expect(more).toHaveLength(2)
  const year = String(first!.utc).slice(0, 4)
  expect(first).toEqual({
    utc: `${year}-01-01T00:00:00.000Z`,
    local: { UTC: `${year}-01-01T00:00:00+00:00`, 'America/Sao_Paulo': `${Number(year) - 1}-12-31T21:00:00-03:00` },
    note: null,
  })
  const { output } = await jobs('next', 'fails')
  expect(output.trim().split('\n')).toHaveLength(21)
})

test('backfill lists what it would do, and does it once', async () => {
  const range = ['--from', '2024-01-01', '--to', '2026-06-01T00:00-03:00']
  const slots = ['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']
  expect(await json('backfill', 'fails', ...range, '--dry-run')).toEqual(slots.map((slot) => ({ slot, run_id: null })))
  const queued = await json('backfill', 'fails', ...range)
  expect(queued.map(({ slot }) => slot)).toEqual(slots)
  expect((await jobs('backfill', 'fails', ...range)).output).toContain('nothing to do')
  for (const { run_id } of queued) expect(await json('cancel', String(run_id))).toMatchObject([{ state: 'cancelled' }])
})

test('who waits for a run is told of the attempt that failed, and when the next is due', async () => {
  const folder = temporaryFolder()
  const source = `
    import { job } from ${JSON.stringify(join(import.meta.dir, '../../jobs/job.ts'))}
    export default job({ name: 'second_time', schedule: '@daily', retries: 1, backoff: { first_s: 3, max_s: 3 },
      run({ attempt }) { if (attempt === 1) throw new Error('no paper') } })`
  await Bun.write(join(folder, 'second_time.ts'), source)
  const own = await loadDefinitions(folder)
  const { code, output } = await withReplica(database, own.jobs, () =>
    runHere(() => commandNamed('trigger')(['second_time', '--wait'], folder)(database.sql)),
  )
  expect(output).toMatch(/^Attempt 1 is over: no paper\. The next one is due at \d\d:\d\d:\d\d UTC\.$/m)
  expect(code).toBe(0)
})

test('a run is followed to its end, cancelled in mid-run, and retried', async () => {
  const folder = temporaryFolder()
  await withReplica(database, definitions.jobs, async () => {
    const [{ id }] = (await json('trigger', 'held', '--conf', JSON.stringify({ folder }))) as [{ id: string }]
    const following = startProgram('jobs/main.ts', ['logs', id, '--follow'], {
      DATABASE_URL: database.url,
      JOBS_DIR,
      DATA_DIR,
    })
    await until('the first line', () => following.output().includes('attempt 1 holds'), 60_000, following.output)
    expect(await json('cancel', id)).toMatchObject([
      { state: 'cancelled', error: expect.stringContaining('Cancelled by') },
    ])
    expect(await following.exited).toBe(0)
    await following.drained
    expect(following.output()).toContain('The run has been cancelled.')

    await Bun.write(join(folder, '2'), '')
    expect(await json('retry', id)).toMatchObject([{ state: 'queued', attempt: 1, error: null }])
    const { code, output } = await jobs('logs', id, '--follow', '--json')
    expect(code).toBe(0)
    const lines = output.trim().split('\n')
    expect(lines.pop()).toBe('The run has succeeded.')
    const said = lines.map((line) => JSON.parse(line) as { attempt: number; message: string })
    expect(said.map(({ attempt, message }) => `${attempt} ${message}`)).toEqual([
      '1 attempt 1 holds',
      expect.stringMatching(/^1 Abandoned: /),
      '1 Cancelled.',
      '2 attempt 2 holds',
    ])
    expect((await jobs('retry', id)).output).toContain('has succeeded; trigger held')
    expect((await jobs('cancel', id)).output).toContain('nothing to cancel')
  })
})

test('cancel waits for no worker that is dead, beyond its lease', async () => {
  const { run_id } = await enqueueRun(database.sql, { job: 'held', trigger: 'manual' })
  await claimRuns(database.sql, { jobs: ['held'], worker: 'nobody', lease_s: 1, limit: 1, late_after_s: 5 })
  expect(await json('cancel', run_id)).toMatchObject([{ id: run_id, state: 'cancelled' }])
})

test('a slow reader of a pipe gets every line', async () => {
  const { run_id } = await enqueueRun(database.sql, { job: 'held', trigger: 'manual' })
  await claimRuns(database.sql, { jobs: ['held'], worker: 'nobody', lease_s: 600, limit: 1, late_after_s: 5 })
  const line = { level: 'info', message: 'x'.repeat(1000), data: null, age_ms: 0 }
  await writeRunLogs(
    database.sql,
    { run_id, attempt: 1 },
    Array.from({ length: 2000 }, () => line),
  )
  const main = join(import.meta.dir, '../../jobs/main.ts')
  const command = `"${process.execPath}" --no-env-file "${main}" logs ${run_id} | (sleep 1; wc -l)`
  const env = { PATH: process.env.PATH!, DATABASE_URL: database.url, JOBS_DIR, DATA_DIR }
  const child = Bun.spawnSync(['sh', '-c', command], { env })
  expect(child.stdout.toString().trim()).toBe('2000')
})

test('a job that is gone is listed so, takes no trigger, and is forgotten; what is wrong with files is on stderr', async () => {
  const { sql } = database
  await registerJobs(sql, [...jobsOf({ name: 'ghost', run: () => {} }).values()])
  expect(await jobs('forget', 'ghost')).toMatchObject({ code: 1, output: expect.stringContaining('Remove that first') })
  const seat = new ReplicaSeat(sql, JOBS_DIR)
  const problem = {
    file: '/srv/x.ts',
    job: null,
    at: null,
    sentence: { en: 'x.ts is not used: boom', pt: 'x.ts não pode ser usado: “boom”' },
  }
  await seat.take({ jobs: [...definitions.jobs.keys(), 'second_time'], monitors: [], problems: [problem] })
  await observeGone(sql, seat.id)
  const row = (await json('list')).find(({ name }) => name === 'ghost')
  expect(row).toMatchObject({ next: null, gone: expect.any(String), problem: null })
  expect((await jobs('list')).output).toContain('\nx.ts is not used: boom\n')
  expect(await jobs('trigger', 'ghost')).toMatchObject({ code: 1, output: expect.stringContaining('is gone since') })
  expect(await json('forget', 'ghost')).toEqual([{ name: 'ghost', forgotten: true }])
  expect(await jobs('runs', 'ghost')).toMatchObject({ code: 2, output: expect.stringContaining('no job ghost') })
  await sql`truncate job_replicas`
})

test('check reads every file, or one, and exits 1 with the place of what is wrong', async () => {
  const folder = temporaryFolder('doca-cli-check-')
  const job = JSON.stringify(join(import.meta.dir, '../../jobs/job.ts'))
  const source = (name: string, more = '') =>
    `import { job } from ${job}\nexport default job({ name: '${name}', ${more || "schedule: '@daily'"}, run() {} })`
  await mkdir(join(folder, 'jobs'))
  await Bun.write(join(folder, 'jobs', 'well.ts'), source('well'))
  await Bun.write(join(folder, 'jobs', 'bad.ts'), `\nthrow new Error('boom')`)
  await Bun.write(join(folder, 'well.ts'), source('well', "after: 'nobody'"))
  const monitor = JSON.stringify(join(import.meta.dir, '../../jobs/monitor.ts'))
  const watch = `import { monitor } from ${monitor}\nexport default monitor({ name: 'shop', tcp: { host: 'shop', port: 443 } })`
  await Bun.write(join(folder, 'jobs', 'watch.ts'), watch)
  const checked = (...words: string[]) => runHere(() => check(words, join(folder, 'jobs')))
  const all = await checked()
  expect(all.output).toContain('well')
  expect(all.output).toMatch(/^shop +tcp +shop:443 /m)
  expect(all).toMatchObject({ code: 1, output: expect.stringContaining('bad.ts:2:11 is not used: boom\n') })
  expect(await checked(join(folder, 'jobs/well.ts'))).toMatchObject({ code: 0 })
  // In place of the one that is there.
  expect(await checked(join(folder, 'well.ts'))).toMatchObject({
    code: 1,
    output: expect.stringContaining('after names nobody'),
  })
  expect(await checked('nowhere.ts')).toMatchObject({ code: 2 })
})

test('trigger waits for a job whose file was written just now', async () => {
  const folder = temporaryFolder('doca-cli-new-')
  await Bun.write(join(folder, 'brand_new.ts'), `export default job({ name: 'brand_new' })`)
  const started = runHere(() => commandNamed('trigger')(['brand_new'], folder)(database.sql))
  await registerJobs(database.sql, [...jobsOf({ name: 'brand_new', run: () => {} }).values()])
  expect(await started).toMatchObject({ code: 0 })
})
