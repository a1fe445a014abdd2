/** Jobs that share a pool: never more of their runs than its limit at once, whoever starts them, and no place stays empty. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { claimRuns, isBeaten, nextClaimIn, requeueLostRuns, type ClaimedRun } from '../../db/jobs/run-claims.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { recordSlots, type SlotPlan } from '../../db/jobs/slots.ts'
import { RUN_QUEUED } from '../../db/jobs/runs.ts'
import { readJobsConfig } from '../../jobs/config.ts'
import { job, type JobContext } from '../../jobs/job.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf, NEVER, withReplica } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
afterEach(async () => void (await database.sql`delete from jobs`))

const run = () => {}
const register = (pools: Record<string, number>, ...jobs: Array<[name: string, pool?: string]>) =>
  registerJobs(
    database.sql,
    jobs.map(([name, pool]) => job({ name, schedule: NEVER, overlap: 'allow', run, ...(pool && { pool }) })),
    pools,
  )
async function queue(name: string, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) await enqueueRun(database.sql, { job: name, trigger: 'manual' })
}
const claimer = { worker: 'w', lease_s: 60, late_after_s: 5 }
const claim = (jobs: string[], limit = 10) => claimRuns(database.sql, { ...claimer, jobs, limit })
const end = (...runs: ClaimedRun[]) =>
  endAttempts(
    database.sql,
    runs.map(({ id, attempt }) => ({ run_id: id, attempt, state: 'succeeded', result: null })),
  )
const jobsIn = (runs: ClaimedRun[]) => runs.map((one) => one.job).toSorted()

test('a claim takes as many runs of the jobs of a pool as it has places, and those of other jobs beside them', async () => {
  await register({ reports: 2, api: 1 }, ['a', 'reports'], ['b', 'reports'], ['c', 'api'], ['d'])
  for (const name of ['a', 'b', 'c', 'd']) await queue(name, 3)
  const all = ['a', 'b', 'c', 'd']
  const first = await claim(all, 6)
  // The queued runs of a full pool take nobody else's capacity.
  expect(jobsIn(first)).toEqual(['a', 'a', 'c', 'd', 'd', 'd'])
  expect(await claim(all)).toEqual([])
  expect(await nextClaimIn(database.sql, all)).toBeNull()
  await end(first.find((one) => one.job === 'a')!)
  expect(await nextClaimIn(database.sql, all)).toBeLessThanOrEqual(0)
  expect(jobsIn(await claim(all))).toEqual(['a'])
})

test('a pool that POOLS does not name has one place; a limit that is lowered counts at once', async () => {
  await register({}, ['a', 'constructor'], ['b', 'constructor'])
  await queue('a', 3)
  await queue('b', 3)
  expect(await claim(['a', 'b'])).toHaveLength(1)
  await register({ constructor: 4 }, ['a', 'constructor'], ['b', 'constructor'])
  const more = await claim(['a', 'b'])
  expect(more).toHaveLength(3)
  await register({ constructor: 2 }, ['a', 'constructor'], ['b', 'constructor'])
  // Two of the four go on; their places may be any.
  await end(more[0]!, more[1]!)
  expect(await claim(['a', 'b'])).toEqual([])
  await end(more[2]!)
  expect(await claim(['a', 'b'])).toHaveLength(1)
})

test('however many claim at once, no more runs are under way than the limit', async () => {
  await register({ narrow: 3 }, ['a', 'narrow'], ['b', 'narrow'], ['c', 'narrow'])
  for (const name of ['a', 'b', 'c']) await queue(name, 10)
  const claimed: ClaimedRun[] = []
  async function claimUntilEmpty(): Promise<void> {
    for (;;) {
      const runs = await claim(['a', 'b', 'c'], 2).catch((err) => {
        if (isBeaten(err)) return null
        throw err
      })
      const [{ count }] = await database.sql<[{ count: number }]>`
        select count(*)::int as count from runs where state = 'running'`
      expect(count).toBeLessThanOrEqual(3)
      claimed.push(...(runs ?? []))
      if (runs && runs.length > 0) await end(...runs)
      const [{ left }] = await database.sql<
        [{ left: number }]
      >`select count(*)::int as left from runs where state = 'queued'`
      if (left === 0) return
    }
  }
  await Promise.all([1, 2, 3, 4].map(claimUntilEmpty))
  expect(claimed).toHaveLength(30)
})

test('a slot of a job in a pool waits for a place; the scheduler itself starts none', async () => {
  await register({ reports: 1 }, ['a', 'reports'], ['d'])
  // A slot that is due for certain: the clock may still stand in the millisecond of the registration.
  await database.sql`update jobs set scheduled_until = scheduled_until - interval '1 s'`
  const [{ at }] = await database.sql<[{ at: Date }]>`select scheduled_until as at from jobs where name = 'a'`
  const plan = (name: string): SlotPlan => ({
    job: name,
    planned_from: at,
    planned_paused: false,
    until: new Date(at.getTime() + 1),
    valid_until: new Date(Date.now() + 60_000),
    slots: [
      {
        slot: new Date(at.getTime() + 1),
        slot_until: null,
        count: 1,
        state: 'queued',
        run_id: Bun.randomUUIDv7(),
        unless_active: true,
        holiday: null,
      },
    ],
  })
  const started = await recordSlots(database.sql, [plan('a'), plan('d')], { ...claimer, capacity: 2 })
  expect(jobsIn(started)).toEqual(['d'])
  expect(jobsIn(await claim(['a', 'd']))).toEqual(['a'])
  const states = await database.sql`select job, state from slots order by job`
  expect([...states]).toEqual([
    { job: 'a', state: 'ran' },
    { job: 'd', state: 'ran' },
  ])
})

test('a place that becomes free wakes the workers for the jobs that wait for it, also when its worker died', async () => {
  await register({}, ['a', 'one'], ['b', 'one'], ['c', 'one'])
  await queue('a')
  const [held] = await claim(['a'])
  await queue('b')
  const told: string[] = []
  const { unlisten } = await database.sql.listen(RUN_QUEUED, (name) => void told.push(name))
  await end(held!)
  await until('b to be woken', () => told.includes('b'))
  expect(told).not.toContain('c')
  await claim(['b'])
  await queue('c')
  await database.sql`update runs set lease_until = now() - interval '1 s' where state = 'running'`
  told.length = 0
  await requeueLostRuns(database.sql, 5)
  await until('c to be woken', () => told.includes('c'))
  await unlisten()
})

test('two replicas share the limit of a pool, and work through all that waits', async () => {
  let now = 0
  let most = 0
  const work = async ({ signal }: JobContext) => {
    most = Math.max(most, ++now)
    await Bun.sleep(5)
    now--
    signal.throwIfAborted()
  }
  const names = ['a', 'b', 'c']
  const jobs = jobsOf(...names.map((name) => ({ name, overlap: 'allow', pool: 'two', run: work }) as const))
  const options = { pools: { two: 2 } }
  const done = () =>
    withReplica(
      database,
      jobs,
      async () => {
        for (const name of names) await queue(name, 5)
        await until('all of them', async () => {
          const [row] = await database.sql`select count(*)::int as left from runs where state in ('queued', 'running')`
          return row!.left === 0
        })
      },
      options,
    )
  await withReplica(database, jobs, done, options)
  expect(most).toBe(2)
  const [row] = await database.sql`select count(*)::int as done from runs where state = 'succeeded'`
  expect(row!.done).toBe(15)
})

test('POOLS is read, and what is wrong with it is told', () => {
  expect(readJobsConfig({ POOLS: 'reports=2, api = 5' }).pools).toEqual({ reports: 2, api: 5 })
  for (const bad of ['reports', 'reports=0', 'Reports=2', 'a=1,a=2', 'a=-1', 'a=1.5'])
    expect(() => readJobsConfig({ POOLS: bad })).toThrow('POOLS has "')
  expect(() => job({ name: 'x', schedule: NEVER, pool: 'Not A Name', run })).toThrow('pool must be lower case letters')
})
