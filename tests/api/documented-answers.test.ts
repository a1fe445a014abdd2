/** What the API answers is what its OpenAPI document says, and nothing beside that. */
import Ajv from 'ajv/dist/2020'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { recordBeat, recordSettings, thisProcess } from '../../db/monitoring/programs.ts'
import { recordPing } from '../../db/monitors/ping.ts'
import { registerMonitors } from '../../db/monitors/register.ts'
import { pingToken } from '../../db/monitors/tokens.ts'
import { storeLetters } from '../../db/dead-letters/letters.ts'
import { attemptDocument, ATTEMPTS_COLLECTION } from '../../db/orders/journal.ts'
import { writeOutput } from '../../db/orders/output.ts'
import { EVENTS_TABLE } from '../../db/events/history.ts'
import { showSettings } from '../../lib/settings.ts'
import { PING_SECRET, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

type Json = Record<string, unknown>
interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Json }> }>
}

let api: TestApi
let document: { paths: Record<string, Record<string, Operation>>; components: Json }
beforeAll(async () => {
  api = await testApi()
  document = (await (await api.call('GET', '/docs/json')).json()) as typeof document
  await fill()
})
afterAll(() => api.close())

const RUN = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'
const ALERT = '01a1fc6d-ba26-771a-b067-b72d1b4570e9'
const TRAVEL = { trace_id: RUN, replay: 0, attempts_before: 0 }
const REPORT = '01a1fc6d-ba26-771a-b067-b72d1b4570ea'

