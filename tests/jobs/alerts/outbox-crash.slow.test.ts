/** kill -9 between every two lines of the outbox's way: each alert arrives at least once, and `resolved` follows `firing`. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startProgram, until } from '../../kit/program.ts'
import { goTheWay } from './outbox-way.ts'
import { startHook, type Hook } from '../../kit/alert-servers.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let hook: Hook
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`create table written (ok boolean)`
  folder = temporaryFolder()
  hook = startHook()
})
afterEach(startAfresh)
afterAll(async () => {
  hook.stop()
  await database.close()
})

async function startAfresh() {
  await database.sql`truncate alerts, alert_notifications, alert_channels, written`
  await rm(log_path(), { force: true })
  hook.requests.length = 0
  hook.answer = () => new Response('ok')
}
const log_path = () => join(folder, 'alerts.log')

const start = (step: number) =>
  startProgram('tests/jobs/alerts/outbox-way.ts', [database.url, hook.url, log_path(), String(step)], {})

/** What another process finds and does when the lease of the dead one is over. */
async function goOn() {
  await database.sql`update alert_notifications set available_at = now() where sent_at is null`
  await goTheWay(database.sql, hook.url, log_path(), () => {})
}

async function arrived(): Promise<Record<'webhook' | 'log', string[]>> {
  const text = await readFile(log_path(), 'utf8').catch(() => '')
  const lines = text.trim() === '' ? [] : text.trim().split('\n')
  return {
    webhook: hook.requests.map(({ body }) => `${body.kind} ${body.id}`),
    log: lines.map((line) => JSON.parse(line)).map(({ kind, id }) => `${kind} ${id}`),
  }
}

/** Each at least once; one may come twice, as the same message; `resolved` after `firing`. */
function expectWhole(told: string[], most: number) {
  const distinct = [...new Set(told)]
  expect(distinct.map((one) => one.split(' ')[0])).toEqual(['firing', 'resolved'])
  expect(told.length).toBeLessThanOrEqual(most)
  expect(told.lastIndexOf(distinct[0]!)).toBeLessThan(told.indexOf(distinct[1]!))
}

test('killed at each step, the rest is done by the next process', async () => {
  const whole = start(0)
  expect(await whole.exited).toBe(0)
  await whole.drained
  const steps = JSON.parse(whole.output()) as string[]
  expect(steps).toHaveLength(19)
  for (const told of Object.values(await arrived())) expectWhole(told, 2)
  for (const [i, step] of steps.entries()) {
    await startAfresh()
    const program = start(i + 1)
    // Killed, and not ended in another way.
    expect([step, await program.exited]).toEqual([step, 137])
    await goOn()
    const told = await arrived()
    expectWhole(told.webhook, 3)
    expectWhole(told.log, 3)
    expect(told.webhook.length + told.log.length).toBeLessThanOrEqual(5)
    const [left] = await database.sql`
      select (select count(*) from alerts) as alerts, (select count(*) from written) as written,
        (select count(*) from alert_notifications where sent_at is null) as unsent`
    // What the caller wrote and what is told of it are there together.
    expect(left).toEqual({ alerts: 1, written: 2, unsent: 0 })
  }
})

test('killed while the other side has it and has not answered, it is sent again as the same message', async () => {
  for (const nth of [1, 2]) {
    await startAfresh()
    const never = Promise.withResolvers<Response>()
    hook.answer = (n) => (n === nth ? never.promise : new Response('ok'))
    const program = start(0)
    await until('the request', () => hook.requests.length === nth, 60_000, program.output)
    program.kill('SIGKILL')
    expect(await program.exited).toBe(137)
    never.resolve(new Response('too late'))
    await goOn()
    const { webhook } = await arrived()
    expect(webhook).toHaveLength(3)
    expectWhole(webhook, 3)
  }
})
