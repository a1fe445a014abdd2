import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import hello from '../../../jobs/definitions/hello.ts'
import { job } from '../../../jobs/job.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { endedRun, withReplica } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

test('the template greets whom it is told to, and says what it did, with or without an API', async () => {
  await withReplica(database, new Map([['hello', hello]]), async () => {
    const { run_id } = await enqueueRun(database.sql, { job: 'hello', trigger: 'manual', conf: { name: 'Ana' } })
    const run = await endedRun(database.sql, run_id)
    expect(run).toMatchObject({
      state: 'succeeded',
      result: { text: 'Hello, Ana!', chosen_in_attempt: 1, database: expect.stringMatching(/^\d+/) },
    })
    const lines = await database.sql<
      { message: string }[]
    >`select message from run_logs where run_id = ${run_id} order by id`
    expect(lines.map(({ message }) => message)).toEqual([
      'Hello, Ana!',
      'The API at http://127.0.0.1:1 does not answer; never mind.',
    ])
  })
})

test('the template names every option of a job but the one that excludes its schedule', async () => {
  const source = await Bun.file(`${import.meta.dir}/../../../jobs/definitions/hello.ts`).text()
  const options = Object.keys(job({ name: 'x', schedule: '@daily', run: () => {} }))
  const named = options
    .map((name) => (name === 'conf_schema' ? 'conf' : name))
    .filter((name) => !['holidays', 'texts', 'file'].includes(name))
  expect(named.filter((name) => !new RegExp(`\\b${name}(:|\\()`).test(source))).toEqual([])
})
