/** The outbox with everything that a channel may do to it. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Sql } from 'postgres'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { ALERTS_CHANGED } from '../../../db/alerts/alerts.ts'
import { observe } from '../../../db/alerts/observe.ts'
import { emailChannel } from '../../../db/alerts/delivery/channels/email.ts'
import { slackChannel } from '../../../db/alerts/delivery/channels/slack.ts'
import { webhookChannel } from '../../../db/alerts/delivery/channels/webhook.ts'
import { retryDelay } from '../../../db/alerts/delivery/deliver.ts'
import { ChannelError } from '../../../db/alerts/delivery/channel.ts'
import { until } from '../../kit/program.ts'
import { outboxFixture } from './outbox-fixture.ts'
import { startMuteServer, type Hook } from '../../kit/alert-servers.ts'

setDefaultTimeout(120_000)

const WAIT_MS = 60_000
const fixture = outboxFixture()
const { hook, outbox } = fixture
const see = (ok: boolean, ...subjects: string[]) =>
  observe(
    fixture.sql,
    subjects.map((subject) => ({ rule: 'JOB_FAILED', subject, ok, detail: 'boom' })),
  )
const kinds = ({ requests }: Hook) => requests.map(({ body }) => `${body.kind} ${body.subject}`)
/** As if its delay were over. */
async function hurry(sql: Sql = fixture.sql) {
  await sql`update alert_notifications set available_at = now() where sent_at is null`
  await sql`select pg_notify(${ALERTS_CHANGED}, '')`
}
interface OutboxRow {
  kind: string
  attempts: number
  last_error: string | null
  dead: boolean
  sent: boolean
  wait_s: number
}
const outboxRows = (channel: string) => fixture.sql<OutboxRow[]>`
  select kind, attempts, last_error, dead_at is not null as dead, sent_at is not null as sent,
    extract(epoch from available_at - now())::float8 as wait_s
  from alert_notifications where channel = ${channel} order by id`

test('a mail server that hangs holds up nobody else', async () => {
  const [web, mute] = [hook(), startMuteServer()]
  fixture.afterTest(mute.close)
  const mailbox = { url: `smtp://127.0.0.1:${mute.port}`, from: 'a@example.com', to: ['b@example.com'] }
  await outbox(emailChannel(mailbox, 'INFO'), webhookChannel(web.url, undefined, 'INFO'))
  await see(false, 'a')
  await until('the mail server to be asked', () => mute.connections() > 0, WAIT_MS)
  await see(false, 'b')
  await see(true, 'a', 'b')
  await until('all of the webhook', () => web.requests.length === 4, WAIT_MS)
  expect(kinds(web).toSorted()).toEqual(['firing a', 'firing b', 'resolved a', 'resolved b'])
  expect(await outboxRows('email')).toMatchObject([{ attempts: 1, sent: false }, { attempts: 0 }, {}, {}])
})

test('Slack that answers 500 is tried again later, and then told in order', async () => {
  const slack = hook()
  slack.answer = (n) => (n <= 2 ? new Response('oops', { status: 500 }) : new Response('ok'))
  await outbox(slackChannel(slack.url, 'INFO'))
  await see(false, 'a')
  await until('the first try', async () => (await outboxRows('slack'))[0]!.last_error, WAIT_MS)
  await see(true, 'a')
  expect(await outboxRows('slack')).toMatchObject([
    { kind: 'firing', attempts: 1, last_error: 'answered 500: oops' },
    { kind: 'resolved', attempts: 0 },
  ])
  await hurry()
  await until('the second try', async () => (await outboxRows('slack'))[0]!.attempts === 2, WAIT_MS)
  await until('its answer', async () => (await outboxRows('slack'))[0]!.wait_s < 30, WAIT_MS)
  await hurry()
  await until('both', () => slack.requests.length === 4, WAIT_MS)
  const titles = slack.requests.map(({ body }) => body.text)
  expect(titles.map((title) => title.split(':')[0])).toEqual(['Error', 'Error', 'Error', 'Resolved'])
  await until('both to be written as sent', async () => (await outboxRows('slack')).every(({ sent }) => sent))
})

test('after a 429 nothing goes to that channel before the time that it asked for', async () => {
  const slack = hook()
  slack.answer = () => new Response('slow down', { status: 429, headers: { 'retry-after': '100' } })
  await outbox(slackChannel(slack.url, 'INFO'))
  await see(false, 'a', 'b', 'c')
  await until('the pause', async () => (await outboxRows('slack')).every(({ wait_s }) => wait_s > 30), WAIT_MS)
  expect(slack.requests).toHaveLength(1)
  const waits = (await outboxRows('slack')).map(({ wait_s }) => wait_s)
  expect(Math.min(...waits)).toBeGreaterThan(90)
  expect(Math.max(...waits)).toBeLessThan(115)
})

