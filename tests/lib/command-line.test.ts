import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { formatTable } from '../../lib/command-line.ts'

setDefaultTimeout(120_000)

test('a row is a line of the table, whatever its texts hold', () => {
  const rows = [
    { job: 'a', error: 'two\r\nlines\tand \x1b[2J\x07', at: new Date(0) },
    { job: 'bb', error: null, at: { n: 1 } },
  ]
  expect(formatTable(rows)).toBe(
    [
      'job  error                at',
      'a    two lines and  [2J   1970-01-01T00:00:00.000Z',
      'bb   -                    {"n":1}',
    ].join('\n'),
  )
})

const ROOT = join(import.meta.dir, '../..')
const MAINS = ['api/main', 'jobs/main', 'consumers/main', 'charts/main']
MAINS.push(...['up', 'admin', 'demo', 'doctor', 'backup', 'restore', 'upgrade', 'engines'].map((name) => `ops/${name}`))

/** How a program that was started with this word ends. Of the variables it needs none. */
async function endOf(main: string, word: string) {
  const env = { PATH: process.env.PATH, DATA_DIR: '/nowhere', DATABASE_URL: 'postgres://127.0.0.1:1/none', PORT: '0' }
  const child = Bun.spawn(['bun', `${main}.ts`, word], { cwd: ROOT, env, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { out, err, code }
}

test.concurrent('every program says how it is used and starts nothing when it is asked for help', async () => {
  const ends = await Promise.all(MAINS.map(async (main) => ({ main, ...(await endOf(main, '--help')) })))
  for (const { main, out, err, code } of ends) {
    expect([main, err, code]).toEqual([main, '', 0])
    expect(out).toStartWith('Usage:')
  }
})

test.concurrent('an option that there is none of is named in one sentence, with the usage', async () => {
  const { err, code } = await endOf('api/main', '--prot=1')
  expect([err, code]).toEqual(["Unknown option '--prot'.\nUsage: bun run api\n", 2])
})
