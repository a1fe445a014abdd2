/** GET /live: one stream a tab, which says in which topics something has changed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { ALERTS_CHANGED } from '../../db/alerts/alerts.ts'
import { observe } from '../../db/alerts/observe.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { RUN_ENDED, RUN_QUEUED } from '../../db/jobs/runs.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await registerJobs(api.db.sql, [...jobsOf({ name: 'job', overlap: 'allow', run: () => {} }).values()])
})
afterAll(() => api.close())

interface Change {
  id: string
  topics: string[]
}

/** Reads up to what opens the stream, so that nothing that comes after is missed. */
async function follow(topics: string, headers: Record<string, string> = {}, as?: 'viewer') {
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
const queue = () => enqueueRun(api.db.sql, { job: 'job', trigger: 'manual' })

/** Once it has told that everything may have changed, it listens. */
async function listening(topics: string) {
  const stream = await follow(topics, { 'last-event-id': '1763607631000' }, 'viewer')
  return { first: (await stream.next())!, ...stream }
}

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

test('a reader that comes again is told every topic, since anything may have changed', async () => {
  const { first, leave } = await listening('jobs,alerts')
  expect(first).toEqual({ id: expect.stringMatching(/^\d{13}$/), topics: ['jobs', 'alerts'] })
  await leave()
})

test('it ends with its session', async () => {
  await api.token('viewer')
  const signed = await api.call('POST', '/login', { json: { username: 'viewer', password: PASSWORD } })
  const { access_token } = (await signed.json()) as { access_token: string }
  const authorization = `Bearer ${access_token}`
  const stream = await follow('alerts', { authorization })
  const end = stream.next()
  expect((await api.call('POST', '/logout', { headers: { authorization } })).status).toBe(204)
  expect(await end).toBeUndefined()
})

test.each(['', 'alerts,', 'alert', 'alerts jobs', 'alerts,users', ',jobs'])('topics %j are refused', async (topics) => {
  const answer = await api.call('GET', `/live?topics=${encodeURIComponent(topics)}`, { as: 'viewer' })
  expect(answer.status).toBe(422)
})

test('it takes a session', async () => {
  expect((await api.call('GET', '/live?topics=alerts')).status).toBe(401)
  expect((await api.call('GET', '/live', { as: 'viewer' })).status).toBe(422)
})
