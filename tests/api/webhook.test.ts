import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readApiConfig } from '../../api/config.ts'
import { getRun, listRuns } from '../../db/jobs/runs.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

const SECRET = 'a webhook secret that only tests know'
let api: TestApi
beforeAll(async () => {
  api = await testApi({ WEBHOOK_SECRET: SECRET })
  for (const [name, overlap] of [
    ['nightly', 'allow'],
    ['alone', 'skip'],
  ] as const)
    await api.db.sql`insert into jobs (name, schedule, timezone, overlap) values (${name}, '@daily', 'UTC', ${overlap})`
})
afterAll(() => api.close())

const now_s = () => Math.floor(Date.now() / 1000)
const signature = (timestamp: string, body: string, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** Sends `body` signed as it is, unless told otherwise. */
function send(body: unknown, { at = String(now_s()), signed = JSON.stringify(body), secret = SECRET } = {}) {
  const headers = { 'x-timestamp': at, 'x-signature-256': signature(at, signed, secret) }
  return api.call('POST', '/webhook/airflow', { body: JSON.stringify(body), headers })
}
const runIdOf = async (answer: Response) => ((await answer.json()) as { run_id: string }).run_id
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]

test('a signed message starts the job with its conf; Airflow may call it dag_id', async () => {
  for (const body of [
    { job: 'nightly', conf: { day: '2026-01-01' } },
    { dag_id: 'nightly', conf: { day: '2026-01-02' } },
  ]) {
    const answer = await send(body)
    expect(answer.status).toBe(202)
    expect(await getRun(api.db.sql, await runIdOf(answer))).toMatchObject({ trigger: 'webhook', conf: body.conf })
  }
})

test('a conf that the job does not expect is 422 with every place, and starts nothing', async () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['n'],
    properties: { n: { type: 'integer', default: 1 } },
  }
  await api.db.sql`
    insert into jobs (name, schedule, timezone, conf_schema) values ('strict', '@daily', 'UTC', ${api.db.sql.json(schema)})`
  const answer = await send({ job: 'strict', conf: { n: 'x', m: 1 } })
  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({
    code: 'conf_invalid',
    errors: [
      { path: '/m', message: 'is unknown' },
      { path: '/n', message: 'must be an integer' },
    ],
  })
  expect(await listRuns(api.db.sql, 'strict', 10)).toEqual([])
  expect(await getRun(api.db.sql, await runIdOf(await send({ job: 'strict' })))).toMatchObject({ conf: { n: 1 } })
})

test('a repeated event_id gives the same run, also twenty at once and with a new signature', async () => {
  const body = { job: 'nightly', event_id: 'event-1' }
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(body, { at: String(now_s() - n) })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202))
  expect(new Set(await Promise.all(answers.map(runIdOf))).size).toBe(1)
})

test('nobody who reads the run, its list or the audit sees the signature, which is good for some minutes more', async () => {
  const [body, at] = [{ job: 'nightly', conf: { day: '2026-01-03' } }, String(now_s())]
  const secret = signature(at, JSON.stringify(body)).slice('sha256='.length)
  const run_id = await runIdOf(await send(body, { at }))
  for (const [path, role] of [
    [`/runs/${run_id}`, 'viewer'],
    ['/jobs/nightly/runs', 'viewer'],
    ['/audit', 'admin'],
  ] as const) {
    const text = await (await api.call('GET', path, { as: role })).text()
    expect(text).toContain(run_id)
    expect(text).not.toContain(secret)
  }
  const [{ rows } = { rows: '' }] = await api.db.sql<{ rows: string }[]>`select json_agg(r)::text as rows from runs r`
  expect(rows).toContain(run_id)
  expect(rows).not.toContain(secret)
  // It is still known when it comes again.
  expect(await runIdOf(await send(body, { at }))).toBe(run_id)
})

test('a run that it started is in the audit, once', async () => {
  for (let n = 0; n < 2; n++) expect((await send({ job: 'nightly', event_id: 'audited' })).status).toBe(202)
  const rows = await api.db.sql`
    select actor_id, actor_name, details ->> 'trigger' as trigger from audit a join runs r on r.id::text = a.details ->> 'run_id'
    where a.action = 'job.triggered' and r.dedupe_key = 'event:audited'`
  expect([...rows]).toEqual([{ actor_id: null, actor_name: 'signed webhook', trigger: 'webhook' }])
})

test('without an event_id, whoever replays what was sent starts nothing new', async () => {
  const at = String(now_s())
  const runs = [
    await send({ job: 'nightly', conf: { n: 1 } }, { at }),
    await send({ job: 'nightly', conf: { n: 1 } }, { at }),
  ]
  expect(await runIdOf(runs[0]!)).toBe(await runIdOf(runs[1]!))
})

describe('nobody gets in', () => {
  test('with a wrong secret, another body, another or an old time, or no signature', async () => {
    const body = { job: 'nightly' }
    const refused = [
      await send(body, { secret: 'another secret, which is long as well' }),
      await send(body, { signed: '{"job":"hello"}' }),
      await send(body, { at: String(now_s() - 301) }),
      await send(body, { at: String(now_s() + 302) }),
      await send(body, { at: 'yesterday' }),
    ]
    for (const answer of refused) expect(await codeOf(answer)).toEqual([401, 'signature_wrong'])
    expect(await codeOf(await api.call('POST', '/webhook/airflow', { json: body }))).toEqual([401, 'unauthorized'])
  })

  test('before the body was looked at', async () => {
    const headers = { 'x-timestamp': String(now_s()), 'x-signature-256': 'sha256=00' }
    for (const body of ['{broken', '[]', 'x'.repeat(5000)])
      expect((await api.call('POST', '/webhook/airflow', { body, headers })).status).toBe(401)
  })

  test('with a signature where no secret is set', async () => {
    const plain = await testApi()
    try {
      const at = String(now_s())
      const headers = { 'x-timestamp': at, 'x-signature-256': signature(at, '{"job":"nightly"}') }
      const answer = await plain.call('POST', '/webhook/airflow', { body: '{"job":"nightly"}', headers })
      expect(answer.status).toBe(401)
    } finally {
      await plain.close()
    }
    expect(() => readApiConfig({ WEBHOOK_SECRET: 'short' })).toThrow('WEBHOOK_SECRET')
  })

  test('as a viewer; an operator needs no signature', async () => {
    const as = (role: 'viewer' | 'operator') =>
      api.call('POST', '/webhook/airflow', { as: role, json: { job: 'nightly' } })
    expect((await as('viewer')).status).toBe(403)
    expect((await as('operator')).status).toBe(202)
  })
})

test('an unknown job, an overlap, no job, unknown fields and what cannot be stored are told apart', async () => {
  expect(await codeOf(await send({ job: 'unheard-of' }))).toEqual([404, 'job_not_found'])
  expect((await send({ job: 'alone', conf: { n: 1 } })).status).toBe(202)
  expect(await codeOf(await send({ job: 'alone', conf: { n: 2 } }))).toEqual([409, 'job_already_running'])
  for (const body of [
    {},
    { job: 'a', dag_id: 'b' },
    { job: 'nightly', extra: 1 },
    { job: 'nightly', conf: [] },
    { job: 'n\0' },
    { job: 'nightly', conf: { a: '\ud800' } },
  ])
    expect(await codeOf(await send(body))).toEqual([422, 'validation_failed'])
})