/** A row of everything that can be read. */
async function fill(): Promise<void> {
  const { sql } = api.db
  const item = { sku: 'A-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }
  await api.call('POST', '/embalagens', { as: 'operator', json: item })
  await api.call('POST', '/charts?name=a.csv', {
    as: 'operator',
    body: 'a;b\n1;2',
    headers: { 'content-type': 'text/csv' },
  })
  await api.call('POST', '/silences', {
    as: 'admin',
    json: { ends_at: new Date(Date.now() + 60_000), reason: 'Teste' },
  })
  const password = 'caderno azul e chuva fina'
  await api.call('POST', '/users', { as: 'admin', json: { username: 'maria', password, role: 'viewer' } })
  await sql`insert into jobs (name, schedule, timezone) values ('nightly', '30 2 * * *', 'America/Sao_Paulo')`
  await sql`
    insert into runs (id, job, slot, trigger, state, attempt, started_at, finished_at)
    values (${RUN}, 'nightly', now(), 'schedule', 'succeeded', 1, now(), now())`
  await sql`insert into slots (job, slot, state, run_id) select job, slot, 'ran', id from runs`
  await sql`insert into run_attempts (run_id, attempt, state, worker) values (${RUN}, 1, 'succeeded', 'w')`
  await sql`insert into run_logs (run_id, attempt, level, message) values (${RUN}, 1, 'info', 'a line')`
  const ask = { every_s: 3600, schedule: null, timezone: 'UTC', grace_s: 300 }
  const common = { every_s: 60, timeout_s: 10, failures: 1, file: null }
  await registerMonitors(sql, [{ name: 'nightly', kind: 'push', ask, ...common }])
  await recordPing(sql, 'nightly', 'fail', 'disk full')
  await sql`
    insert into alerts (id, rule, subject, severity, state, detail, failures, opened_at, last_failed_at, fired_at)
    values (${ALERT}, 'JOB_FAILED', 'nightly', 'ERROR', 'firing', ${sql.json({ en: 'It failed.', pt: 'Falhou.' })}, 1,
      now(), now(), now())`
  await sql`
    insert into api_keys (id, user_id, name, name_folded, hash, start, role, expires_at)
    select gen_random_uuid(), id, 'script', 'script', sha256(id::text::bytea), 'doca_1a2b', 'viewer', now() + interval '1 day' from users`
  await api.call('POST', '/systems/a/orders/fill', { as: 'operator', json: { count: 1 } })
  const order = { origin: 'a', order_id: 1, product: 'Caixa', price: '1', security_check: true, required_attempts: 2 }
  await writeOutput(api.orders.output, [{ message_id: RUN, ...order }])
  await sql`insert into order_messages ${sql({ message_id: RUN, ...order, trace_id: RUN, attempt: 2, state: 'output', worker: 'w' })}`
  const attempt = { attempt: { message: { message_id: RUN, ...order }, travel: TRAVEL, attempt: 1, worker: 'w' } }
  const made = {
    ...attempt,
    status: 'failed',
    error: 'No.',
    begun_at: new Date(),
    deliveries: 1,
    now: new Date(),
  } as const
  await api.db.journal.write(ATTEMPTS_COLLECTION, [attemptDocument(made)], 60)
  const why = { step: 'decode', reason: 'not_json', detail: 'It is not JSON.', death: RUN }
  const letter = { source: 'orders', message_id: RUN, replay: 0, origin: null, headers: {}, attempts: 1, ...why }
  await storeLetters(sql, [
    { ...letter, body: new Uint8Array() },
    { ...letter, body: new Uint8Array(), source: 'events', death: ALERT },
  ])
  await api.call('POST', '/replays', { as: 'operator', json: { name: 'again', source: 'orders', filter: {} } })
  const data = {
    event_id: RUN,
    sku: 'A-1',
    kind: 'sale',
    quantity: 1,
    occurred_at: new Date().toISOString(),
    data: {},
    packaging: {},
    trace_id: RUN,
  }
  await sql`
    insert into people (id, first_name, email, born_at, written_at)
    values (${RUN}, 'Íris', 'iris@example.com', now(), now())`
  await api.db.history.write(EVENTS_TABLE, [{ partition: 'A-1', at: new Date(), id: RUN, data }])
  const me = thisProcess('api')
  await recordBeat(sql, me)
  await recordSettings(sql, me, showSettings(api.config.environment, {}))
  await sql`insert into reports (id, name, run_id, summary) values (${REPORT}, 'catalogue', ${RUN}, '{"items": 1}')`
}

const PARAMETERS: Record<string, string> = {
  name: 'nightly',
  code: 'sku_taken',
  token: pingToken(PING_SECRET, 'nightly'),
  system: 'a',
  message_id: RUN,
}

/** The path with an id of the list beside it. */
async function pathOf(path: string): Promise<string> {
  const [, collection] = /^(.*?)\/\{id\}/.exec(path) ?? []
  const named = path.replaceAll(/\{(name|code|token|system|message_id)\}/g, (_, name: string) => PARAMETERS[name]!)
  if (collection === undefined) return named
  if (collection === '/runs') return named.replace('{id}', RUN)
  const page = (await (await api.call('GET', collection, { as: 'admin' })).json()) as { items: Array<{ id: string }> }
  return named.replace('{id}', page.items[0]!.id)
}

/** Objects that list their properties take no others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!schema || typeof schema !== 'object') return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]))
  return 'properties' in parts && !('additionalProperties' in parts) ? { ...parts, additionalProperties: false } : parts
}

test('every GET answers what its schema says, with no field that it does not name', async () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  ajv.addFormat('uri-reference', /^\S+$/)
  ajv.addSchema({ $id: 'document', components: closed(document.components) as object })
  let seen = 0
  for (const [path, { get }] of Object.entries(document.paths)) {
    const schema = get?.responses['200']?.content?.['application/json']?.schema
    if (!schema) continue
    const at = await pathOf(path)
    const answer = await api.call('GET', path === '/events/history' ? `${at}?sku=A-1` : at, { as: 'admin' })
    expect([at, answer.status]).toEqual([at, 200])
    const check = ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/', '"document#/')) as object)
    const body = (await answer.json()) as { items?: unknown[] }
    expect([at, check(body), check.errors]).toEqual([at, true, null])
    // An empty list would fit anything.
    expect([at, body.items?.length]).not.toEqual([at, 0])
    seen++
  }
  expect(seen).toBeGreaterThan(25)
})
