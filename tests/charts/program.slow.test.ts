import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { isRunning, killLeftPrograms, runToEnd, startProgram, until } from '../kit/program.ts'
import { FIXTURES, newPath, slowCsv } from '../kit/make-workbook.ts'
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

test('one file is drawn without any database, beside it or where it is told', async () => {
  const file = join(data_dir, 'vendas 2025.xlsx')
  await Bun.write(file, Bun.file(join(FIXTURES, 'sales-2018.xlsx')))
  const env = { DATABASE_URL: 'postgres://127.0.0.1:1/none' }
  const beside = await runToEnd('charts/main.ts', [file], env)
  expect(beside).toMatchObject({ code: 0 })
  expect(beside.output).toContain('Ext price por mês')
  // As the umask says, like every other file of whoever drew it.
  expect((await stat(join(data_dir, 'vendas 2025.png'))).mode & 0o777).toBe(0o666 & ~process.umask())
  const out = join(data_dir, 'novo/x.png')
  expect(await runToEnd('charts/main.ts', [file, out], env)).toMatchObject({ code: 0 })
  expect(await Bun.file(out).exists()).toBe(true)
})

test('a file that cannot be drawn ends with 1 and a sentence, wrong words with 2', async () => {
  const text = newPath('x.xlsx')
  await Bun.write(text, 'nothing')
  const refused = await runToEnd('charts/main.ts', [text], { LOCALE: 'en' })
  expect(refused).toEqual({
    code: 1,
    output: 'The file is not an Excel workbook. Open it where it was made and save it as .xlsx.\n',
  })
  const missing = await runToEnd('charts/main.ts', ['no-such.xlsx'], {})
  expect(missing).toEqual({ code: 1, output: 'There is no file no-such.xlsx.\n' })
  for (const words of [['a.xlsx', 'b.png', 'c'], ['a.xlsx', 'b.jpg'], ['--wrong']]) {
    const wrong = await runToEnd('charts/main.ts', words, {})
    expect(wrong.code).toBe(2)
    expect(wrong.output).toContain('Usage: bun run charts')
  }
})

test('two pollers draw each version of each workbook once, together', async () => {
  const shared = temporaryFolder()
  const own = await testDatabase()
  const env = { DATA_DIR: shared, DATABASE_URL: own.url, CHARTS_POLL_S: '1', TMPDIR: shared }
  const many = 30
  await mkdir(join(shared, 'objects/uploads'), { recursive: true })
  const put = async (first: number) => {
    for (let at = 0; at < many; at++)
      await Bun.write(join(shared, `objects/uploads/${at}.csv`), `Mês;Valor\njan;${first}\nfev;2\nmar;3\n`)
  }
  const pollers = [1, 2].map(() => startProgram('charts/main.ts', [], env))
  for (const poller of pollers)
    await until('it to be ready', () => poller.output().includes('"ready"'), 60_000, poller.output)
  for (const version of [1, 2]) {
    await put(version * 10)
    await until('every chart', async () => {
      const [row] = await own.sql<[{ drawn: number }]>`select count(*)::int as drawn from charts where state = 'drawn'`
      return row.drawn === version * many
    })
  }
  const drawn = pollers.map((poller) => poller.output().split('"chart drawn"').length - 1)
  expect(drawn[0]! + drawn[1]!).toBe(2 * many)
  expect(Math.min(...drawn)).toBeGreaterThan(0)
  expect(await own.sql`select from charts where attempt > 1`).toHaveLength(0)
  for (const poller of pollers) poller.kill('SIGTERM')
  expect(await Promise.all(pollers.map(({ exited }) => exited))).toEqual([0, 0])
  await own.close()
})

test('of three pollers one is killed while it draws: each version is finished once, by one of the others', async () => {
  const shared = temporaryFolder()
  const own = await testDatabase()
  const variables = { CHARTS_POLL_S: '1', CHARTS_LEASE_S: '2', CHARTS_WORKERS: '1', TMPDIR: shared }
  const env = { DATA_DIR: shared, DATABASE_URL: own.url, ...variables }
  const small = 20
  await mkdir(join(shared, 'objects/uploads'), { recursive: true })
  await Bun.write(join(shared, 'objects/uploads/slow.csv'), slowCsv())
  const first = startProgram('charts/main.ts', [], env)
  await until(
    'it to be drawn',
    async () => (await own.sql`select from charts where state = 'drawing'`).length === 1,
    60_000,
    first.output,
  )
  const others = [1, 2].map(() => startProgram('charts/main.ts', [], env))
  for (let at = 0; at < small; at++)
    await Bun.write(join(shared, `objects/uploads/${at}.csv`), 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  first.kill('SIGKILL')
  await first.exited
  await until('every chart', async () => {
    const [row] = await own.sql<[{ drawn: number }]>`select count(*)::int as drawn from charts where state = 'drawn'`
    return row.drawn === small + 1
  })
  const drawn = others.map((poller) => poller.output().split('"chart drawn"').length - 1)
  expect(drawn[0]! + drawn[1]!).toBe(small + 1)
  expect(await own.sql`select source_key, attempt from charts where attempt > 1`).toEqual([
    { source_key: 'uploads/slow.csv', attempt: 2 },
  ] as never)
  expect(await own.sql`select from charts`).toHaveLength(small + 1)
  for (const poller of others) poller.kill('SIGTERM')
  expect(await Promise.all(others.map(({ exited }) => exited))).toEqual([0, 0])
  await own.close()
})

test('kill -9 of a poller that draws: its process ends with it, and another poller takes the workbook up', async () => {
  const uploads = join(data_dir, 'objects/uploads')
  await mkdir(uploads, { recursive: true })
  await Bun.write(join(uploads, 'slow.csv'), slowCsv())
  const env = {
    DATA_DIR: data_dir,
    DATABASE_URL: database.url,
    CHARTS_POLL_S: '1',
    CHARTS_LEASE_S: '1',
    TMPDIR: data_dir,
  }
  const row = async () =>
    (await database.sql<{ state: string; attempt: number }[]>`select state, attempt from charts`)[0]
  const childrenOf = async (pid: number) => {
    const text = await Bun.file(`/proc/${pid}/task/${pid}/children`).text()
    return text.split(' ').filter(Boolean).map(Number)
  }

  const first = startProgram('charts/main.ts', [], env)
  await until('it to be drawn', async () => (await row())?.state === 'drawing', 60_000, first.output)
  const drawers = await until('its drawing process', async () => {
    const found = await childrenOf(first.pid)
    return found.length > 0 ? found : null
  })
  first.kill('SIGKILL')
  await first.exited
  expect(await row()).toEqual({ state: 'drawing', attempt: 1 })
  await until('its drawing process to end', () => !drawers.some(isRunning))

  const second = startProgram('charts/main.ts', [], env)
  await until('the chart', async () => (await row())?.state === 'drawn', 60_000, second.output)
  expect((await row())!.attempt).toBe(2)
  expect(await Bun.file(join(data_dir, 'objects/graficos/slow.csv.png')).exists()).toBe(true)
  expect((await readdir(data_dir)).filter((name) => name.startsWith('doca-charts-'))).toEqual([])
  second.kill('SIGTERM')
  expect(await second.exited).toBe(0)
})
