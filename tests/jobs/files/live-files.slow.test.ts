/** Real programs whose files change under them, with kills, version skew, an endless loop and a folder each. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { findJob } from '../../../db/jobs/jobs.ts'
import { listRuns } from '../../../db/jobs/runs.ts'
import { listSlots } from '../../../db/jobs/slots.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import { killLeftPrograms, runToEnd, startProgram, until, type Program } from '../../kit/program.ts'

setDefaultTimeout(300_000)

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder('doca-live-files-')
  for (const name of ['a', 'b']) await mkdir(join(folder, name))
})
afterEach(killLeftPrograms)
afterAll(() => database.close())

const JOB = JSON.stringify(resolve(import.meta.dir, '../../../jobs/job.ts'))
const EVERY_SECOND = "schedule: '@every 1s'"
const NEVER = "schedule: '0 0 29 2 *'"
const write = (file: string, text: string) => writeFile(join(folder, file), text)
const job = (name: string, options: string, result: string) =>
  `import { job } from ${JOB}\nexport default job({ name: '${name}', ${options}, run: () => '${result}' })\n`

const env = (jobs: string) => ({
  DATABASE_URL: database.url,
  DATA_DIR: join(folder, `data-${jobs}`),
  JOBS_DIR: join(folder, jobs),
  LOCALE: 'en',
})
async function start(jobs: string): Promise<Program> {
  const program = startProgram('jobs/main.ts', [], env(jobs))
  await until('it to be ready', () => program.output().includes('"msg":"ready"'), 60_000, program.output)
  return program
}
const cli = (...words: string[]) => runToEnd('jobs/main.ts', words, env('a'))
const alertsTold = async () =>
  (await readFile(join(folder, 'data-a', 'alerts.log'), 'utf8').catch(() => ''))
    .split('\n')
    .flatMap((line) =>
      line ? [JSON.parse(line) as { kind: string; rule: string; subject: string; detail: string }] : [],
    )
const told = (kind: string, rule: string, subject: string) =>
  until(`${rule} of ${subject} ${kind}`, async () =>
    (await alertsTold()).find((one) => one.kind === kind && one.rule === rule && one.subject.endsWith(subject)),
  )
const nextResult = (name: string, result: string) =>
  until(`${name} to return ${result}`, async () => (await listRuns(database.sql, name, 1))[0]?.result === result)
const slotsGoOn = async (name: string) => {
  const [newest] = await listSlots(database.sql, name, 1)
  await until(`two more slots of ${name}`, async () => {
    const slots = await listSlots(database.sql, name, 10)
    return slots.filter(({ slot }) => !newest || slot > newest.slot).length >= 2
  })
}

test('what changes in the folder of a running program is what runs, and what fails or is gone is told', async () => {
  await write('a/steady.ts', job('steady', NEVER, 'first'))
  await start('a')
  const begun = performance.now()
  await write('a/fresh.ts', job('fresh', NEVER, 'new'))
  const triggered = await cli('trigger', 'fresh', '--wait', '--json')
  expect(triggered.code).toBe(0)
  process.stderr.write(`a new file ran after ${Math.round(performance.now() - begun)} ms, the command line included\n`)

  // A trigger of another job, which registered every file once, and an endless loop beside it.
  await write('a/endless.ts', 'for (;;);')
  const changed = performance.now()
  await write('a/steady.ts', job('steady', EVERY_SECOND, 'second'))
  expect((await cli('trigger', 'fresh', '--wait')).code).toBe(0)
  await until('the new schedule', async () => (await findJob(database.sql, 'steady'))?.schedule === '@every 1s')
  process.stderr.write(`a changed file was live after at most ${Math.round(performance.now() - changed)} ms\n`)
  await nextResult('steady', 'second')
  await slotsGoOn('steady')
  await told('firing', 'JOB_INVALID', 'endless.ts')
  await rm(join(folder, 'a/endless.ts'))
  await told('resolved', 'JOB_INVALID', 'endless.ts')

  await write('a/steady.ts', job('steady', EVERY_SECOND, 'third').replace('run:', 'run'))
  const { detail } = await told('firing', 'JOB_INVALID', 'steady.ts')
  expect(detail).toMatch(/^steady\.ts:2:\d+ is not used as it is now: .* goes on in its last good version\.$/)
  await slotsGoOn('steady')
  await nextResult('steady', 'second')

  await rm(join(folder, 'a/fresh.ts'))
  await told('firing', 'JOB_GONE', 'fresh')
  const refused = await cli('trigger', 'fresh')
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('is gone since') })
  expect((await cli('forget', 'fresh')).code).toBe(0)
  await told('resolved', 'JOB_GONE', 'fresh')
  expect((await alertsTold()).filter(({ rule, kind }) => rule === 'JOB_GONE' && kind === 'firing')).toHaveLength(1)
})

test('of two versions the newest counts on both, also when it is killed; its own jobs are gone a while later', async () => {
  await database.sql`truncate jobs, job_replicas, alerts cascade`
  await write('a/steady.ts', job('steady', NEVER, 'of a'))
  await write('b/steady.ts', job('steady', EVERY_SECOND, 'of b'))
  await write('b/only_b.ts', job('only_b', EVERY_SECOND, 'of b'))
  await start('a')
  const newer = await start('b')
  await slotsGoOn('steady')
  newer.kill('SIGKILL')
  await newer.exited
  await nextResult('steady', 'of a')
  await slotsGoOn('steady')
  expect((await findJob(database.sql, 'only_b'))!.gone_at).toBeNull()
  await until('its job to be gone', async () => (await findJob(database.sql, 'only_b'))?.gone_at, 180_000)
  await slotsGoOn('steady')
  await start('b')
  await until('it to be back', async () => (await findJob(database.sql, 'only_b'))?.gone_at === null)
  await slotsGoOn('only_b')
})
