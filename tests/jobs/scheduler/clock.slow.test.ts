/**
 * The jobs program on a PostgreSQL whose clock really jumps two hours ahead and back: libfaketime (Debian's package faketime)
 * stands between that server and the clock, and this machine's own clock stays as it is.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { startPostgres, type PrivatePostgres } from '../../kit/private-postgres.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(300_000)

const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
const library = LIBRARIES.find(existsSync)
if (!library) console.warn('skipped: the database that jumps in time; install the package faketime')

let folder: string
let server: PrivatePostgres
let sql: Sql
let jobs: Program
beforeAll(async () => {
  if (!library) return
  folder = temporaryFolder()
  setClock('+0')
  server = await startServer()
  const { url } = server
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
  await server.stop()
})

const setClock = (offset: string) => writeFileSync(join(folder, 'clock'), `${offset}\n`)

/** Its processes look at the file `clock` once a second. */
const startServer = () =>
  startPostgres(folder, {
    LD_PRELOAD: library!,
    FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  })

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