test('what fails for a day is given up and says why; the end of the alert is told all the same', async () => {
  const web = hook()
  web.answer = () =>
    web.requests.at(-1)!.body.kind === 'firing' ? new Response('no such hook', { status: 404 }) : new Response('ok')
  await outbox(webhookChannel(web.url, undefined, 'INFO'))
  await see(false, 'a')
  await until('the first try', async () => (await outboxRows('webhook'))[0]!.last_error, WAIT_MS)
  await see(true, 'a')
  await fixture.sql`update alert_notifications set attempts = 4, created_at = now() - interval '24 h' where kind = 'firing'`
  await hurry()
  await until('it to be given up', async () => (await outboxRows('webhook'))[0]!.dead, WAIT_MS)
  await until('the end', () => kinds(web).includes('resolved a'), WAIT_MS)
  await until('it to be written', async () => (await outboxRows('webhook'))[1]!.sent, WAIT_MS)
  expect(await outboxRows('webhook')).toMatchObject([
    { kind: 'firing', attempts: 5, dead: true, last_error: 'answered 404: no such hook' },
    { kind: 'resolved', dead: false },
  ])
})

test('replicas share the work: each message arrives once', async () => {
  const web = hook()
  await Promise.all([1, 2, 3].map(() => outbox(webhookChannel(web.url, undefined, 'INFO'))))
  const subjects = Array.from({ length: 20 }, (_, i) => `job_${i}`)
  await see(false, ...subjects)
  await see(true, ...subjects)
  await until('all', () => web.requests.length >= 40, WAIT_MS)
  await until('all to be written', async () => (await outboxRows('webhook')).every(({ sent }) => sent), WAIT_MS)
  expect(new Set(web.requests.map(({ body }) => body.id)).size).toBe(40)
  expect(web.requests).toHaveLength(40)
  for (const subject of subjects)
    expect(kinds(web).indexOf(`firing ${subject}`)).toBeLessThan(kinds(web).indexOf(`resolved ${subject}`))
})

test('an outbox that stops hands back what hangs, for another to send', async () => {
  const web = hook()
  const never = Promise.withResolvers<Response>()
  web.answer = (n) => (n === 1 ? never.promise : new Response('ok'))
  const first = await outbox(webhookChannel(web.url, undefined, 'INFO'))
  await see(false, 'a')
  await until('the request', () => web.requests.length === 1, WAIT_MS)
  await first.stop()
  await outbox(webhookChannel(web.url, undefined, 'INFO'))
  await until('the other to send it', () => web.requests.length === 2, WAIT_MS)
  expect(web.requests[1]!.body.id).toBe(web.requests[0]!.body.id)
  never.resolve(new Response('ok'))
})

test('a silence that is over, and a reminder, are told without any new observation', async () => {
  const { sql } = fixture
  const web = hook()
  await sql`insert into silences (id, subject, ends_at, reason, created_by)
    values (${Bun.randomUUIDv7()}, 'a', now() + interval '1 h', 'r', 'me')`
  await outbox(webhookChannel(web.url, undefined, 'INFO'))
  await see(false, 'a', 'b')
  await until('the other', () => kinds(web).includes('firing b'), WAIT_MS)
  await until('it to be written', async () => (await outboxRows('webhook'))[0]!.sent, WAIT_MS)
  expect(kinds(web)).toEqual(['firing b'])
  await sql`update silences set ends_at = clock_timestamp()`
  await sql`update alert_notifications set created_at = now() - interval '24 h'`
  await until('both', () => web.requests.length === 3, WAIT_MS)
  expect(kinds(web).toSorted()).toEqual(['firing a', 'firing b', 'reminder b'])
})

test('what waits for a channel that nobody has configured any more is given up', async () => {
  const { sql } = fixture
  await nameChannels(sql, [{ name: 'slack', min_severity: 'INFO' }])
  await see(false, 'a')
  await sql`update alert_channels set seen_at = now() - interval '1 h'`
  await sql`update alert_notifications set available_at = now() - interval '1 h'`
  await nameChannels(sql, [{ name: 'log', min_severity: 'INFO' }])
  expect(await outboxRows('slack')).toMatchObject([{ dead: true, last_error: expect.stringContaining('configured') }])
})

test('delays grow to a quarter of an hour, and never undercut what was asked for', () => {
  for (const [attempts, least_s] of [
    [1, 5],
    [2, 10],
    [5, 80],
    [9, 900],
    [50, 900],
  ] as const) {
    const delay_s = retryDelay(attempts, new Error('x'))
    expect(delay_s).toBeGreaterThanOrEqual(least_s)
    expect(delay_s).toBeLessThanOrEqual(least_s * 1.1)
  }
  expect(retryDelay(1, new ChannelError({ en: 'x', pt: 'x' }, 60))).toBeGreaterThanOrEqual(60)
  expect(retryDelay(1, new ChannelError({ en: 'x', pt: 'x' }, 1e9))).toBeLessThan(4000)
})
