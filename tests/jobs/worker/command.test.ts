/** Programs in other languages as jobs: what they are told, what is kept of them, and how they fail and end. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelRun } from '../../../db/jobs/cancel-runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { lastRunLogs } from '../../../db/jobs/run-logs.ts'
import type { RunRow } from '../../../db/jobs/runs.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import { command, job, type CommandOptions } from '../../../jobs/job.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { programEnvironment } from '../../../jobs/worker/isolated/run-program.ts'
import { readPrinted } from '../../../jobs/worker/printed.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
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
  const { jobs, problems } = await loadDefinitions(join(import.meta.dir, 'command-jobs'))
  expect(problems).toEqual([])
  const inline = job({ name: 'inline', schedule: '0 0 29 2 *', run: ({ command }) => command('true') })
  jobs.set('inline', inline)
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
const sh = (script: string) => start('any', { program: 'sh', args: ['-c', script] })
const logOf = async (id: string) =>
  (await lastRunLogs(database.sql, id, 20)).map(({ level, message }) => `${level} ${message}`)

test('a script runs beside its job, with conf, arguments and variables; its output is the log, its last line the result', async () => {
  const id = await start('report', { day: 'terça' })
  const told = { DOCA_JOB: 'report', DOCA_RUN_ID: id, DOCA_ATTEMPT: '1', DOCA_SLOT: '', DOCA_CONF: '{"day": "terça"}' }
  const run = await ended(id)
  expect(run).toMatchObject({ state: 'succeeded', error: null })
  const { told: own, ...result } = run.result as { told: Record<string, string> }
  expect(result).toEqual({ args: ['two words'], same_conf: true, names: ['PATH', 'SALES_DB'] })
  expect({ ...own, DOCA_CONF: JSON.parse(own.DOCA_CONF!) }).toEqual({ ...told, DOCA_CONF: { day: 'terça' } })
  const [last, ...logs] = (await logOf(id)).toReversed()
  expect(last).toStartWith('info {"args": ["two words"]')
  const long = ['x'.repeat(8192), 'x'.repeat(10_000 - 8192)]
  const said = ['info caf\uFFFD', 'info olá terça', ...long.map((x) => `info ${x}`), 'warn not good']
  expect(logs.toSorted()).toEqual(said.toSorted())
})

test('of the environment of Doca a program has no secret, and what its job adds', () => {
  const own = {
    PATH: '/bin',
    LC_ALL: 'C',
    https_proxy: 'p',
    JWT_SECRET: 'x',
    DATABASE_URL: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  }
  const order = { job: 'report', run_id: 'id', attempt: 2, slot: '2026-11-29T02:00:00.000Z' }
  const more = { SALES_DB: 'sales', PATH: '/opt/bin' }
  const told = { DOCA_JOB: 'report', DOCA_RUN_ID: 'id', DOCA_ATTEMPT: '2', DOCA_SLOT: order.slot, DOCA_CONF: '{}' }
  expect(programEnvironment(own, order, '{}', more)).toEqual({
    PATH: '/opt/bin',
    LC_ALL: 'C',
    https_proxy: 'p',
    PYTHONUNBUFFERED: '1',
    ...told,
    SALES_DB: 'sales',
  })
  expect(programEnvironment({}, order, 'x'.repeat(100_001))).not.toHaveProperty('DOCA_CONF')
})

test('a program that fails says how, in a sentence', async () => {
  const script = join(folder, 'script')
  await writeFile(script, 'echo without a first line')
  const plain = join(folder, 'plain')
  await writeFile(plain, '')
  await chmod(script, 0o700)
  const fails: Array<[conf: Record<string, unknown>, error: string | RegExp]> = [
    [{ program: 'sh', args: ['-c', 'echo no; exit 3'] }, 'sh ended with exit code 3.'],
    [
      { program: 'python3', args: ['-c', '1/0'] },
      'python3 ended with exit code 1: ZeroDivisionError: division by zero',
    ],
    [{ program: 'sh', args: ['-c', 'kill -SEGV $$'] }, 'sh ended with SIGSEGV.'],
    [{ program: 'no-such-program' }, /^no-such-program is not found in any folder of PATH\. Is it installed here\?$/],
    [{ program: './none' }, /^\.\/none cannot be run: there is no file \/.+\/command-jobs\/none\.$/],
    [
      { program: plain },
      `${plain} cannot be run: ${plain} is not executable; chmod +x it, or name the program that reads it.`,
    ],
    [{ program: script }, new RegExp(`^${script} cannot be run: .+ A script begins with the program that reads it`)],
    [{ program: 'sh', cwd: 'none' }, /^sh cannot be run: there is no folder \/.+\/command-jobs\/none\.$/],
  ]
  const runs = await Promise.all(fails.map(async ([conf]) => ended(await start('any', conf))))
  for (const [i, [, error]] of fails.entries()) {
    expect(runs[i]!.state).toBe('failed')
    if (typeof error === 'string') expect(runs[i]!.error).toBe(error)
    else expect(runs[i]!.error).toMatch(error)
  }
})

test('what a program prints without end is kept up to a limit, and its last line all the same', async () => {
  const id = await sh(
    `yes "a line of the log" | head -n 300000; yes é | head -c 3000000 | tr -d '\\n'; echo; echo '{"rows": 7}'`,
  )
  expect(await ended(id)).toMatchObject({ state: 'succeeded', result: { rows: 7 } })
  expect((await logOf(id)).at(-1)).toMatch(/^warn 29\d+ more lines are not kept; 10000 lines and 4 MiB/)
})

test('a script may open its output by name, and print into a pipe that ends early', async () => {
  const id = await sh(`echo out > /dev/stdout; echo said | tee /dev/stderr; yes | head -n 1; test -p /dev/stdout`)
  expect(await ended(id)).toMatchObject({ state: 'succeeded', error: null })
  expect((await logOf(id)).toSorted()).toEqual(['info out', 'info said', 'info y', 'warn said'])
})

test('a conf that no variable could hold is on stdin, also for a program that does not read it', async () => {
  const conf = { program: 'sh', args: ['-c', 'echo ${DOCA_CONF-unset}'], text: 'x'.repeat(500_000) }
  const reads = { ...conf, args: ['-c', 'wc -c'] }
  const [deaf, read] = await Promise.all([start('any', conf), start('any', reads)])
  expect(await ended(deaf)).toMatchObject({ state: 'succeeded', result: null })
  expect(await logOf(deaf)).toEqual(['info unset'])
  expect((await ended(read)).result).toBe(JSON.stringify(reads).length)
})

test('a cancelled program hears SIGTERM first, and ends with all that it started', async () => {
  const id = await sh(`sleep 1000 & echo $!; trap 'echo heard; exit 1' TERM; while :; do sleep 0.05; done`)
  const [line] = await until('its first line', async () => {
    const lines = await logOf(id)
    return lines.length > 0 && lines
  })
  const pid = Number(line!.split(' ')[1])
  expect(pid).toBeGreaterThan(1)
  await cancelRun(database.sql, id, same('Cancelled by a test.'))
  expect(await ended(id)).toMatchObject({ state: 'cancelled' })
  expect(await logOf(id)).toEqual([`info ${pid}`, 'info heard', 'warn Cancelled.'])
  await until('its child to be gone', () => {
    const { stdout } = Bun.spawnSync(['ps', '-o', 'stat=', '-p', String(pid)])
    return !/^[^Z]/.test(stdout.toString())
  })
})

test('a job in the worker runs no program', async () => {
  const error = 'command needs isolate: true, so that what it starts really ends.'
  expect(await ended(await start('inline'))).toMatchObject({ state: 'failed', error })
})

test('a command makes its job isolated, with a limit on memory, and takes texts alone', () => {
  const options = { name: 'nightly', schedule: '@daily' }
  expect(job({ ...options, run: command('true'), memory_mb: 200 })).toMatchObject({ isolate: true, memory_mb: 200 })
  expect(() => job({ ...options, run: command('true'), isolate: false })).toThrow('a command is always isolated')
  const not = 'command takes a program, a list of arguments and { cwd, env }, all of them texts.'
  expect(() => command('')).toThrow(not)
  expect(() => command('python3', 'report.py' as never)).toThrow(not)
  expect(() => command('python3', [7 as never])).toThrow(not)
  expect(() => command('python3', ['a\0b'])).toThrow(not)
  expect(() => command('python3', [], { folder: '/' } as CommandOptions)).toThrow(not)
})

test('lines are read across parts of any size', async () => {
  const bytes = new TextEncoder().encode(`olá\n\n${'ç'.repeat(9000)}\nend`)
  const taken: Array<[string, boolean]> = []
  await readPrinted(new Blob([bytes]).stream().pipeThrough(eachByte()), (piece, ends) => taken.push([piece, ends]))
  const long: Array<[string, boolean]> = [
    ['ç'.repeat(8192), false],
    ['ç'.repeat(808), true],
  ]
  expect(taken).toEqual([['olá', true], ['', true], ...long, ['end', true]])
})

function eachByte(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(part, to) {
      for (let i = 0; i < part.length; i++) to.enqueue(part.subarray(i, i + 1))
    },
  })
}
