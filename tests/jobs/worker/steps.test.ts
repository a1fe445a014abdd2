/** Durable steps in a worker: what an attempt finished is not done again by the next one, and what cannot be kept is told. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import type { JobContext } from '../../../jobs/job.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { endedRun, jobsOf, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`create table effects (what text, key text)`
})
afterAll(() => database.close())

let made = 0
async function runJob(run: (context: JobContext) => unknown, retries = 0): Promise<RunRow> {
  const name = `steps_${++made}`
  return withReplica(database, jobsOf({ name, retries, backoff: { first_s: 0, max_s: 0 }, run }), async () => {
    const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual' })
    return endedRun(database.sql, run_id)
  })
}

test('the attempt after a failure gets what finished steps returned, and the same key for what was not finished', async () => {
  const done: string[] = []
  const keys: string[] = []
  const run = await runJob(async ({ step, attempt }) => {
    const order = await step('order', () => (done.push(`order in ${attempt}`), { z: 1, a: [null, 'é\0\ud800'] }))
    const nothing = await step('nothing', () => void done.push(`nothing in ${attempt}`))
    await step('charge', ({ idempotency_key }) => {
      keys.push(idempotency_key)
      if (attempt === 1) throw new Error('the bank is away')
    })
    return { order: JSON.stringify(order), nothing: nothing === undefined }
  }, 1)
  expect(run).toMatchObject({ state: 'succeeded', attempt: 2, failures: 1 })
  expect(run.result).toEqual({ order: '{"z":1,"a":[null,"é\\u0000\\ud800"]}', nothing: true })
  expect(done).toEqual(['order in 1', 'nothing in 1'])
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1]!)
  expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
})

test('keys differ between steps and between runs', async () => {
  const keys: string[] = []
  const run = ({ step }: JobContext) =>
    Promise.all(['a', 'b'].map((name) => step(name, (s) => void keys.push(s.idempotency_key))))
  await runJob(run)
  await runJob(run)
  expect(new Set(keys).size).toBe(4)
})

test('step.tx: an attempt that fails leaves no effect, and one that finished has it once', async () => {
  const run = await runJob(async ({ step, attempt }) => {
    const first = await step.tx('first', async (sql, { idempotency_key }) => {
      await sql`insert into effects values ('first', ${idempotency_key})`
      return { attempt }
    })
    await step.tx('second', async (sql) => {
      await sql`insert into effects values ('second', null)`
      if (attempt === 1) throw new Error('after the insert')
    })
    return first
  }, 1)
  expect(run).toMatchObject({ state: 'succeeded', attempt: 2, result: { attempt: 1 } })
  const effects = await database.sql`select what, count(*)::int from effects group by what order by what`
  expect([...effects]).toEqual([
    { what: 'first', count: 1 },
    { what: 'second', count: 1 },
  ])
})

test('a step of an attempt that has lost its run keeps nothing, neither note nor effect', async () => {
  await database.sql`create table stale (n int)`
  let thrown: unknown[] = []
  const name = 'overtaken'
  const jobs = jobsOf({
    name,
    run: async ({ step, run_id }) => {
      // What another worker does that takes the run up.
      const overtake = () => database.sql`update runs set attempt = attempt + 1 where id = ${run_id} and attempt = 1`
      const outcomes = await Promise.allSettled([
        step('plain', () => overtake()),
        step.tx('tx', async (sql) => {
          await sql`insert into stale values (1)`
          await overtake()
        }),
      ])
      thrown = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'kept'))
    },
  })
  await withReplica(database, jobs, async () => {
    const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual' })
    await until('both steps', () => thrown.length === 2)
    expect(thrown).toEqual([
      expect.stringContaining('went to another worker'),
      expect.stringContaining('went to another worker'),
    ])
    expect(await database.sql`select * from run_steps where run_id = ${run_id}`).toBeEmpty()
    expect(await database.sql`select * from stale`).toBeEmpty()
  })
})

test('a transaction that takes long does not keep the lease of the run from being renewed', async () => {
  const name = 'long_tx'
  const jobs = jobsOf({
    name,
    run: ({ step, run_id }) =>
      step.tx('long', async () => {
        const [before] = await database.sql`select lease_until from runs where id = ${run_id}`
        await until('a renewal', async () => {
          const [now] = await database.sql`select lease_until from runs where id = ${run_id}`
          return now!.lease_until > before!.lease_until
        })
        return 'renewed'
      }),
  })
  const run = await withReplica(
    database,
    jobs,
    async () => {
      const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual' })
      return endedRun(database.sql, run_id)
    },
    { lease_s: 3 },
  )
  expect(run).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0, result: 'renewed' })
})

test('step.map: no more at once than its limit; results in order; the next attempt does only what has not finished', async () => {
  const done: string[] = []
  let now = 0
  let most = 0
  const run = await runJob(async ({ step, attempt }) => {
    const letters = await step('letters', () => ['a', 'b', 'c', 'd', 'e', 'f'])
    return step.map(
      'each',
      letters,
      async (letter, { idempotency_key }) => {
        most = Math.max(most, ++now)
        done.push(`${letter} ${attempt} ${idempotency_key}`)
        // Later ones end first.
        await Bun.sleep(letter < 'c' ? 20 : 1)
        now--
        if (attempt === 1 && 'be'.includes(letter)) throw new Error(`no ${letter}`)
        return letter.toUpperCase()
      },
      { limit: 3, key: (letter) => letter },
    )
  }, 1)
  expect(run).toMatchObject({ state: 'succeeded', attempt: 2, result: ['A', 'B', 'C', 'D', 'E', 'F'] })
  expect(most).toBe(3)
  expect(done.map((one) => one.slice(0, 3)).toSorted()).toEqual([
    'a 1',
    'b 1',
    'b 2',
    'c 1',
    'd 1',
    'e 1',
    'e 2',
    'f 1',
  ])
  expect(new Set(done.map((one) => `${one[0]}${one.slice(3)}`)).size).toBe(6)
  const [first] = await listAttempts(database.sql, run.id)
  expect(first!.error).toBe('2 of the 6 elements of the step "each" failed: each[b]: no b; each[e]: no e.')
})

test('step.map: after its end nothing more is begun, and many failures are counted', async () => {
  let begun = 0
  const run = await runJob(({ step }) =>
    step.map('all', Array(20).fill(0), () => (begun++, Promise.reject(new Error('no')))),
  )
  expect(run.error).toEndWith('all[4]: no; and 15 more.')
  expect(begun).toBe(20)
  const empty = await runJob(({ step }) => step.map('none', [], () => 1))
  expect(empty).toMatchObject({ state: 'succeeded', result: [] })
  begun = 0
  const lost = await runJob(async ({ step, run_id, attempt }) => {
    if (attempt > 1) return 'again'
    const each = async () => {
      if (++begun === 1) await database.sql`update runs set attempt = 2, state = 'queued' where id = ${run_id}`
    }
    return step.map('each', Array(20).fill(0), each, { limit: 1 })
  })
  expect(lost).toMatchObject({ state: 'succeeded', attempt: 3, result: 'again' })
  expect(begun).toBe(1)
})

const circle: { inside?: unknown } = {}
circle.inside = circle
test.each<[string, (context: JobContext) => unknown, string]>([
  [
    'a name twice',
    async ({ step }) => (await step('once', () => 1), step('once', () => 2)),
    'The step "once" is used twice',
  ],
  [
    'a name twice, tx',
    async ({ step }) => (await step('o', () => 1), step.tx('o', () => 2)),
    'The step "o" is used twice',
  ],
  ['a key twice', ({ step }) => step.map('m', [1, 1], (n) => n, { key: (n) => n }), 'The step "m[1]" is used twice'],
  ['a map of too many', ({ step }) => step.map('m', Array(10_001).fill(0), () => 1), 'at most 10000 elements'],
  ['a map of no list', ({ step }) => step.map('m', 'abc' as never, () => 1), 'takes a list'],
  ['no name', ({ step }) => step('', () => 1), "A step's name is a text of 1 to 200 characters"],
  ['a name that is no text', ({ step }) => step(7 as never, () => 1), 'not 7'],
  [
    'a Date as result',
    ({ step }) => step('when', () => ({ rows: [{ at: new Date() }] })),
    'The step "when" returned something with a Date at /rows/0/at',
  ],
  ['a Map as result', ({ step }) => step('map', () => new Map()), 'with a Map'],
  ['a function as result', ({ step }) => step('fn', () => [() => {}]), 'with a function at /0'],
  ['NaN as result', ({ step }) => step('nan', () => ({ sum: NaN })), 'with NaN at /sum'],
  ['a circle as result', ({ step }) => step('circle', () => circle), 'that contains itself at /inside'],
  ['100 MB as result', ({ step }) => step('huge', () => 'x'.repeat(100_000_000)), 'larger than the 1048576 bytes'],
  [
    '100 MB as result of a transaction',
    ({ step }) => step.tx('huge', () => ['x'.repeat(100_000_000)]),
    'larger than the 1048576 bytes',
  ],
])('%s: the attempt fails with a sentence', async (_, run, sentence) => {
  const ended = await runJob(run)
  expect(ended.state).toBe('failed')
  expect(ended.error).toContain(sentence)
})
