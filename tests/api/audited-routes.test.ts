/** Whatever changes something by a route leaves a row in the audit: every operation of the document but GET is called. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createFirstLinks } from '../../api/auth/first-link.ts'
import { observe } from '../../db/alerts/observe.ts'
import type { AuditRow } from '../../db/audit/audit.ts'
import { storeLetters } from '../../db/dead-letters/letters.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { findFirstAdmin } from '../../db/users/sign-in/first-sign-in.ts'
import { accounts } from '../kit/accounts.ts'
import { JWT_SECRET, PASSWORD, testApi, type CallOptions, type TestApi } from '../kit/api.ts'
import { person } from '../kit/phone.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let api: TestApi
let operations: string[]
beforeAll(async () => {
  api = await testApi()
  await registerJobs(api.db.sql, [...jobsOf({ name: 'job', overlap: 'allow', run: () => {} }).values()])
  const { paths } = (await (await api.call('GET', '/docs/json')).json()) as { paths: Record<string, object> }
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((method) => (method === 'get' ? [] : `${method.toUpperCase()} ${path}`)),
  )
})
afterAll(() => api.close())

/** Why a success leaves no row. */
const NOT_AUDITED: Record<string, string> = {
  'POST /2fa/enable': 'shows a secret that counts for nothing before POST /2fa/verify, which is audited',
  'POST /systems/{system}/messages': 'shows what would be sent, and sends nothing',
  'POST /charts/notifications': 'only says to the pollers where to look',
  'POST /token/refresh':
    "goes on with a session whose beginning and end are audited; the session's chain of tokens is kept",
  ...Object.fromEntries(
    ['', '/start', '/fail'].map((what) => [
      `POST /ping/{token}${what}`,
      'a sign of life; each is a row of its monitor',
    ]),
  ),
}

