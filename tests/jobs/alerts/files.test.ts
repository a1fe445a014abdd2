/** A job whose file cannot be used is an alert, told by the program that meets it, until one starts that can use it. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { observeFiles } from '../../../db/jobs/observe-files.ts'
import { ReplicaSeat } from '../../../db/jobs/replicas.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { killLeftPrograms, startProgram, until } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  await mkdir(join(folder, 'jobs'))
})
afterEach(killLeftPrograms)
afterAll(() => database.close())

const alerts = () => database.sql<{ subject: string; state: string; detail: unknown }[]>`
  select subject, state, detail from alerts where rule = 'JOB_INVALID' order by subject`

test('a program that starts tells of each file that it cannot use, and the next one that it can', async () => {
  const path = join(folder, 'jobs', 'sums.ts')
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, JOBS_DIR: join(folder, 'jobs'), LOCALE: 'en' }
  const told = async () => (await readFile(join(folder, 'alerts.log'), 'utf8').catch(() => '')).split('\n').length - 1
  const untilTold = async (lines: number) => {
    const program = startProgram('jobs/main.ts', [], env)
    await until(`${lines} lines of alerts.log`, async () => (await told()) === lines, 60_000, program.output)
    // What is told may be told before the program can be stopped cleanly.
    await until('it to be ready', () => program.output().includes('"msg":"ready"'), 60_000, program.output)
    program.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  }
  await writeFile(path, `throw new Error('no table of sums')`)
  await untilTold(1)
  const detail = {
    en: 'sums.ts:1:11 is not used: no table of sums',
    pt: 'sums.ts:1:11 não pode ser usado: “no table of sums”',
  }
  expect([...(await alerts())]).toEqual([{ subject: path, state: 'firing', detail }])
  const job = JSON.stringify(resolve(import.meta.dir, '../../../jobs/job.ts'))
  await writeFile(
    path,
    `import { job } from ${job}; export default job({ name: 'sums', schedule: '@daily', run() {} })`,
  )
  await untilTold(2)
  expect(await alerts()).toMatchObject([{ subject: path, state: 'resolved' }])
})

test('what another replica cannot use is not over because this one is well', async () => {
  await database.sql`truncate alerts, job_replicas cascade`
  const sentence = { en: 'x.ts is not used: boom', pt: 'x.ts não pode ser usado: “boom”' }
  const problem = { file: '/srv/a/x.ts', job: null, at: null, sentence }
  const [one, other] = [new ReplicaSeat(database.sql, '/srv/a'), new ReplicaSeat(database.sql, '/srv/a')]
  await one.take({ jobs: [], monitors: [], problems: [problem] })
  await observeFiles(database.sql)
  await other.take({ jobs: [], monitors: [], problems: [] })
  await observeFiles(database.sql)
  expect(await alerts()).toMatchObject([{ subject: '/srv/a/x.ts', state: 'firing', detail: sentence }])
  // As a replica of an older version writes it.
  const worse = { ...problem, sentence: 'x.ts:1:1 is not used: bang' }
  await one.write({ jobs: [], monitors: [], problems: [worse] })
  await observeFiles(database.sql, new Set([worse.file]))
  expect(await alerts()).toMatchObject([{ state: 'firing', detail: worse.sentence }])
  await one.write({ jobs: [], monitors: [], problems: [] })
  await observeFiles(database.sql)
  expect(await alerts()).toMatchObject([{ subject: '/srv/a/x.ts', state: 'resolved' }])
})
