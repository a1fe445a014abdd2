/** Replicas that check, together, on one database; and what the command line says of it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { lastEvents, lastHours, listMonitors, readMonitor } from '../../../db/monitors/read.ts'
import { registerMonitors } from '../../../db/monitors/register.ts'
import { monitorOfToken } from '../../../db/monitors/tokens.ts'
import { monitors } from '../../../jobs/cli/monitors.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import { monitor } from '../../../jobs/monitor.ts'
import { startMonitors } from '../../../jobs/monitors/start-monitors.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startOutsideApi } from '../../kit/outside-api.ts'
import { until } from '../../kit/program.ts'
import { silent } from '../../kit/replica.ts'
import { runHere } from '../../kit/run-here.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
const api = startOutsideApi(() => new Response('well'))
afterAll(api.stop)

const PING_SECRET = 'the secret of push URLs that tests know'

test('two replicas make each check once, tell of what fails, and of pings that do not come', async () => {
  const { sql } = database
  const url = (path: string) => ({ url: `${api.url}${path}` })
  await registerMonitors(sql, [
    monitor({ name: 'broken', failures: 1, http: { ...url('broken'), contains: 'unwell' } }),
    monitor({ name: 'backup', push: { every_s: 600 } }),
    ...Array.from({ length: 20 }, (_, i) => monitor({ name: `page_${i}`, http: url(`page_${i}`) })),
  ])
  await sql`update monitors set next_at = now() - interval '1 second'`
  const options = { log: silent, env: {}, isNeeded: () => true }
  const replicas = [startMonitors(sql, options), startMonitors(sql, options)]
  await until('the outcomes', async () => (await listMonitors(sql)).every(({ state }) => state !== 'new'))
  await Promise.all(replicas.map((one) => one.stop()))
  const paths = api.asked.map(({ pathname }) => pathname)
  expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted())
  expect(paths).toHaveLength(21)
  const fired = await sql`select rule, subject from alerts where state = 'firing' order by rule`
  expect([...fired]).toEqual([
    { rule: 'MONITOR_DOWN', subject: 'broken' },
    { rule: 'PING_OVERDUE', subject: 'backup' },
  ])
  expect(await lastHours(sql, 'page_3', 1)).toMatchObject([{ good: 1, failed: 0, latency_mean_ms: expect.any(Number) }])
  expect(await lastEvents(sql, 'backup', 2)).toMatchObject([{ kind: 'overdue' }])
})

test('a replica without files of monitors asks nothing; a stopped one leaves what it had under way to the next interval', async () => {
  const { sql } = database
  api.reset()
  api.usual = () => new Promise<Response>(() => {})
  await sql`update monitors set next_at = now() - interval '1 second', state = 'new' where name = 'page_1'`
  const idle = startMonitors(sql, { log: silent, env: {}, isNeeded: () => false })
  await idle.stop()
  const busy = startMonitors(sql, { log: silent, env: {}, isNeeded: () => true })
  await until('the question', () => Promise.resolve(api.asked.length > 0))
  await busy.stop()
  expect(await readMonitor(sql, 'page_1')).toMatchObject({ state: 'new' })
})

test('the command line lists monitors with their push URLs, and shows one with its history', async () => {
  const config = readJobsConfig({ PING_SECRET, PUBLIC_URL: 'https://doca.example.com/' })
  const run = (...words: string[]) => runHere(async () => monitors(config)(words, '')(database.sql))
  const rows = JSON.parse((await run('--json')).output) as Array<{ name: string; ping_url: string | null }>
  expect(rows).toHaveLength(22)
  const backup = rows.find(({ name }) => name === 'backup')!
  const [, token] = /^https:\/\/doca\.example\.com\/ping\/(.+)$/.exec(backup.ping_url!)!
  expect(monitorOfToken(PING_SECRET, token!)).toBe('backup')
  expect(backup).toMatchObject({ kind: 'push', state: 'down', target: 'every 600 s' })
  expect(rows.find(({ name }) => name === 'broken')).toMatchObject({ state: 'down', ping_url: null })
  const one = await run('broken')
  expect(one.output).toContain('does not contain "unwell"')
  expect(JSON.parse((await run('broken', '--json')).output)).toMatchObject({
    events: [{ event: 'down' }],
    uptimes: [{}, {}, {}],
  })
  expect(await run('none')).toMatchObject({ code: 1, output: expect.stringContaining('There is no monitor none') })
  expect(await run('a', 'b')).toMatchObject({ code: 2 })
})