const { made, signIn } = accounts(() => api)
let count = 0
const name = () => `name ${++count}`
const item = () => ({ sku: name(), name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' })
const idOf = async (answer: Promise<Response>) => ((await (await answer).json()) as { id: string }).id
const create = async (path: string, json: object) =>
  `${path}/${await idOf(api.call('POST', path, { as: 'admin', json }))}`
const later = () => new Date(Date.now() + 3_600_000).toISOString()
const apiKey = () => ({ name: name(), role: 'viewer', expires_at: later() })
/** A new session of theirs. */
const sessionOf = async (username: string) => {
  const me = await (await signIn(username)).use('GET', '/me')
  return ((await me.json()) as { session_id: string }).session_id
}
const replay = async () => {
  await deadLetter()
  return create('/replays', { name: name(), source: 'orders', filter: {} })
}
const run = async () => (await enqueueRun(api.db.sql, { job: 'job', trigger: 'manual' })).run_id
const silence = () => ({ ends_at: later(), reason: 'A planned stop.' })
const csv = (text: string): CallOptions => ({ body: text, headers: { 'content-type': 'text/csv' } })
/** Its id. */
const deadLetter = async () => {
  const message_id = crypto.randomUUID()
  const why = { step: 'process', reason: 'attempts_spent', detail: 'Not done.', death: `orders/${message_id}/0` }
  const order = {
    message_id,
    origin: 'a',
    order_id: 1,
    product: 'Caixa',
    price: '1',
    security_check: false,
    required_attempts: 6,
  }
  const message = {
    source: 'orders',
    message_id,
    replay: 0,
    origin: 'a',
    body: new TextEncoder().encode(JSON.stringify(order)),
    headers: {},
    attempts: 5,
  }
  await storeLetters(api.db.sql, [{ ...message, ...why }])
  const [letter] = await api.db.sql<{ id: string }[]>`select id from letters where message_id = ${message_id}`
  return letter!.id
}

/** By somebody who has signed in with an app. */
const withPhone = async (path: string, more: object = {}) => {
  const who = await person(api, name())
  const { phone, token } = await who.enrol()
  return withToken('POST', path, token, { code: who.code(phone), ...more })
}
const withToken = (method: string, path: string, token: string, json?: unknown) =>
  api.call(method, path, { json, headers: { authorization: `Bearer ${token}` } })
const admin = (method: string, path: string, options: CallOptions = {}) =>
  api.call(method, path, { as: 'admin', ...options })

/** Calls that succeed, each with what it needs. */
const CALLS: Record<string, () => Promise<Response>> = {
  'POST /2fa/disable': () => withPhone('/2fa/disable'),
  'POST /2fa/recovery-codes': () => withPhone('/2fa/recovery-codes', { password: PASSWORD }),
  'POST /2fa/verify': async () => {
    const who = await person(api, name())
    const { phone } = await who.enrol()
    const json = { challenge: await who.challenge(), code: who.code(phone) }
    return api.call('POST', '/2fa/verify', { json })
  },
  'POST /alerts/{id}/ack': async () => {
    await observe(api.db.sql, [{ rule: 'JOB_FAILED', subject: 'job', ok: false }])
    const [alert] = await api.db.sql<{ id: string }[]>`select id from alerts where state = 'firing'`
    return admin('POST', `/alerts/${alert!.id}/ack`)
  },
  'POST /charts': () => admin('POST', '/charts?name=sales.csv', csv('a;b\n1;2')),
  'POST /embalagens': () => admin('POST', '/embalagens', { json: item() }),
  'POST /embalagens/import': () =>
    admin(
      'POST',
      '/embalagens/import',
      csv(`sku,name,material,kind,unit_cost,currency\n${name()},B,paper,box,1,BRL\n`),
    ),
  'PUT /embalagens/{id}': async () => admin('PUT', await create('/embalagens', item()), { json: item() }),
  'PATCH /embalagens/{id}': async () => {
    const body = JSON.stringify({ stock: 7 })
    const headers = { 'content-type': 'application/merge-patch+json' }
    return admin('PATCH', await create('/embalagens', item()), { body, headers })
  },
  'DELETE /embalagens/{id}': async () => admin('DELETE', await create('/embalagens', item())),
  'POST /embalagens/{id}/restore': async () => {
    const path = await create('/embalagens', item())
    await admin('DELETE', path)
    return admin('POST', `${path}/restore`)
  },
  'DELETE /charts/{id}': async () => {
    const path = `/charts/${await idOf(admin('POST', '/charts?name=gone.csv', csv('a;b\n1;2')))}`
    await api.db.sql`update charts set state = 'failed', finished_at = now() where source_key = 'uploads/gone.csv'`
    return admin('DELETE', path)
  },
  'PUT /dead-letters/groups/{id}/note': async () => {
    await deadLetter()
    const [group] = await api.db.sql<{ id: string }[]>`select group_id as id from letters limit 1`
    return admin('PUT', `/dead-letters/groups/${group!.id}/note`, { json: { note: 'Known.' } })
  },
  'PUT /dead-letters/{id}': async () =>
    admin('PUT', `/dead-letters/${await deadLetter()}`, { json: { required_attempts: 2 } }),
  'POST /dead-letters/{id}/undo-edit': async () => {
    const path = `/dead-letters/${await deadLetter()}`
    const copy = await idOf(admin('PUT', path, { json: { required_attempts: 2 } }))
    return admin('POST', `/dead-letters/${copy}/undo-edit`)
  },
  'DELETE /dead-letters/{id}': async () => admin('DELETE', `/dead-letters/${await deadLetter()}`),
  'POST /dead-letters/{id}/restore': async () => {
    const path = `/dead-letters/${await deadLetter()}`
    await admin('DELETE', path)
    return admin('POST', `${path}/restore`)
  },
  'DELETE /dead-letters': async () => admin('DELETE', `/dead-letters?ids=${await deadLetter()}&expected=1`),
  'POST /dead-letters/restore': async () => {
    const id = await deadLetter()
    await admin('DELETE', `/dead-letters/${id}`)
    return admin('POST', '/dead-letters/restore', { json: { ids: [id] } })
  },
  'POST /replays': () => admin('POST', '/replays', { json: { name: name(), source: 'orders', filter: {} } }),
  'POST /orders/dead/replay': () => admin('POST', '/orders/dead/replay'),
  'POST /events/failed/replay': () => admin('POST', '/events/failed/replay'),
  'POST /replays/{id}/pause': async () => admin('POST', `${await replay()}/pause`),
  'POST /replays/{id}/resume': async () => {
    const path = await replay()
    await admin('POST', `${path}/pause`)
    return admin('POST', `${path}/resume`)
  },
  'POST /replays/{id}/cancel': async () => admin('POST', `${await replay()}/cancel`),
  'POST /events': () => admin('POST', '/events', { json: { sku: 'A', kind: 'sale', quantity: 1 } }),
  'POST /events/consumer/resume': async () => {
    await api.db.sql`insert into storms (source, paused_at, reason) values ('events', now(), 'not_json')`
    return admin('POST', '/events/consumer/resume', { json: { decision: 'retry' } })
  },
  'POST /people/consumer/resume': async () => {
    await api.db.sql`insert into storms (source, paused_at, reason) values ('people', now(), 'not_json')`
    return admin('POST', '/people/consumer/resume', { json: { decision: 'retry' } })
  },
  'POST /orders/consumer/resume': async () => {
    await api.db.sql`insert into storms (source, paused_at, reason) values ('orders', now(), 'not_json')`
    return admin('POST', '/orders/consumer/resume', { json: { decision: 'retry' } })
  },
  'POST /orders/messages/{message_id}/retry-now': async () => {
    const message_id = crypto.randomUUID()
    await api.db.sql`
      insert into order_messages (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id,
        attempt, state, worker)
      values (${message_id}, 'a', 1, 'Caixa', 1, true, 5, 'trace', 1, 'retrying', 'w')`
    return admin('POST', `/orders/messages/${message_id}/retry-now`)
  },
  'POST /systems/{system}/orders/fill': () => admin('POST', '/systems/a/orders/fill', { json: { count: 3 } }),
  'POST /systems/{system}/send': () => admin('POST', '/systems/a/send'),
  'POST /jobs/{name}/backfill': () => {
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']
    return admin('POST', '/jobs/job/backfill', { json: { from, to } })
  },
  'DELETE /jobs/{name}': async () => {
    await registerJobs(api.db.sql, [...jobsOf({ name: 'gone', run: () => {} }).values()])
    await api.db.sql`update jobs set gone_at = now() where name = 'gone'`
    return admin('DELETE', '/jobs/gone')
  },
  'POST /jobs/{name}/cancel-queued': async () => {
    await enqueueRun(api.db.sql, { job: 'job', trigger: 'manual' })
    return admin('POST', '/jobs/job/cancel-queued')
  },
  'POST /jobs/{name}/pause': () => admin('POST', '/jobs/job/pause'),
  'POST /jobs/{name}/resume': () => admin('POST', '/jobs/job/resume'),
  'POST /jobs/{name}/trigger': () => admin('POST', '/jobs/job/trigger'),
  'POST /first-password': async () => {
    const { id } = await made(name(), 'admin')
    await api.db.sql`update users set username = 'former', username_folded = 'former' where username_folded = 'admin'`
    await api.db
      .sql`update users set username = 'admin', username_folded = 'admin', must_change_password = false where id = ${id}`
    const [, token] = createFirstLinks(JWT_SECRET)
      .path((await findFirstAdmin(api.db.sql))!)
      .split('#')
    return api.call('POST', '/first-password', { json: { token, new_password: 'caderno azul e chuva fina' } })
  },
  'POST /login': async () => {
    const { username } = await made(name())
    return api.call('POST', '/login', { json: { username, password: PASSWORD } })
  },
  'POST /logout': async () => (await signIn((await made(name())).username)).use('POST', '/logout'),
  'POST /me/api-keys': async () => {
    const { username } = await made(name())
    return (await signIn(username)).use('POST', '/me/api-keys', apiKey())
  },
  'DELETE /me/api-keys/{id}': async () => {
    const { username } = await made(name())
    const { use } = await signIn(username)
    return use('DELETE', `/me/api-keys/${await idOf(use('POST', '/me/api-keys', apiKey()))}`)
  },
  'DELETE /users/{id}/api-keys/{key_id}': async () => {
    const { id, username } = await made(name())
    const { use } = await signIn(username)
    return admin('DELETE', `/users/${id}/api-keys/${await idOf(use('POST', '/me/api-keys', apiKey()))}`)
  },
  'DELETE /me/sessions/{id}': async () => {
    const { username } = await made(name())
    const { use } = await signIn(username)
    return use('DELETE', `/me/sessions/${await sessionOf(username)}`)
  },
  'DELETE /users/{id}/sessions': async () => {
    const { id, username } = await made(name())
    await signIn(username)
    return admin('DELETE', `/users/${id}/sessions`)
  },
  'DELETE /users/{id}/sessions/{sid}': async () => {
    const { id, username } = await made(name())
    return admin('DELETE', `/users/${id}/sessions/${await sessionOf(username)}`)
  },
  'PUT /me/email': async () => {
    const { username } = await made(name())
    const json = { email: 'ana@example.com' }
    return (await signIn(username)).use('PUT', '/me/email', json)
  },
  'PUT /me/password': async () => {
    const { username } = await made(name())
    const json = { current_password: PASSWORD, new_password: 'another long horse battery' }
    return (await signIn(username)).use('PUT', '/me/password', json)
  },
  'POST /runs/{id}/cancel': async () => admin('POST', `/runs/${await run()}/cancel`),
  'POST /runs/{id}/retry': async () => {
    const id = await run()
    await admin('POST', `/runs/${id}/cancel`)
    return admin('POST', `/runs/${id}/retry`)
  },
  'POST /silences': () => admin('POST', '/silences', { json: silence() }),
  'DELETE /silences/{id}': async () => admin('DELETE', await create('/silences', silence())),
  'POST /users': () => admin('POST', '/users', { json: { username: name(), password: PASSWORD, role: 'viewer' } }),
  'PATCH /users/{id}': async () => admin('PATCH', `/users/${(await made(name())).id}`, { json: { role: 'operator' } }),
  'POST /webhook/airflow': () => admin('POST', '/webhook/airflow', { json: { job: 'job' } }),
}

test('every operation that changes something is called here, or has a reason to leave no row', () => {
  expect([...Object.keys(CALLS), ...Object.keys(NOT_AUDITED)].toSorted()).toEqual(operations.toSorted())
})

test('a success leaves a row that names the request, its user and what it happened to', async () => {
  for (const [operation, call] of Object.entries(CALLS)) {
    const answer = await call()
    expect([operation, answer.ok]).toEqual([operation, true])
    const rows = await api.db.sql<AuditRow[]>`
      select * from audit where request_id = ${answer.headers.get('x-request-id')}`
    expect([operation, rows.length > 0]).toEqual([operation, true])
    for (const { actor_id, actor_name } of rows)
      expect([operation, typeof actor_id, typeof actor_name]).toEqual([operation, 'string', 'string'])
    // A password or a code must not be there, whatever is audited.
    expect(JSON.stringify(rows)).not.toMatch(/horse|battery|\$pbkdf2/)
  }
})
