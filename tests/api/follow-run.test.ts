/** GET /runs/{id}/logs?follow=1 behind its real socket. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { writeRunLogs } from '../../db/jobs/run-logs.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { signInAsAdmin, startApi, type ApiProgram } from '../kit/api-program.ts'
import { until } from '../kit/program.ts'
import { jobsOf } from '../kit/replica.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
let api: ApiProgram
let authorization: string

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  api = await startApi({
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    RATE_LIMIT_PER_MIN: '100000',
    MAX_STREAMS_PER_USER: '200',
  })
  authorization = `Bearer ${await signInAsAdmin(api.url)}`
  await registerJobs(database.sql, [...jobsOf({ name: 'talks', overlap: 'allow', run: () => {} }).values()])
})
afterAll(async () => {
  api.kill('SIGKILL')
  await database.close()
})

/** A run under way, in the hands of this test. */
async function talking() {
  const { run_id } = await enqueueRun(database.sql, { job: 'talks', trigger: 'manual' })
  await claimRuns(database.sql, { jobs: ['talks'], worker: 'w', lease_s: 600, limit: 1, late_after_s: 5 })
  const held = { run_id, attempt: 1 }
  return {
    run_id,
    say: (...messages: string[]) =>
      writeRunLogs(
        database.sql,
        held,
        messages.map((message) => ({ level: 'info', message, data: { n: 1 }, age_ms: 0 })),
      ),
    end: () => endAttempts(database.sql, [{ ...held, state: 'succeeded', result: 'done' }]),
  }
}

interface Followed {
  status: number
  type: string | null
  /** What has arrived, whole. */
  text(): string
  events(): Array<{ event: string; id: string | undefined; data: any }>
  leave(): void
  closed: Promise<void>
}

async function follow(run_id: string, headers: Record<string, string> = {}, after = 0): Promise<Followed> {
  const leaving = new AbortController()
  const answer = await fetch(`${api.url}/runs/${run_id}/logs?follow=1&after=${after}`, {
    headers: { authorization, ...headers },
    signal: leaving.signal,
  })
  let text = ''
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>)
      text += decoder.decode(part, { stream: true })
  }
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: () => text,
    events: () =>
      text
        .split('\n\n')
        .slice(0, -1)
        .map((block) => Object.fromEntries(block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line)!.slice(1, 3))))
        .filter(({ data }) => data !== undefined)
        .map(({ event, id, data }) => ({ event, id, data: JSON.parse(data!) })),
    leave: () => leaving.abort(),
    closed: read().catch(() => {}),
  }
}
const messages = (stream: Followed) =>
  stream
    .events()
    .filter(({ event }) => event === 'log')
    .map(({ data }) => data.message)

test('lines arrive as they are said, then the end, and the stream closes; who comes again gets what came after', async () => {
  const run = await talking()
  await run.say('before')
  const stream = await follow(run.run_id)
  expect([stream.status, stream.type]).toEqual([200, 'text/event-stream'])
  await until('the first line', () => messages(stream).length === 1)
  for (const message of ['one', 'two']) {
    await run.say(message)
    await until(message, () => messages(stream).includes(message))
  }
  await run.say('three', 'four')
  await run.end()
  await stream.closed
  expect(messages(stream)).toEqual(['before', 'one', 'two', 'three', 'four'])
  const events = stream.events()
  expect(events.at(-1)).toMatchObject({ event: 'end', data: { id: run.run_id, state: 'succeeded', result: 'done' } })
  expect(events[1]!.data).toMatchObject({ attempt: 1, level: 'info', data: { n: 1 }, id: Number(events[1]!.id) })

  const again = await follow(run.run_id, { 'last-event-id': events[2]!.id! })
  await again.closed
  expect(messages(again)).toEqual(['three', 'four'])
  expect(again.events().at(-1)!.event).toBe('end')

  const seen = Number(events[1]!.id)
  const anew = await follow(run.run_id, {}, seen)
  await anew.closed
  expect(messages(anew)).toEqual(['two', 'three', 'four'])
  const listed = await fetch(`${api.url}/runs/${run.run_id}/logs?after=${seen}&limit=2`, { headers: { authorization } })
  const { items } = (await listed.json()) as { items: { message: string }[] }
  expect(items.map(({ message }) => message)).toEqual(['two', 'three'])
})

test('a hundred followers hold no connection each, and those who stay hear the end', async () => {
  const run = await talking()
  const connections = async () => {
    const [row] = await database.sql<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity where datname = current_database()`
    return row!.n
  }
  const before = await connections()
  const streams = await Promise.all(Array.from({ length: 100 }, () => follow(run.run_id)))
  await run.say('all')
  await until('all to hear', () => streams.every((stream) => messages(stream).includes('all')))
  // The pool may have filled up; a follower alone adds none.
  expect((await connections()) - before).toBeLessThan(20)
  const [stay, leave] = [streams.slice(0, 50), streams.slice(50)]
  for (const stream of leave) stream.leave()
  await Promise.all(leave.map(({ closed }) => closed))
  await run.end()
  await Promise.all(stay.map(({ closed }) => closed))
  for (const stream of stay) expect(stream.events().at(-1)!.event).toBe('end')
})

test('a line is not lost when the API loses its connections in between', async () => {
  const run = await talking()
  const stream = await follow(run.run_id)
  await run.say('one')
  await until('the first line', () => messages(stream).length === 1)
  const killed = await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`
  expect(killed.length).toBeGreaterThan(0)
  await run.say('two')
  await until('the second line', () => messages(stream).includes('two'))
  await run.end()
  await stream.closed
  expect(messages(stream)).toEqual(['one', 'two'])
})

test('the program stops although somebody follows, and the stream ends without an end', async () => {
  const run = await talking()
  const stream = await follow(run.run_id)
  await run.say('still here')
  await until('the line', () => messages(stream).length === 1)
  api.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  await stream.closed
  expect(stream.events().map(({ event }) => event)).toEqual(['log'])
})
