import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { killLeftPrograms, runToEnd, startProgram, until } from '../kit/program.ts'
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
