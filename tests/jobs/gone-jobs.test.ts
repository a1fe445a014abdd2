/** Jobs whose file is gone: when they are, as any replica finds it, and what becomes of them. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { observe } from '../../db/alerts/observe.ts'
import { backfill } from '../../db/jobs/backfill.ts'
import { forgetByHand, triggerRun } from '../../db/jobs/control-jobs.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { observeGone } from '../../db/jobs/gone-jobs.ts'
import { findJob, readSchedules, registerJobs } from '../../db/jobs/jobs.ts'
import { ReplicaSeat } from '../../db/jobs/replicas.ts'
import { retryRun } from '../../db/jobs/retry-run.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { getRun } from '../../db/jobs/runs.ts'
import { recordSlots } from '../../db/jobs/slots.ts'
import { nextSlot } from '../../db/jobs/upcoming.ts'
import { jobsOf } from '../kit/replica.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
beforeEach(async () => {
  await database.sql`truncate jobs, job_replicas, alerts, audit cascade`
  await registerJobs(database.sql, [...jobsOf(...['a', 'b', 'c'].map((name) => ({ name, run: () => {} }))).values()])
})
afterAll(() => database.close())

const SOMEBODY = { actor_id: null, actor_name: 'Ana', address: null, request_id: null }
const WORKER = { worker: 'w', lease_s: 60, late_after_s: 5, limit: 1 }
let folders = 0

/** Of a folder of its own, so that none takes the place of another. */
async function seatWith(...jobs: string[]): Promise<ReplicaSeat> {
  const seat = new ReplicaSeat(database.sql, `/srv/${++folders}`)
  await seat.take({ jobs, monitors: [], problems: [] })
  return seat
}
const look = (seat: ReplicaSeat) => seat.look().then(() => observeGone(database.sql, seat.id))
const gone = async () =>
  (await database.sql`select name from jobs where gone_at is not null order by name`).map(({ name }) => name)
const alerts = async () =>
  (await database.sql`select rule, subject, state from alerts order by rule, subject`).map(
    ({ rule, subject, state }) => `${rule} ${subject} ${state}`,
  )

test('a job is gone when no replica has it, whichever of them looks', async () => {
  const older = await seatWith('a', 'b', 'c')
  const newer = await seatWith('a', 'b')
  expect(await look(newer)).toEqual({ went: [], back: [] })
  expect(await look(older)).toEqual({ went: [], back: [] })
  await older.write({ jobs: ['a', 'b'], monitors: [], problems: [] })
  const found = await Promise.all([look(older), look(newer)])
  expect(found.flatMap(({ went }) => went)).toEqual(['c'])
  expect(await gone()).toEqual(['c'])
  await older.write({ jobs: ['a', 'b', 'c'], monitors: [], problems: [] })
  expect(await look(newer)).toEqual({ went: [], back: ['c'] })
  expect(await gone()).toEqual([])
})

test('a replica that stops, dies or freezes has its files for six looks of another, whatever the clock says', async () => {
  const stopped = await seatWith('a', 'b', 'c')
  const other = await seatWith('a', 'b')
  await stopped.leave()
  await database.sql`update job_replicas set seen_at = seen_at - interval '2 h' where id = ${stopped.id}`
  for (let i = 0; i < 5; i++) expect(await look(other)).toEqual({ went: [], back: [] })
  // It was only frozen.
  await stopped.write({ jobs: ['a', 'b', 'c'], monitors: [], problems: [] })
  for (let i = 0; i < 6; i++) expect(await look(other)).toEqual({ went: [], back: [] })
  expect(await look(other)).toEqual({ went: ['c'], back: [] })
  await stopped.write({ jobs: ['a', 'b', 'c'], monitors: [], problems: [] })
  expect(await look(stopped)).toEqual({ went: [], back: ['c'] })
})

test('one that starts in the folder of one that is over takes its place at once', async () => {
  const before = new ReplicaSeat(database.sql, '/srv/same')
  await before.take({ jobs: ['a', 'b', 'c'], monitors: [], problems: [] })
  const beside = new ReplicaSeat(database.sql, '/srv/same')
  await beside.take({ jobs: ['a', 'b'], monitors: [], problems: [] })
  expect(await look(beside)).toEqual({ went: [], back: [] })
  await before.leave()
  const after = new ReplicaSeat(database.sql, '/srv/same')
  await after.take({ jobs: ['a', 'b'], monitors: [], problems: [] })
  expect(await look(after)).toEqual({ went: ['c'], back: [] })
})

test('one whose own row was taken for silent finds nothing gone', async () => {
  const seat = await seatWith('a', 'b', 'c')
  await database.sql`truncate job_replicas`
  await observeGone(database.sql, seat.id)
  expect(await gone()).toEqual([])
})

