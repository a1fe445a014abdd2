import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import monitorApi from '../../../jobs/definitions/monitor_api.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startStandIn, type StandIn } from '../../kit/api-stand-in.ts'
import { endedRun, silent, testRoles, type TestRoles } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let api: StandIn
let opened: TestRoles
let replica: Replica
beforeAll(async () => {
  database = await testDatabase()
  api = startStandIn()
  opened = await testRoles(database, api.url)
  replica = await startReplica(
    new Map([['monitor_api', monitorApi]]),
    opened.roles,
    { concurrency: 1, lease_s: 15 },
    silent,
  )
})
afterAll(async () => {
  await replica.stop(1000)
  await opened.close()
  await database.close()
})

/** Runs it once and returns how it ended, with the sample that it wrote. */
async function monitor() {
  const before = await keys()
  const { run_id } = await enqueueRun(database.sql, { job: 'monitor_api', trigger: 'manual' })
  const run = await endedRun(database.sql, run_id)
  const [key, ...more] = (await keys()).filter((known) => !before.includes(known))
  expect(more).toEqual([])
  const body = (await opened.roles.objects.get(key!))!.body
  return { run, key, sample: (await new Response(body).json()) as Record<string, unknown> }
}

async function keys(): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of opened.roles.objects.list('monitoramento/')) found.push(key)
  return found
}

test('health, metrics and what the probe saw since the last time become a sample', async () => {
  await database.sql`
    insert into probe_samples (tick, replica, finished_at, api_up, api_latency_ms, queue_dead, disk_free_share)
    select now() - make_interval(mins => ago), 'r', finished_at, up, latency_ms, dead, 0.5
    from (values (1, now(), true, 10, 4), (2, now(), true, 30, 0), (3, now(), false, null, 0), (4, null, true, 99, 9),
      (31, now(), true, 99, 9)) as seen(ago, finished_at, up, latency_ms, dead)`
  const { run, key, sample } = await monitor()
  expect(run).toMatchObject({ state: 'succeeded', result: { key } })
  expect(key).toMatch(/^monitoramento\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.json$/)
  expect(sample).toMatchObject({
    run_id: run.id,
    api_url: api.url,
    health: { status_code: 200, body: { status: 'ok' }, problem: null, latency_ms: expect.any(Number) },
    metrics: { status_code: 200, body: { embalagens_count: 182 }, problem: null },
    probe: {
      seconds: 1800,
      samples: 3,
      api_up: 2,
      api_latency_ms: { mean: 20, max: 30 },
      queue_dead: 4,
      disk_free_share: 0.5,
    },
  })
})

test.each<[string, () => Response, string]>([
  ['down', () => Response.json({ status: 'down' }, { status: 503 }), '/health answered 503.'],
  [
    'half an answer',
    () => new Response('{"status"', { headers: { 'content-type': 'application/json' } }),
    '/health answered 200 without JSON.',
  ],
  ['something else', () => new Response('<h1>Hello</h1>'), '/health answered 200 without JSON.'],
])('an API that is %s fails the run, and the sample says what it answered', async (_, health, sentence) => {
  api.health = health
  const { run, sample } = await monitor()
  api.reset()
  expect(run).toMatchObject({ state: 'failed', error: `GET ${api.url}${sentence}` })
  expect(sample.health).toMatchObject({ problem: run.error })
})

test('an API that cannot be reached fails the run, after the sample was written', async () => {
  api.stop()
  const { run, sample } = await monitor()
  expect(run.state).toBe('failed')
  expect(run.error).toContain('cannot be reached')
  expect(sample.health).toMatchObject({ status_code: null, body: null, problem: run.error })
})
