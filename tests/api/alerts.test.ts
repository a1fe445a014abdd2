import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { observe } from '../../db/alerts/observe.ts'
import { claimNotifications, notificationsFailed } from '../../db/alerts/outbox.ts'
import { nameChannels } from '../../db/alerts/channels.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
beforeEach(async () => void (await api.db.sql`truncate alerts, alert_notifications, silences, alert_channels`))

interface Alert {
  id: string
  name: string
  rule: string
  subject: string
  state: string
  detail: string
  acknowledged_by: string | null
  notifications: Array<Record<string, unknown>>
}
const read = async (path: string, as: 'viewer' | 'admin' = 'viewer', headers = {}) =>
  (await api.call('GET', path, { as, headers })).json() as Promise<{ items: Alert[]; next_cursor: string | null }>
const subjects = async (query: string) => (await read(`/alerts${query}`)).items.map(({ subject }) => subject)
const detail = { en: 'it broke', pt: 'quebrou' }
const see = (ok: boolean, ...names: string[]) =>
  observe(
    api.db.sql,
    names.map((subject) => ({ rule: 'JOB_FAILED', subject, ok, detail })),
  )

test('alerts come newest first, page by page, by state, severity and either name of a rule', async () => {
  await see(false, 'a', 'b', 'c')
  await see(true, 'b')
  await observe(api.db.sql, [
    { rule: 'API_DOWN', subject: 'd', ok: false },
    { rule: 'JOB_FAILED', subject: 'e', ok: false, alias: 'AIRFLOW_DAG_FAILED' },
  ])
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await read(`/alerts?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.items.map(({ subject }) => subject))
    cursor = page.next_cursor
  } while (cursor)
  expect(seen).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(await subjects('?state=firing')).toEqual(['e', 'c', 'a'])
  expect(await subjects('?state=resolved')).toEqual(['b'])
  expect(await subjects('?severity=CRITICAL')).toEqual(['d'])
  expect(await subjects('?rule=JOB_FAILED&state=firing')).toEqual(['e', 'c', 'a'])
  expect(await subjects('?rule=AIRFLOW_DAG_FAILED')).toEqual(['e'])
  expect(await subjects('?q=airflow')).toEqual(['e'])
  expect(await subjects('?q=API_d')).toEqual(['d'])
  const [airflow] = (await read('/alerts?rule=AIRFLOW_DAG_FAILED')).items
  expect(airflow).toMatchObject({ name: 'AIRFLOW_DAG_FAILED', rule: 'JOB_FAILED' })
  for (const query of ['?state=bad', '?rule=bad', '?severity=error', '?limit=0', '?odd=1', '?cursor=bad'])
    expect([query, (await api.call('GET', `/alerts${query}`, { as: 'viewer' })).status]).toEqual([query, 422])
  const other = Buffer.from(JSON.stringify({ at: 'never', id: 'x' })).toString('base64url')
  expect((await api.call('GET', `/alerts?cursor=${other}`, { as: 'viewer' })).status).toBe(422)
})

test('one alert in the reader’s language, with what was told where and what could not be', async () => {
  const { sql } = api.db
  await nameChannels(sql, [{ name: 'slack', min_severity: 'INFO' }])
  await see(false, 'a')
  const held = await claimNotifications(sql, 'slack', { lease_s: 60, group_s: 0 })
  await notificationsFailed(sql, held, {
    error: { en: 'answered 500', pt: 'respondeu 500' },
    retry_in_s: 60,
    give_up_s: 86_400,
  })
  const { id } = (await read('/alerts')).items[0]!
  const answer = await api.call('GET', `/alerts/${id}`, { as: 'viewer', headers: { 'accept-language': 'pt' } })
  expect(await answer.json()).toMatchObject({
    id,
    detail: 'quebrou',
    title: 'o job a falhou',
    advice: expect.stringContaining('Leia o log'),
    command: 'bun run jobs runs a',
    path: null,
    notifications: [{ channel: 'slack', kind: 'firing', attempts: 1, last_error: 'respondeu 500', sent_at: null }],
  })
  expect((await read('/alerts')).items[0]!.detail).toBe('it broke')
  const missing = `/alerts/${Bun.randomUUIDv7()}`
  expect((await api.call('GET', missing, { as: 'viewer' })).status).toBe(404)
  expect((await api.call('GET', '/alerts/bad', { as: 'viewer' })).status).toBe(422)
})

test('an operator acknowledges; the first is kept, a viewer may not, and there is an audit row', async () => {
  const { sql } = api.db
  await see(false, 'a')
  const { id } = (await read('/alerts')).items[0]!
  expect((await api.call('POST', `/alerts/${id}/ack`, { as: 'viewer' })).status).toBe(403)
  for (const as of ['operator', 'admin'] as const) {
    const answer = await api.call('POST', `/alerts/${id}/ack`, { as, json: { note: `by the ${as}` } })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      id,
      state: 'firing',
      acknowledged_by: 'operator',
      acknowledged_note: 'by the operator',
    })
  }
  const audited = await sql`select actor_name, target from audit where action = 'alert.acknowledged'`
  expect([...audited]).toEqual([{ actor_name: 'operator', target: 'a' }])
  await see(true, 'a')
  expect((await api.call('POST', `/alerts/${id}/ack`, { as: 'operator' })).status).toBe(200)
  await observe(sql, [{ rule: 'API_DOWN', subject: 'p', ok: false }])
  const pending = (await read('/alerts?state=pending')).items[0]!
  expect((await api.call('POST', `/alerts/${pending.id}/ack`, { as: 'operator' })).status).toBe(409)
  expect((await api.call('POST', `/alerts/${Bun.randomUUIDv7()}/ack`, { as: 'operator' })).status).toBe(404)
})

test('an admin makes and ends silences; they are listed, and end by themselves', async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  const body = { rule: 'JOB_FAILED', subject: 'noite 🌙', ends_at: soon, reason: 'migration' }
  expect((await api.call('POST', '/silences', { as: 'operator', json: body })).status).toBe(403)
  const key = { 'idempotency-key': 'k1' }
  const made = await api.call('POST', '/silences', { as: 'admin', json: body, headers: key })
  expect(made.status).toBe(201)
  const silence = (await made.json()) as { id: string }
  expect(silence).toMatchObject({ ...body, created_by: 'admin', active: true })
  const again = await api.call('POST', '/silences', { as: 'admin', json: body, headers: key })
  expect(((await again.json()) as { id: string }).id).toBe(silence.id)
  const later = new Date(Date.now() + 1_800_000).toISOString()
  const all = await api.call('POST', '/silences', {
    as: 'admin',
    json: { starts_at: later, ends_at: soon, reason: 'r' },
  })
  expect(await all.json()).toMatchObject({ rule: null, subject: null, active: false })
  expect((await read('/silences')).items).toHaveLength(2)
  expect((await read('/silences?active=true')).items).toMatchObject([{ id: silence.id }])
  expect((await read('/silences?active=false&limit=1')).next_cursor).toBeNull()
  const [first] = (await read('/silences?limit=1')).items
  const { next_cursor } = await read('/silences?limit=1')
  expect((await read(`/silences?limit=1&cursor=${next_cursor}`)).items[0]!.id).not.toBe(first!.id)

  expect((await api.call('DELETE', `/silences/${silence.id}`, { as: 'operator' })).status).toBe(403)
  expect((await api.call('DELETE', `/silences/${silence.id}`, { as: 'admin' })).status).toBe(204)
  expect((await api.call('DELETE', `/silences/${silence.id}`, { as: 'admin' })).status).toBe(404)
  const audited = await api.db.sql`select action from audit where action like 'silence.%' order by at`
  expect(audited.map(({ action }) => action)).toEqual(['silence.created', 'silence.created', 'silence.ended'])
})

test('what is no silence is a 422 that says where', async () => {
  const good = { ends_at: new Date(Date.now() + 3_600_000).toISOString(), reason: 'r' }
  for (const [bad, path] of [
    [{ rule: 'NOPE' }, '/rule'],
    [{ subject: 'two\nlines' }, '/subject'],
    [{ subject: '' }, '/subject'],
    [{ ends_at: '2020-01-01T00:00:00Z' }, '/ends_at'],
    [{ ends_at: 'soon' }, '/ends_at'],
    [{ ends_at: '2026-11-21T10:00:60Z' }, '/ends_at'],
    [{ ends_at: '9000-01-01T00:00:00Z' }, '/ends_at'],
    [{ starts_at: '2999-01-01T00:00:00Z' }, '/ends_at'],
    [{ starts_at: '0000-01-01T00:00:00Z' }, '/starts_at'],
    [{ reason: '' }, '/reason'],
    [{ odd: 1 }, '/odd'],
  ] as const) {
    const answer = await api.call('POST', '/silences', { as: 'admin', json: { ...good, ...bad } })
    expect([bad, answer.status]).toEqual([bad, 422])
    const { errors } = (await answer.json()) as { errors: Array<{ path: string; message: string }> }
    expect(errors[0]!.path).toBe(path)
    // For people: not in the words of the program.
    expect(errors[0]!.message).not.toContain('kind')
  }
})

/** The events of a stream, as they come. */
async function* eventsOf(response: Response) {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true })
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end)
      text = text.slice(end + 2)
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (data) yield { ...(JSON.parse(data) as Alert), place: /^id: (.*)$/m.exec(event)![1]! }
    }
  }
}

test('the stream begins with what fires, tells each change, and goes on where a client left it', async () => {
  await see(false, 'old')
  await see(true, 'old')
  await see(false, 'a')
  const stream = eventsOf(await api.call('GET', '/alerts/stream', { as: 'viewer' }))
  const next = async (from = stream) => (await from.next()).value!
  const brief = ({ subject, state, acknowledged_by }: Alert) => [subject, state, acknowledged_by]
  const first = await next()
  expect(brief(first)).toEqual(['a', 'firing', null])
  await see(false, 'b')
  let event = await next()
  // What ended within the last minute may be told, too.
  while (event.subject === 'old') event = await next()
  expect(brief(event)).toEqual(['b', 'firing', null])
  const { id } = (await read('/alerts?state=firing')).items.find(({ subject }) => subject === 'b')!
  await api.call('POST', `/alerts/${id}/ack`, { as: 'operator' })
  const last = await next()
  expect(brief(last)).toEqual(['b', 'firing', 'operator'])
  await stream.return(undefined)

  await see(true, 'b')
  const headers = { 'last-event-id': last.place }
  const again = eventsOf(await api.call('GET', '/alerts/stream', { as: 'viewer', headers }))
  let missed = await next(again)
  while (missed.state !== 'resolved' || missed.subject !== 'b') missed = await next(again)
  expect(brief(missed)).toEqual(['b', 'resolved', 'operator'])
  await again.return(undefined)
  const odd = await api.call('GET', '/alerts/stream', { as: 'viewer', headers: { 'last-event-id': 'x' } })
  expect(odd.status).toBe(422)
  expect((await api.call('GET', '/alerts/stream')).status).toBe(401)
})

test('alerts come worst first, page by page; what a silence holds back, or somebody has noted, needs no person', async () => {
  await see(false, 'long', 'noted', 'mute', 'over')
  await see(true, 'over')
  await observe(api.db.sql, [
    { rule: 'API_DOWN', subject: 'pending', ok: false },
    { rule: 'QUEUE_DEAD', subject: 'mild', ok: false },
  ])
  await see(false, 'short')
  const { items } = await read('/alerts?q=noted')
  await api.call('POST', `/alerts/${items[0]!.id}/ack`, { as: 'operator', json: {} })
  const silence = { subject: 'mute', ends_at: new Date(Date.now() + 3_600_000).toISOString(), reason: 'r' }
  await api.call('POST', '/silences', { as: 'admin', json: silence })
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await read(`/alerts?sort=worst&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.items.map(({ subject }) => subject))
    cursor = page.next_cursor
  } while (cursor)
  expect(seen).toEqual(['pending', 'long', 'mute', 'short', 'mild', 'noted', 'over'])
  expect(await subjects('?needs_person=true&sort=worst')).toEqual(['long', 'short', 'mild'])
  expect(await subjects('?silenced=true')).toEqual(['mute'])
  expect((await read('/alerts?q=mute')).items[0]).toMatchObject({ silenced: true })
  const { next_cursor } = await read('/alerts?limit=1')
  const rank = Buffer.from(JSON.stringify({ rank: 'x', at: 'now', id: items[0]!.id })).toString('base64url')
  for (const query of [
    `?sort=worst&cursor=${next_cursor}`,
    `?sort=worst&cursor=${rank}`,
    '?sort=best',
    '?silenced=maybe',
  ])
    expect([query, (await api.call('GET', `/alerts${query}`, { as: 'viewer' })).status]).toEqual([query, 422])
})