test('what it has under way is cancelled, its alerts end, it is told once, and nothing starts it', async () => {
  const { sql } = database
  const seat = await seatWith('a', 'b', 'c')
  const running = (await enqueueRun(sql, { job: 'c', trigger: 'manual' })).run_id
  await claimRuns(sql, { ...WORKER, jobs: ['c'] })
  const failed = (await enqueueRun(sql, { job: 'b', trigger: 'manual' })).run_id
  await claimRuns(sql, { ...WORKER, jobs: ['b'] })
  await endAttempts(sql, [{ run_id: failed, attempt: 1, state: 'failed', error: 'no', retry_in_s: null }])
  const queued = (await enqueueRun(sql, { job: 'b', trigger: 'manual' })).run_id
  await observe(sql, [{ rule: 'JOB_MISSED', subject: 'c', ok: false, detail: 'late' }])
  await seat.write({ jobs: ['a'], monitors: [], problems: [] })
  for (let i = 0; i < 3; i++) await look(seat)
  expect(await getRun(sql, queued)).toMatchObject({
    state: 'cancelled',
    error: 'Cancelled: the file of its job is gone.',
  })
  // Its worker ends it.
  expect(await getRun(sql, running)).toMatchObject({ state: 'running', cancel_requested_at: expect.any(Date) })
  expect(await alerts()).toEqual([
    'JOB_FAILED b resolved',
    'JOB_GONE b firing',
    'JOB_GONE c firing',
    'JOB_MISSED c resolved',
  ])
  expect(await sql`select failures from alerts where rule = 'JOB_GONE'`).toMatchObject([
    { failures: 1 },
    { failures: 1 },
  ])
  const b = (await findJob(sql, 'b'))!
  expect(nextSlot(b, new Date())).toBeNull()
  expect((await readSchedules(sql, ['a', 'b', 'c'])).map(({ name }) => name)).toEqual(['a'])
  const from = new Date('2024-01-01')
  for (const start of [
    () => triggerRun(sql, { job: 'b', trigger: 'manual' }, SOMEBODY),
    () => enqueueRun(sql, { job: 'b', trigger: 'webhook', dedupe_key: 'k' }),
    () => retryRun(sql, failed),
    () => backfill(sql, { job: 'b', from, to: new Date() }),
  ])
    await expect(start()).rejects.toMatchObject({ code: 'job_gone', kind: 'conflict' })
})

test('what is queued at the moment when its job goes is cancelled, too', async () => {
  const { sql } = database
  const seat = await seatWith('a', 'b')
  await look(seat)
  const id = Bun.randomUUIDv7()
  await sql`insert into runs (id, job, trigger) values (${id}, 'c', 'after')`
  expect(await look(seat)).toEqual({ went: [], back: [] })
  expect(await getRun(sql, id)).toMatchObject({ state: 'cancelled' })
  const plan = { job: 'c', planned_paused: false, slots: [], planned_from: (await findJob(sql, 'c'))!.scheduled_until }
  await sql`update jobs set scheduled_until = scheduled_until - interval '1 h' where name = 'c'`
  const planned_from = (await findJob(sql, 'c'))!.scheduled_until
  await recordSlots(sql, [{ ...plan, planned_from, until: plan.planned_from, valid_until: new Date('2100-01-01') }])
  expect((await findJob(sql, 'c'))!.scheduled_until).toEqual(planned_from)
})

test('a file that is back ends the alert, and what came meanwhile is nobody’s slot', async () => {
  const { sql } = database
  const seat = await seatWith('a', 'b')
  await look(seat)
  await sql`update jobs set scheduled_until = now() - interval '3 days' where name = 'c'`
  await seat.write({ jobs: ['a', 'b', 'c'], monitors: [], problems: [] })
  await look(seat)
  const [state] = await readSchedules(sql, ['c'])
  expect(state!.now.getTime() - state!.scheduled_until.getTime()).toBeLessThan(60_000)
  expect(await alerts()).toEqual(['JOB_GONE c resolved'])
  await triggerRun(sql, { job: 'c', trigger: 'manual' }, SOMEBODY)
})

test('a job is forgotten with its history once it is gone, and not before', async () => {
  const { sql } = database
  const seat = await seatWith('a', 'b', 'c')
  const { run_id } = await enqueueRun(sql, { job: 'c', trigger: 'manual' })
  await sql`insert into run_logs (run_id, attempt, level, message) select ${run_id}, 1, 'info', 'x' from generate_series(1, 20001)`
  await sql`insert into slots (job, slot, state) select 'c', now() + n * interval '1 s', 'missed' from generate_series(1, 20001) n`
  await expect(forgetByHand(sql, 'c', SOMEBODY)).rejects.toMatchObject({ code: 'job_not_gone', kind: 'conflict' })
  await expect(forgetByHand(sql, 'nobody', SOMEBODY)).rejects.toMatchObject({ code: 'job_not_found' })
  await seat.write({ jobs: ['a', 'b'], monitors: [], problems: [] })
  await look(seat)
  await forgetByHand(sql, 'c', SOMEBODY)
  expect(await findJob(sql, 'c')).toBeNull()
  const [left] = await sql`
    select (select count(*)::int from runs) as runs, (select count(*)::int from run_logs) as lines,
      (select count(*)::int from slots) as slots`
  expect(left).toEqual({ runs: 0, lines: 0, slots: 0 })
  expect(await alerts()).toEqual(['JOB_GONE c resolved'])
  expect(await sql`select action, target, actor_name from audit`).toMatchObject([
    { action: 'job.forgotten', target: 'c', actor_name: 'Ana' },
  ])
  expect(await look(seat)).toEqual({ went: [], back: [] })
})
