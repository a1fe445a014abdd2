/** Jobs that run after another job. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { queueDependents } from '../../db/jobs/dependents.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { pauseJob, registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts, type AttemptEnd } from '../../db/jobs/run-ends.ts'
import { listRuns } from '../../db/jobs/runs.ts'
import { linesOf } from '../../jobs/cli/graph.ts'
import { loadDefinitions } from '../../jobs/files/job-files.ts'
import type { JobOptions } from '../../jobs/job.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { jobsOf, withReplica } from '../kit/replica.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { textIn } from '../../lib/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

async function registered(...options: Array<Partial<JobOptions> & Pick<JobOptions, 'name'>>) {
  const jobs = jobsOf(...options.map((one) => ({ run: () => {}, ...one })))
  await registerJobs(database.sql, [...jobs.values()])
  return jobs
}

/** Starts the job by hand and ends it so, as its first attempt. */
async function runTo(job: string, end: Pick<AttemptEnd, 'state'> & Record<string, unknown>): Promise<string> {
  const { run_id } = await enqueueRun(database.sql, { job, trigger: 'manual' })
  await claimRuns(database.sql, { jobs: [job], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  await endAttempts(database.sql, [{ run_id, attempt: 1, ...end } as AttemptEnd])
  return run_id
}
const SUCCESS = { state: 'succeeded', result: null } as const

test('each success queues one run, with the slot of the run it follows; a failure queues none', async () => {
  const { sql } = database
  await registered({ name: 'first' }, { name: 'second', after: 'first' }, { name: 'other', after: 'first' })
  await runTo('first', { state: 'failed', error: 'no', retry_in_s: null })
  expect(await listRuns(sql, 'second', 10)).toEqual([])
  const id = await runTo('first', SUCCESS)
  const [run, ...more] = await listRuns(sql, 'second', 10)
  expect(more).toEqual([])
  expect(run).toMatchObject({ trigger: 'after', state: 'queued', slot: null, conf: {}, dedupe_key: `after:${id}` })
  expect(await listRuns(sql, 'other', 10)).toHaveLength(1)

  const slot = new Date('2026-01-01T02:00:00Z')
  const { run_id } = await enqueueRun(sql, { job: 'first', trigger: 'manual' })
  await sql`update runs set slot = ${slot} where id = ${run_id}`
  await claimRuns(sql, { jobs: ['first'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  await endAttempts(sql, [{ run_id, attempt: 1, ...SUCCESS }])
  expect((await listRuns(sql, 'second', 1))[0]).toMatchObject({ slot })
})

test('asked for ten times at once, there is one', async () => {
  await registered({ name: 'root' }, { name: 'leaf', after: 'root' })
  const run_id = await runTo('root', SUCCESS)
  await Promise.all(Array.from({ length: 10 }, () => queueDependents(database.sql, [{ run_id }])))
  expect(await listRuns(database.sql, 'leaf', 100)).toHaveLength(1)
})

test('a success is not passed over while the run before is under way: it waits, whatever skip says', async () => {
  await registered({ name: 'quick', overlap: 'allow' }, { name: 'slow', after: 'quick', overlap: 'skip' })
  for (let n = 0; n < 3; n++) await runTo('quick', SUCCESS)
  expect((await listRuns(database.sql, 'slow', 10)).map(({ state }) => state)).toEqual(['queued', 'queued', 'queued'])
})

test('with cancel_previous only the newest is left', async () => {
  await registered({ name: 'source' }, { name: 'view', after: 'source', overlap: 'cancel_previous' })
  for (let n = 0; n < 3; n++) await runTo('source', SUCCESS)
  const states = (await listRuns(database.sql, 'view', 10)).map(({ state }) => state)
  expect(states).toEqual(['queued', 'cancelled', 'cancelled'])
})

test('a paused job does not follow', async () => {
  await registered({ name: 'goes' }, { name: 'rests', after: 'goes' })
  await pauseJob(database.sql, 'rests')
  await runTo('goes', SUCCESS)
  expect(await listRuns(database.sql, 'rests', 10)).toEqual([])
})

test('a job whose file is gone does not follow', async () => {
  await registered({ name: 'stays' }, { name: 'gone', after: 'stays' })
  await database.sql`update jobs set gone_at = now() where name = 'gone'`
  await runTo('stays', SUCCESS)
  expect(await listRuns(database.sql, 'gone', 10)).toEqual([])
})

test('a job goes on following one that was registered anew', async () => {
  await registered({ name: 'leads' }, { name: 'follows', after: 'leads' })
  await registered({ name: 'leads' })
  await runTo('leads', SUCCESS)
  expect(await listRuns(database.sql, 'follows', 10)).toHaveLength(1)
})

test('a slot that the job has had before it came after another is no reason to lose its run', async () => {
  const { sql } = database
  await registered({ name: 'upstream' }, { name: 'was_timed', after: 'upstream' })
  const slot = new Date('2026-01-01T02:00:00Z')
  await sql`insert into runs (id, job, slot, trigger, state) values (${Bun.randomUUIDv7()}, 'was_timed', ${slot}, 'schedule', 'succeeded')`
  const { run_id } = await enqueueRun(sql, { job: 'upstream', trigger: 'manual' })
  await sql`update runs set slot = ${slot} where id = ${run_id}`
  await claimRuns(sql, { jobs: ['upstream'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  await endAttempts(sql, [{ run_id, attempt: 1, ...SUCCESS }])
  expect((await listRuns(sql, 'was_timed', 1))[0]).toMatchObject({ trigger: 'after', slot: null })
})

describe('after several', () => {
  const slotAt = (clock: string) => new Date(`2026-01-01T${clock}:00Z`)

  /** Ends a run of the job for that slot; `null`: one that was triggered by hand. */
  async function succeed(job: string, slot: Date | null): Promise<void> {
    const run_id = await runningFor(job, slot)
    await endAttempts(database.sql, [{ run_id, attempt: 1, ...SUCCESS }])
  }

  async function runningFor(job: string, slot: Date | null): Promise<string> {
    const id = Bun.randomUUIDv7()
    await database.sql`
      insert into runs (id, job, slot, trigger, state, attempt) values (${id}, ${job}, ${slot}, 'schedule', 'running', 1)`
    return id
  }

  const slotsOf = async (job: string) =>
    (await listRuns(database.sql, job, 10)).map(({ slot }) => slot!.toISOString().slice(11, 16)).toReversed()

  test('a run comes when each has succeeded for the slot, once, in whichever order', async () => {
    await registered(
      { name: 'a1', overlap: 'allow' },
      { name: 'b1', overlap: 'allow' },
      { name: 'both1', after: ['a1', 'b1'] },
    )
    await succeed('a1', slotAt('02:00'))
    await succeed('b1', slotAt('03:00'))
    await succeed('a1', null)
    expect(await slotsOf('both1')).toEqual([])
    await succeed('b1', slotAt('02:00'))
    await succeed('a1', slotAt('03:00'))
    expect(await slotsOf('both1')).toEqual(['02:00', '03:00'])
  })

  test('of two that succeed at the same moment, in one write or in two, one queues it', async () => {
    await registered(
      { name: 'a2', overlap: 'allow' },
      { name: 'b2', overlap: 'allow' },
      { name: 'both2', after: ['a2', 'b2'] },
    )
    const clocks = Array.from({ length: 20 }, (_, i) => slotAt(`${String(i).padStart(2, '0')}:00`))
    for (const slot of clocks) {
      const ids = [await runningFor('a2', slot), await runningFor('b2', slot)]
      await Promise.all(ids.map((run_id) => endAttempts(database.sql, [{ run_id, attempt: 1, ...SUCCESS }])))
    }
    expect(await slotsOf('both2')).toHaveLength(10)
    expect(await listRuns(database.sql, 'both2', 100)).toHaveLength(20)
    const ids = [await runningFor('a2', slotAt('23:00')), await runningFor('b2', slotAt('23:00'))]
    await endAttempts(
      database.sql,
      ids.map((run_id) => ({ run_id, attempt: 1, ...SUCCESS })),
    )
    expect(await listRuns(database.sql, 'both2', 100)).toHaveLength(21)
  })

  test('within a window slots belong together, each time once, and the run has the last of them', async () => {
    const window = { after: ['a3', 'b3'], after_window_s: 3600 }
    await registered({ name: 'a3', overlap: 'allow' }, { name: 'b3', overlap: 'allow' }, { name: 'both3', ...window })
    await succeed('a3', slotAt('02:00'))
    await succeed('b3', slotAt('03:01'))
    expect(await slotsOf('both3')).toEqual([])
    await succeed('a3', slotAt('03:00'))
    expect(await slotsOf('both3')).toEqual(['03:01'])
    await succeed('a3', slotAt('04:00'))
    expect(await slotsOf('both3')).toEqual(['03:01'])
    await succeed('b3', slotAt('05:00'))
    expect(await slotsOf('both3')).toEqual(['03:01', '05:00'])
  })

  test('the graph shows each under those that it comes after', () => {
    const node = (name: string, after: string[] | null, schedule = '@daily') => ({ name, after, schedule })
    const jobs = [
      node('a', null),
      node('b', null, '@hourly'),
      node('c', ['a', 'b']),
      node('d', ['c']),
      node('e', ['a']),
      node('left', ['gone'], 'after gone'),
    ]
    expect(linesOf(jobs)).toEqual([
      'a  (@daily)',
      '├─ c  (once b succeeded, too)',
      '│  └─ d',
      '└─ e',
      'b  (@hourly)',
      '└─ c  (once a succeeded, too)',
      '   └─ …',
      'left  (after gone)',
    ])
  })
})

test('a chain runs through on workers', async () => {
  const order: string[] = []
  const step = (name: string, after?: string) => ({ name, run: () => void order.push(name), ...(after && { after }) })
  const jobs = await registered(step('one'), step('two', 'one'), step('three', 'two'))
  await withReplica(database, jobs, async () => {
    await enqueueRun(database.sql, { job: 'one', trigger: 'manual' })
    await until('the last of them', () => order.length === 3)
  })
  expect(order).toEqual(['one', 'two', 'three'])
})

test('a job after one that there is not, and a circle of them, are problems of those files alone', async () => {
  const folder = temporaryFolder()
  const file = (name: string, when: string) =>
    writeFile(
      join(folder, `${name}.ts`),
      `import { job } from ${JSON.stringify(resolve(import.meta.dir, '../../jobs/job.ts'))}
       export default job({ name: '${name}', ${when}, run: () => {} })`,
    )
  await file('a_fine', "schedule: '@daily'")
  await file('b_fine', "after: 'a_fine'")
  await file('c_lost', "after: 'nobody'")
  await file('d_lost', "after: 'c_lost'")
  await file('e_round', "after: 'f_round'")
  await file('f_round', "after: 'g_round'")
  await file('g_round', "after: 'e_round'")
  await file('h_hangs_on', "after: 'e_round'")
  const { jobs, problems } = await loadDefinitions(folder)
  expect([...jobs.keys()]).toEqual(['a_fine', 'b_fine'])
  expect(problems.map(({ sentence }) => textIn(sentence, 'en'))).toEqual([
    'c_lost.ts is not used: after names nobody, which is not a job that can be used.',
    'd_lost.ts is not used: after names c_lost, which is not a job that can be used.',
    'e_round.ts is not used: it would run after itself (e_round after f_round after g_round after e_round).',
    'f_round.ts is not used: it would run after itself (f_round after g_round after e_round after f_round).',
    'g_round.ts is not used: it would run after itself (g_round after e_round after f_round after g_round).',
    'h_hangs_on.ts is not used: after names e_round, which is not a job that can be used.',
  ])
})
