/** GET /live: one stream a tab, which says in which topics something has changed. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import postgres, { type Sql } from 'postgres'
import { ALERTS_CHANGED } from '../../db/alerts/alerts.ts'
import { observe } from '../../db/alerts/observe.ts'
import { announceChart, claimChart, finishChart } from '../../db/charts/claim-charts.ts'
import { announceReplays } from '../../db/dead-letters/replays/drive.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { RUN_ENDED, RUN_QUEUED } from '../../db/jobs/runs.ts'
import { announceOrderChanges } from '../../db/orders/changes.ts'
import { recordOutcomes } from '../../db/monitors/record.ts'
import { registerMonitors } from '../../db/monitors/register.ts'
import { publishReport } from '../../db/reports/reports.ts'
import { monitor } from '../../jobs/monitor.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let api: TestApi
/** The connection of another program, or of another replica. */
let elsewhere: Sql
beforeAll(async () => {
  api = await testApi()
  elsewhere = postgres(api.config.db.database_url!, { max: 1 })
  await registerJobs(api.db.sql, [...jobsOf({ name: 'job', overlap: 'allow', run: () => {} }).values()])
})
afterAll(async () => {
  await elsewhere.end()
  await api.close()
})

interface Change {
  id: string
  topics: string[]
}

/** Reads up to what opens the stream, so that nothing that comes after is missed. */
async function follow(topics: string, headers: Record<string, string> = {}, as?: 'viewer' | 'admin') {
  const answer = await api.call('GET', `/live?topics=${topics}`, { ...(as && { as }), headers })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  const changes = changesOf(answer)
  return {
    next: async () => (await changes.next()).value as Change | undefined,
    leave: () => changes.return(undefined),
  }
}

async function* changesOf(answer: Response): AsyncGenerator<Change> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true })
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, id, data] = /^event: changed\nid: (\d+)\ndata: (.*)$/m.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (data) yield { id: id!, ...(JSON.parse(data) as { topics: string[] }) }
    }
  }
}

const alert = (subject: string) => observe(api.db.sql, [{ rule: 'JOB_FAILED', subject, ok: false }])
const queue = () => enqueueRun(elsewhere, { job: 'job', trigger: 'manual' })

/** Once it has told what may have changed before, it listens. */
async function listening(topics: string, as: 'viewer' | 'admin' = 'viewer', headers: Record<string, string> = {}) {
  const stream = await follow(topics, headers, as)
  return { first: (await stream.next())!, ...stream }
}

test('the first event names every topic, since anything may have changed before', async () => {
  const { first, leave } = await listening('jobs,alerts')
  expect(first).toEqual({ id: expect.stringMatching(/^\d{16}$/), topics: ['jobs', 'alerts'] })
  await leave()
})

test('an alert and a run are told under their topics, to whoever follows these', async () => {
  const [both, jobs] = await Promise.all([listening('alerts,jobs'), listening('jobs')])
  await alert('a')
  expect((await both.next())!.topics).toEqual(['alerts'])
  await queue()
  expect((await both.next())!.topics).toEqual(['jobs'])
  expect((await jobs.next())!.topics).toEqual(['jobs'])
  await Promise.all([both.leave(), jobs.leave()])
})

test('what happens at once is told once', async () => {
  const stream = await listening('jobs,alerts')
  await api.db.sql`
    select pg_notify(${ALERTS_CHANGED}, ''), pg_notify(${RUN_QUEUED}, 'job'), pg_notify(${RUN_ENDED}, 'x')`
  expect((await stream.next())!.topics).toEqual(['jobs', 'alerts'])
  await stream.leave()
})

