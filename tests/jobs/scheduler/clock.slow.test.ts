/**
 * The jobs program on a PostgreSQL whose clock really jumps two hours ahead and back: libfaketime (Debian's package faketime)
 * stands between that server and the clock, and this machine's own clock stays as it is.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { binaries } from '../../../db/engines/embedded/binaries.ts'
import { serverUser } from '../../../db/engines/embedded/run-as.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { freePort, startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(300_000)

const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
const library = LIBRARIES.find(existsSync)
if (!library) console.warn('skipped: the database that jumps in time; install the package faketime')

let folder: string
let server: Bun.Subprocess
let sql: Sql
let jobs: Program
beforeAll(async () => {
  if (!library) return
  folder = temporaryFolder()
  setClock('+0')
  const url = await startServer()
  await migrateDatabase(url)
  sql = openSql(url, 4)
  writeJobs()
  jobs = startProgram('jobs/main.ts', [], { DATABASE_URL: url, DATA_DIR: folder, JOBS_DIR: join(folder, 'jobs') })
  await until('the jobs', () => jobs.output().includes('"ready"'), 60_000, jobs.output)
})
afterAll(async () => {
  if (!library) return
  jobs.kill('SIGKILL')
  await jobs.exited
  await sql.end({ timeout: 5 })
  server.kill('SIGINT')
  await server.exited
})

/** The server looks at it once a second. */
const setClock = (offset: string) => writeFileSync(join(folder, 'clock'), `${offset}\n`)

async function startServer(): Promise<string> {
  const { initdb, postgres } = await binaries()
  const data = join(folder, 'postgres')
  const { wrap, owner } = await serverUser(folder, data, postgres)
  chmodSync(folder, 0o755)
  const env = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    LD_PRELOAD: library!,
    FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  }
  if (owner) throw new Error('this test runs as an ordinary user, or where user namespaces are permitted')
  const options = { cwd: '/', stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' } as const
  const made = Bun.spawnSync(wrap([initdb, '-D', data, '-U', 'doca', '-A', 'trust', '-E', 'UTF8']), { ...options, env })
  expect(made.exitCode).toBe(0)
  const port = freePort()
  const settings = [
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
  ]
  server = Bun.spawn(wrap([postgres, '-D', data, ...settings]), { ...options, stderr: 'ignore', env })
  const url = `postgres://doca@127.0.0.1:${port}/postgres`
  const asked = openSql(url, 1)
  await until('the server', () => asked`select 1`.then(Boolean, () => false))
  await asked.end()
  return url
}

function writeJobs(): void {
  const write = (name: string, rest: string) =>
    Bun.write(
      join(folder, 'jobs', `${name}.ts`),
      `import { job } from ${JSON.stringify(join(import.meta.dir, '../../../jobs/job.ts'))}
       export default job({ name: '${name}', ${rest} })\n`,
    )
  void write('each_second', `schedule: '* * * * * *', overlap: 'allow', run: () => {}`)
  void write(
    'fails_once',
    `schedule: '0 0 29 2 *', retries: 3, backoff: { first_s: 5, max_s: 5 },
     run({ attempt }) { if (attempt === 1) throw new Error('not yet') }`,
  )
}

const now = async () => (await sql<{ now: Date }[]>`select clock_timestamp() as now`)[0]!.now.getTime()
const away_h = async () => Math.round((await now()) - Date.now()) / 3_600_000
const started = async (after: number) =>
  (
    await sql<{ count: number }[]>`
    select count(*)::int from slots where job = 'each_second' and state in ('ran', 'late') and slot > to_timestamp(${after / 1000})
      and slot <= clock_timestamp()`
  )[0]!.count
const alert = async () =>
  (
    await sql<{ detail: { en: string } }[]>`
    select detail from alerts where rule = 'CLOCK_JUMPED' order by id`
  ).map(({ detail }) => detail.en)

test.skipIf(!library)(
  'slots, retries and queued runs go on within 30 s of a jump of the clock, ahead and back',
  async () => {
    const begun = await now()
    await until('a slot', async () => (await started(begun)) > 1)
    setClock('+2h')
    await until('the jump', async () => (await away_h()) > 1.9)
    const ahead = await now()
    await until('slots there', async () => (await started(ahead)) > 1)
    await until('the first alert', async () => (await alert()).length === 1)
    expect((await alert())[0]).toContain('has gone forward by')
    const retried = (await enqueueRun(sql, { job: 'fails_once', trigger: 'manual' })).run_id
    await until('its first failure', async () => (await getRun(sql, retried))?.failures === 1)

    setClock('+0')
    await until('the jump back', async () => (await away_h()) < 0.1)
    const back = await now()
    await until('slots again', async () => (await started(back)) > 3, 60_000, jobs.output)
    expect((await now()) - back).toBeLessThan(30_000)
    await until('the retry', async () => (await getRun(sql, retried))?.state === 'succeeded')
    expect((await now()) - back).toBeLessThan(40_000)
    expect((await alert()).at(-1)).toMatch(/has gone back by (2 h|1 h 59 min).*Withdrawn: \d+ slots/)
    expect(
      await sql`select job, slot from slots where slot > now() + interval '1 min' and state not in ('ran', 'late')`,
    ).toHaveLength(0)
  },
)
