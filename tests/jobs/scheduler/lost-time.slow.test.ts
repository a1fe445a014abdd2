/** Time that the replicas lose: frozen one by one or all together, and a machine whose clock jumps. The database's clock is the clock. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bookkeepingPool } from '../../../db/engines/postgres/bookkeeping-pool.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

// Longer than all the patience of a test, so that what it waited for is told.
setDefaultTimeout(300_000)

const PATIENCE_MS = 60_000
const JOB = 'each_second'

let database: TestDatabase
let folder: string
let replicas: Program[] = []
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  await writeFile(
    join(folder, `${JOB}.ts`),
    `import { job } from ${JSON.stringify(join(import.meta.dir, '../../../jobs/job.ts'))}
     export default job({ name: '${JOB}', schedule: '* * * * * *', overlap: 'allow', run: () => {} })\n`,
  )
})
afterEach(endAll)
afterAll(() => database.close())

async function start(...files: string[]): Promise<void> {
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, JOBS_DIR: folder, LOG_LEVEL: 'info' }
  replicas = files.map((file) => startProgram(file, [], env))
  for (const replica of replicas)
    await until('a replica', () => replica.output().includes('"ready"'), PATIENCE_MS, replica.output)
}

async function endAll(): Promise<void> {
  for (const replica of replicas) replica.kill('SIGKILL')
  await Promise.all(replicas.map(({ exited }) => exited))
  replicas = []
}

const now = async () => (await database.sql<{ now: Date }[]>`select clock_timestamp() as now`)[0]!.now

interface Row {
  slot: Date
  slot_until: Date | null
  count: number
  state: string
  worker: string | null
  early_ms: number | null
}

/** The rows since `from`, in order, with who started each first and how much too early. */
const rowsSince = (from: Date) => database.sql<Row[]>`
  select s.slot, s.slot_until, s.count, s.state, a.worker,
    extract(epoch from s.slot - a.started_at)::float8 * 1000 as early_ms
  from slots s left join run_attempts a on a.run_id = s.run_id and a.attempt = 1
  where s.job = ${JOB} and coalesce(s.slot_until, s.slot) > ${from} order by s.slot`

/** Waits until so many slots after `from` have started. */
const startedSince = (from: Date, count: number) =>
  until(
    `${count} slots to start`,
    async () => (await rowsSince(from)).filter(({ worker }) => worker).length >= count,
    PATIENCE_MS,
  )

/** Every second in the rows' range is in exactly one of them. */
function expectWithoutGap(rows: Row[]): void {
  let next = rows[0]!.slot.getTime()
  for (const { slot, slot_until, count } of rows) {
    expect(slot.getTime()).toBe(next)
    next = (slot_until ?? slot).getTime() + 1000
    expect((next - slot.getTime()) / 1000).toBe(count)
  }
}

test('while one replica is frozen, the other starts every slot', async () => {
  await start('jobs/main.ts', 'jobs/main.ts')
  await startedSince(await now(), 2)
  const [frozen] = replicas
  frozen!.kill('SIGSTOP')
  const from = await now()
  await startedSince(from, 3)
  const rows = (await rowsSince(from)).filter(({ worker }) => worker)
  frozen!.kill('SIGCONT')
  expectWithoutGap(rows)
  expect(rows.map(({ worker }) => worker!.split(':').at(-2))).not.toContain(String(frozen!.pid))
})

test('what all replicas slept through is late, or missed and caught up, and no second is left out', async () => {
  await start('jobs/main.ts', 'jobs/main.ts')
  const from = await now()
  await startedSince(from, 2)
  for (const replica of replicas) replica.kill('SIGSTOP')
  const asleep = await now()
  await until('seven seconds to pass', async () => (await now()).getTime() - asleep.getTime() > 7000, PATIENCE_MS)
  for (const replica of replicas) replica.kill('SIGCONT')
  const awake = await now()
  await startedSince(awake, 2)
  const short = await rowsSince(from)
  expectWithoutGap(short)
  expect(short.map(({ state }) => state)).toContain('late')

  // As if they had slept for ten minutes: nobody has looked since.
  for (const replica of replicas) replica.kill('SIGSTOP')
  await database.sql`select pg_sleep(0.1)`
  await database.sql`delete from slots`
  await database.sql`delete from runs`
  const [{ since }] = (await database.sql<{ since: Date }[]>`
    update jobs set scheduled_until = date_trunc('second', now()) - interval '10 min' where name = ${JOB}
    returning scheduled_until as since`) as unknown as [{ since: Date }]
  for (const replica of replicas) replica.kill('SIGCONT')
  await startedSince(await now(), 2)
  const long = await rowsSince(since)
  expectWithoutGap(long)
  expect(long[0]).toMatchObject({ state: 'missed', slot: new Date(since.getTime() + 1000) })
  expect(long[0]!.count).toBeGreaterThan(500)
  expect(long.at(-1)!.slot.getTime()).toBeGreaterThan(since.getTime() + 600_000)
})

test('the clock of the machine may jump by hours: slots are neither early nor lost', async () => {
  await start('tests/jobs/scheduler/jumping-clock.ts')
  const from = await now()
  await startedSince(from, 3)
  const rows = (await rowsSince(from)).filter(({ worker }) => worker)
  expectWithoutGap(rows)
  for (const { early_ms, slot } of rows) {
    expect(early_ms).toBeLessThanOrEqual(0)
    expect(slot.getTime()).toBeGreaterThan(from.getTime() - 1000)
  }
})

test('who is frozen in the middle of a transaction does not keep what it locked', async () => {
  const { sql } = database
  await sql`insert into jobs (name, schedule, timezone) values ('locked', '@hourly', 'UTC')`
  const books = bookkeepingPool(sql)
  const locked = Promise.withResolvers<void>()
  const frozen = books.begin(async (tx) => {
    await tx`select from jobs where name = 'locked' for update`
    locked.resolve()
    await new Promise(() => {})
  })
  const lost = frozen.then(
    () => 'went on',
    (err: Error) => err.message,
  )
  await locked.promise
  await sql`update jobs set seen_at = now() where name = 'locked'`
  expect(await lost).not.toBe('went on')
  await books.end()
})