const ITEM = { sku: 'L-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }
const version = { key: 'uploads/a.xlsx', version: '1' }
const worker = { worker: 'w', lease_s: 60 }
const claim = () => claimRuns(elsewhere, { ...worker, jobs: ['job'], limit: 100, late_after_s: 5 })
let claimed: Awaited<ReturnType<typeof claim>>
let drawing: Awaited<ReturnType<typeof claimChart>>
let item: string

test.each<[string, string, () => Promise<unknown>]>([
  ['a run that starts', 'jobs', async () => (claimed = await claim())],
  [
    'a report',
    'reports',
    () =>
      publishReport(
        elsewhere,
        { run_id: claimed[0]!.id, attempt: 1 },
        { id: Bun.randomUUIDv7(), name: 'r', summary: {} },
      ),
  ],
  ['a job that is paused', 'jobs', () => api.call('POST', '/jobs/job/pause', { as: 'admin' })],
  [
    'a silence',
    'alerts',
    () => {
      const json = { rule: 'JOB_FAILED', reason: 'known', ends_at: new Date(Date.now() + 60_000).toISOString() }
      return api.call('POST', '/silences', { as: 'admin', json })
    },
  ],
  ['a workbook that is found', 'charts', () => announceChart(elsewhere, version)],
  ['one that is being drawn', 'charts', async () => (drawing = await claimChart(elsewhere, version, worker))],
  ['one that is drawn', 'charts', () => finishChart(elsewhere, drawing!, 'drawn')],
  [
    'a monitor',
    'monitors',
    () => registerMonitors(elsewhere, [monitor({ name: 'm', every_s: 60, tcp: { host: '127.0.0.1', port: 9 } })]),
  ],
  [
    "a monitor's state",
    'monitors',
    () => recordOutcomes(elsewhere, [{ name: 'm', turn: 1, failure: null, latency_ms: 1 }]),
  ],
  [
    'an item that is made',
    'packaging',
    async () => {
      const made = await api.call('POST', '/embalagens', { as: 'admin', json: ITEM })
      item = ((await made.json()) as { id: string }).id
    },
  ],
  [
    'an item that is changed',
    'packaging',
    () => api.call('PATCH', `/embalagens/${item}`, { as: 'admin', json: { stock: 3 } }),
  ],
  ['an item that is deleted', 'packaging', () => api.call('DELETE', `/embalagens/${item}`, { as: 'admin' })],
  [
    'an import',
    'packaging',
    () =>
      api.call('POST', '/embalagens/import', {
        as: 'admin',
        headers: { 'content-type': 'text/csv' },
        body: 'sku,name,material,kind,unit_cost,currency\nL-2,Caixa,paper,box,1,BRL\n',
      }),
  ],
  [
    'rows of an order system',
    'orders',
    () => api.call('POST', '/systems/a/orders/fill', { as: 'admin', json: { count: 1 } }),
  ],
  ['orders that are sent', 'orders', () => api.call('POST', '/systems/a/send', { as: 'admin' })],
  ['orders that are handled', 'orders', async () => announceOrderChanges(elsewhere, api.log).changed()],
])('%s is told under %s, whichever process it is in', async (_, topic, act) => {
  await api.token('admin')
  const stream = await listening('alerts,charts,jobs,monitors,orders,packaging,reports')
  const answer = await act()
  if (answer instanceof Response) expect(answer.ok).toBe(true)
  expect((await stream.next())!.topics).toEqual([topic])
  await stream.leave()
})

test('dead letters are told of with the orders that die, and when people do something with them', async () => {
  const stream = await listening('dead-letters', 'admin')
  await announceOrderChanges(elsewhere, api.log).changed()
  expect((await stream.next())!.topics).toEqual(['dead-letters'])
  const json = { name: 'none', source: 'orders', filter: {} }
  expect((await api.call('POST', '/replays', { as: 'admin', json })).status).toBe(201)
  expect((await stream.next())!.topics).toEqual(['dead-letters'])
  await announceReplays(elsewhere)
  expect((await stream.next())!.topics).toEqual(['dead-letters'])
  await stream.leave()
})

test('what people change is told under audit, too, and of users under users', async () => {
  const stream = await listening('audit,users', 'admin')
  await api.call('DELETE', '/silences/00000000-0000-7000-8000-000000000000', { as: 'admin' })
  await api.call('POST', '/jobs/job/resume', { as: 'admin' })
  expect((await stream.next())!.topics).toEqual(['audit'])
  await api.call('POST', '/users', { as: 'admin', json: { username: 'ana', password: PASSWORD, role: 'viewer' } })
  expect((await stream.next())!.topics).toEqual(['audit', 'users'])
  await stream.leave()
})

describe('a reader that comes again with Last-Event-ID', () => {
  test('is told what has changed meanwhile, and nothing else', async () => {
    const before = await listening('jobs,alerts')
    await before.leave()
    const witness = await listening('alerts')
    await alert('b')
    await witness.next()
    await witness.leave()
    const after = await listening('jobs,alerts', 'viewer', { 'last-event-id': before.first.id })
    expect(after.first.topics).toEqual(['alerts'])
    await after.leave()
    const again = await listening('jobs,alerts', 'viewer', { 'last-event-id': after.first.id })
    expect(again.first).toEqual({ id: after.first.id, topics: [] })
    await again.leave()
  })

  test('of another process is told every topic', async () => {
    const { first, leave } = await listening('jobs,alerts', 'viewer', { 'last-event-id': '1763607631000' })
    expect(first.topics).toEqual(['jobs', 'alerts'])
    await leave()
  })
})

test('after a lost connection to the database every topic is told, since anything may have changed', async () => {
  const stream = await listening('jobs,alerts,packaging')
  await elsewhere`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`
  const told = new Set<string>()
  while (told.size < 3) for (const topic of (await stream.next())!.topics) told.add(topic)
  await stream.leave()
})

/** With a session of its own. */
async function signedIn(username: string) {
  const signed = await api.call('POST', '/login', { json: { username, password: PASSWORD } })
  const { access_token } = (await signed.json()) as { access_token: string }
  return { authorization: `Bearer ${access_token}` }
}

test('it ends with its session', async () => {
  await api.token('viewer')
  const headers = await signedIn('viewer')
  const stream = await follow('alerts', headers)
  await stream.next()
  const end = stream.next()
  expect((await api.call('POST', '/logout', { headers })).status).toBe(204)
  expect(await end).toBeUndefined()
})

describe('it ends when its user', () => {
  const rita = async (role: string) => {
    const username = `rita ${Bun.randomUUIDv7()}`
    const made = await api.call('POST', '/users', { as: 'admin', json: { username, password: PASSWORD, role } })
    const { id } = (await made.json()) as { id: string }
    await api.db.sql`update users set must_change_password = false where id = ${id}`
    return { id, headers: await signedIn(username) }
  }
  const patch = (id: string, json: object) => api.call('PATCH', `/users/${id}`, { as: 'admin', json })

  test('is disabled', async () => {
    const { id, headers } = await rita('viewer')
    const stream = await follow('jobs', headers)
    await stream.next()
    expect((await patch(id, { disabled: true })).status).toBe(200)
    expect(await stream.next()).toBeUndefined()
  })

  test('loses the role that its topics take, and not where these take none', async () => {
    const { id, headers } = await rita('admin')
    const [audit, jobs] = [await follow('audit', headers), await follow('jobs', headers)]
    await Promise.all([audit.next(), jobs.next()])
    expect((await patch(id, { role: 'operator' })).status).toBe(200)
    // That is audited, too, as the sign-in before it was.
    while (await audit.next());
    await queue()
    expect((await jobs.next())!.topics).toEqual(['jobs'])
    await jobs.leave()
    const refused = await api.call('GET', '/live?topics=jobs,users', { headers })
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }])
  })
})

test.each(['', 'alerts,', 'alert', 'alerts jobs', 'alerts,nobody', ',jobs'])(
  'topics %j are refused',
  async (topics) => {
    const answer = await api.call('GET', `/live?topics=${encodeURIComponent(topics)}`, { as: 'viewer' })
    expect(answer.status).toBe(422)
  },
)

test('it takes a session', async () => {
  expect((await api.call('GET', '/live?topics=alerts')).status).toBe(401)
  expect((await api.call('GET', '/live', { as: 'viewer' })).status).toBe(422)
})
