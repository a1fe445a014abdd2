import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { freePort, killLeftPrograms, runToEnd, startProgram, until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let data_dir: string
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
})
afterEach(killLeftPrograms)
afterAll(() => database.close())

const beatOf = (file: string) =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  )

test('a program that is ready rewrites its heartbeat file, and no longer once it hangs', async () => {
  const file = join(data_dir, 'consumers')
  const program = startProgram('consumers/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR: data_dir,
    HEARTBEAT_FILE: file,
  })
  const first = await until('the first beat', () => beatOf(file), 60_000, program.output)
  await until('it to say so', () => program.output().includes('"msg":"ready"'), 60_000, program.output)
  await until('another beat', async () => (await beatOf(file))! > first)
  program.kill('SIGSTOP')
  const last = await beatOf(file)
  program.kill('SIGKILL')
  await program.exited
  expect(await beatOf(file)).toBe(last)
})

test('a heartbeat file that cannot be written ends the start with its name', async () => {
  const { code, output } = await runToEnd('consumers/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR: data_dir,
    HEARTBEAT_FILE: join(data_dir, 'no/such/folder'),
  })
  expect(code).toBe(1)
  expect(output).toContain(join(data_dir, 'no/such/folder'))
})

test('a jobs program that the system has stopped is told by the API: in /health, and on the channels', async () => {
  // The killed program of the test before is silent, too.
  await database.sql`truncate programs`
  const port = freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: data_dir,
    PORT: String(port),
    PASSWORD_ROUNDS: '10',
    RATE_LIMIT_ANONYMOUS_PER_MIN: '100000',
  }
  const programs = async () => {
    const answer = await fetch(`${url}/health`).catch(() => null)
    return (await answer?.json()) as
      { status: string; programs: Array<{ program: string; status: string }> } | undefined
  }
  const told = () => readFile(join(data_dir, 'alerts.log'), 'utf8').catch(() => '')
  const api = startProgram('api/main.ts', [], env)
  const jobs = startProgram('jobs/main.ts', [], env)
  const both = async () => (await programs())?.programs.map(({ program }) => program).join() === 'api,jobs'
  await until('both heartbeats', both, 60_000, () => api.output() + jobs.output())
  jobs.kill('SIGSTOP')
  await until('the message', async () => (await told()).includes('PROGRAM_SILENT'), 100_000, api.output)
  expect(await programs()).toMatchObject({ status: 'degraded', programs: [{}, { program: 'jobs', status: 'silent' }] })
  jobs.kill('SIGCONT')
  await until('it to be heard of again', async () => (await programs())?.status === 'ok')
  for (const program of [jobs, api]) {
    program.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  }
  expect(await database.sql`select from programs`).toHaveLength(0)
})
