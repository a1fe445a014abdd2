/**
 * The books' statements are planned once per connection, maybe on empty tables, and anew when autovacuum has analyzed
 * the tables since. What they read must not grow with the history.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Sql } from 'postgres'
import { bookkeepingPool } from '../../db/engines/postgres/bookkeeping-pool.ts'
import { readSchedules, registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns, nextClaimIn, renewLeases, requeueLostRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { schedulePass } from '../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const HISTORY = 20_000
const OVERLAPS = ['skip', 'queue', 'allow', 'cancel_previous'] as const

test('a slot is recorded, claimed and ended without reading the history of its job', async () => {
  const { sql } = database
  const books = bookkeepingPool(sql, { connections: 1, plan: 'once' })
  const jobs = jobsOf(...OVERLAPS.map((overlap) => ({ name: overlap, overlap, schedule: '@every 1s', run: () => {} })))
  const names = [...jobs.keys()]
  await registerJobs(sql, [...jobs.values()])
  await sql`vacuum analyze runs, slots, run_attempts`

  let claimed = 0
  async function round(): Promise<number> {
    await readSchedules(books, names)
    await schedulePass(books, jobs)
    const taken = await claimRuns(books, { jobs: names, worker: 'w', lease_s: 60, limit: 50, late_after_s: 5 })
    const held = taken.map((run) => ({ run_id: run.id, attempt: run.attempt }))
    await nextClaimIn(books, names)
    await renewLeases(books, held, 60)
    await requeueLostRuns(books, 5)
    await endAttempts(
      books,
      held.map((one) => ({ ...one, state: 'succeeded', result: null })),
    )
    return taken.length
  }
  await until('a first run of each', async () => (claimed += await round()) >= OVERLAPS.length)
  await sql`
    insert into runs (id, job, trigger, state, finished_at, slot)
    select gen_random_uuid(), j.name, 'schedule', 'succeeded', now(), now() - interval '2 years' + n * interval '1 s'
    from jobs j cross join generate_series(1, ${HISTORY / OVERLAPS.length}::int) n`
  await sql`
    insert into slots (job, slot, state) select job, slot, 'ran' from runs where slot < now() - interval '1 year'
    on conflict do nothing`
  await sql`analyze runs, slots, run_attempts`
  const before = await rowsRead(books)
  claimed = 0
  await until('some more', async () => (claimed += await round()) >= 3 * OVERLAPS.length)
  const read = (await rowsRead(books)) - before
  expect(read).toBeLessThan(HISTORY / 2)
  await books.end()
})

/** Rows and index entries of the books that this connection read so far. */
async function rowsRead(books: Sql): Promise<number> {
  await books`select pg_stat_force_next_flush()`
  await books`select 1`
  const [row] = await database.sql<{ read: number }[]>`
    select sum(seq_tup_read)::int + (
      select sum(idx_tup_read)::int from pg_stat_user_indexes where relname in ('runs', 'slots', 'run_attempts')) as read
    from pg_stat_user_tables where relname in ('runs', 'slots', 'run_attempts')`
  return row!.read
}
