/** The jobs program on a PostgreSQL whose clock really jumps two hours ahead and back. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { getRun } from '../../../db/jobs/runs.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { fakeTime, startPostgresWithClock } from '../../kit/fake-clock.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(300_000)

if (!fakeTime) console.warn('skipped: the database that jumps in time; install the package faketime')

let folder: string
let server: Awaited<ReturnType<typeof startPostgresWithClock>>
let sql: Sql
let jobs: Program
beforeAll(async () => {
  if (!fakeTime) return
  folder = temporaryFolder()
  server = await startPostgresWithClock(folder)
  const { url } = server
  await migrateDatabase(url)
  sql = openSql(url, 4)
  writeJobs()
  jobs = startProgram('jobs/main.ts', [], { DATABASE_URL: url, DATA_DIR: folder, JOBS_DIR: join(folder, 'jobs') })
  await until('the jobs', () => jobs.output().includes('"ready"'), 60_000, jobs.output)
})
afterAll(async () => {
  if (!fakeTime) return
  jobs.kill('SIGKILL')
  await jobs.exited
  await sql.end({ timeout: 5 })
  await server.stop()
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

test.skipIf(!fakeTime)(
  'slots, retries and queued runs go on within 30 s of a jump of the clock, ahead and back',
  async () => {
    const begun = await now()
    await until('a slot', async () => (await started(begun)) > 1)
    server.clock.set('+2h')
    await until('the jump', async () => (await away_h()) > 1.9)
    const ahead = await now()
    await until('slots there', async () => (await started(ahead)) > 1)
    await until('the first alert', async () => (await alert()).length === 1)
    expect((await alert())[0]).toContain('has gone forward by')
    const retried = (await enqueueRun(sql, { job: 'fails_once', trigger: 'manual' })).run_id
    await until('its first failure', async () => (await getRun(sql, retried))?.failures === 1)

    server.clock.set('+0s')
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
