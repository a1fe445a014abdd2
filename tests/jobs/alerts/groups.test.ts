/** A crowd of alerts is few messages where people read: nothing of it is lost, and nobody waits for the first. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { ALERTS_CHANGED } from '../../../db/alerts/alerts.ts'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { observe } from '../../../db/alerts/observe.ts'
import { claimNotifications, notificationsSent, waitOfChannels } from '../../../db/alerts/outbox.ts'
import type { RuleName } from '../../../db/alerts/rules.ts'
import type { Channel } from '../../../db/alerts/delivery/channel.ts'
import { slackChannel } from '../../../db/alerts/delivery/channels/slack.ts'
import { webhookChannel } from '../../../db/alerts/delivery/channels/webhook.ts'
import { asMessage } from '../../../db/alerts/delivery/deliver.ts'
import { wordsOf } from '../../../db/alerts/delivery/words.ts'
import { until } from '../../kit/program.ts'
import { message } from './message.ts'
import { outboxFixture } from './outbox-fixture.ts'
import type { Hook } from '../../kit/alert-servers.ts'

setDefaultTimeout(120_000)

const WAIT_MS = 60_000
const fixture = outboxFixture()
const { hook, outbox } = fixture
const see = (ok: boolean, subjects: string[], rule: RuleName = 'JOB_FAILED') =>
  observe(
    fixture.sql,
    subjects.map((subject) => ({ rule, subject, ok, detail: `${subject} broke` })),
  )
const jobs = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `job_${from + i}`)
const titles = ({ requests }: Hook) => requests.map(({ body }) => body.text as string)
const textOf = ({ requests }: Hook, at: number) => JSON.stringify(requests[at]!.body.blocks)
/** Those that one observation opened have no order among themselves. */
const subjectsOf = (held: Array<{ subject: string }>) => held.map(({ subject }) => subject).toSorted()
const grouped = (channel: Channel, group_s: number): Channel => ({ ...channel, group_s })
const unsent = async () =>
  (await fixture.sql<{ n: number }[]>`select count(*)::int as n from alert_notifications where sent_at is null`)[0]!.n

/** As if it had all been sent so long ago that nothing waits for it. */
async function later() {
  await fixture.sql`update alert_notifications set sent_at = sent_at - interval '1 h' where sent_at is not null`
  await fixture.sql`select pg_notify(${ALERTS_CHANGED}, '')`
}

test('of fifty jobs that fail one after another the first is told at once, and the others in one message', async () => {
  const slack = hook()
  await outbox(grouped(slackChannel(slack.url, 'INFO'), 600))
  await see(false, ['job_0'])
  await until('the first', async () => slack.requests.length === 1 && (await unsent()) === 0, WAIT_MS)
  for (const subject of jobs(1, 50)) await see(false, [subject])
  expect(await unsent()).toBe(49)
  await later()
  await until('the others', async () => (await unsent()) === 0, WAIT_MS)
  expect(titles(slack)).toEqual(['Error: the job job_0 failed', 'Error: the job job_1 failed (and 48 more)'])
  const text = textOf(slack, 1)
  for (const subject of jobs(1, 21))
    expect(text).toContain(`• ${subject}: ${subject} broke\\n  bun run jobs runs ${subject}`)
  expect(text).not.toContain('job_21')
  expect(text).toContain('and 29 more')
  expect(text).toContain('Alerts: 49')

  // Their end is told in the same way, and after it.
  await see(true, jobs(0, 50))
  await until('the end', async () => (await unsent()) === 0, WAIT_MS)
  expect(titles(slack).slice(2)).toEqual([
    expect.stringMatching(/^Resolved: the job job_\d+ no longer fails \(and 49 more\)$/),
  ])
})

test('what follows within the time waits for its end without being asked for, and no longer', async () => {
  const slack = hook()
  await outbox(grouped(slackChannel(slack.url, 'INFO'), 1))
  await see(false, ['job_0'])
  await until('the first', async () => slack.requests.length === 1 && (await unsent()) === 0, WAIT_MS)
  await see(false, jobs(1, 4))
  await until('the others', async () => (await unsent()) === 0, WAIT_MS)
  expect(titles(slack)).toEqual([
    'Error: the job job_0 failed',
    expect.stringMatching(/: the job job_[123] failed \(and 2 more\)$/),
  ])
  const [first, second] = await fixture.sql<{ sent_at: Date }[]>`
    select distinct sent_at from alert_notifications order by sent_at`
  expect(second!.sent_at.getTime() - first!.sent_at.getTime()).toBeGreaterThanOrEqual(1000)
})

test('other rules and other kinds wait for nothing, and programs get each alert by itself', async () => {
  const [slack, web] = [hook(), hook()]
  await outbox(grouped(slackChannel(slack.url, 'INFO'), 600), webhookChannel(web.url, undefined, 'INFO'))
  await see(false, ['job_0'])
  await until('the first', async () => slack.requests.length === 1, WAIT_MS)
  await see(false, ['backup'], 'BACKUP_STALE')
  await see(true, ['job_0'])
  await until('both', () => slack.requests.length === 3, WAIT_MS)
  expect(titles(slack).toSorted()).toEqual([
    'Error: the job job_0 failed',
    'Error: the newest good backup is too old',
    'Resolved: the job job_0 no longer fails',
  ])
  await see(false, jobs(1, 6))
  await until('all of the webhook', () => web.requests.length === 8, WAIT_MS)
  expect(
    web.requests
      .map(({ body }) => body.subject as string)
      .slice(3)
      .toSorted(),
  ).toEqual(jobs(1, 6))
})

test('something critical waits three seconds at most', async () => {
  const { sql } = fixture
  await nameChannels(sql, [{ name: 'slack', min_severity: 'INFO' }])
  const claim = () => claimNotifications(sql, 'slack', { lease_s: 60, group_s: 600 })
  for (let n = 0; n < 3; n++) await see(false, ['one'], 'API_DOWN')
  const first = await claim()
  expect(first).toMatchObject([{ severity: 'CRITICAL', subject: 'one' }])
  await notificationsSent(sql, first)
  for (let n = 0; n < 3; n++) await see(false, ['two'], 'API_DOWN')
  const waits = await waitOfChannels(sql, [{ name: 'slack', group_s: 600 }])
  expect(waits.get('slack')!).toBeLessThanOrEqual(3000)
  await until('the second', async () => (await claim())[0]?.subject === 'two', WAIT_MS)
})

test('a group that is refused stays whole, and arrives when it is taken', async () => {
  const slack = hook()
  slack.answer = (n) => (n === 1 ? new Response('oops', { status: 500 }) : new Response('ok'))
  await outbox(grouped(slackChannel(slack.url, 'INFO'), 600))
  await see(false, jobs(0, 5))
  const tried = () => fixture.sql`select 1 from alert_notifications where last_error = 'answered 500: oops'`
  await until('the refusal of all', async () => (await tried()).length === 5, WAIT_MS)
  await fixture.sql`update alert_notifications set available_at = now()`
  await fixture.sql`select pg_notify(${ALERTS_CHANGED}, '')`
  await until('all of them', async () => (await unsent()) === 0, WAIT_MS)
  expect(titles(slack)[0]).toEndWith(' (and 4 more)')
  expect(titles(slack)).toEqual([titles(slack)[0]!, titles(slack)[0]!])
})

test('of a group whose sender died each is claimed again, and a larger group has another id', async () => {
  const { sql } = fixture
  await nameChannels(sql, [{ name: 'slack', min_severity: 'INFO' }])
  const claim = () => claimNotifications(sql, 'slack', { lease_s: 60, group_s: 600 })
  await see(false, jobs(0, 3))
  const died = await claim()
  expect(subjectsOf(died)).toEqual(jobs(0, 3))
  expect(await claim()).toEqual([])
  await see(false, ['job_3'])
  await sql`update alert_notifications set available_at = now()`
  const again = await claim()
  expect(subjectsOf(again)).toEqual(jobs(0, 4))
  expect(asMessage(again, 'en').id).not.toBe(asMessage(died, 'en').id)
  expect(asMessage(again.slice(0, 3), 'en').id).toBe(asMessage(died, 'en').id)
  // What the dead one writes after all counts for nothing.
  await notificationsSent(sql, died)
  expect(await unsent()).toBe(4)
})

test('every fourth try goes alone, so that one which is never taken keeps no other from arriving', async () => {
  const slack = hook()
  slack.answer = () =>
    JSON.stringify(slack.requests.at(-1)!.body).includes('job_1')
      ? new Response('no', { status: 400 })
      : new Response('ok')
  await outbox(grouped(slackChannel(slack.url, 'INFO'), 1))
  await see(false, jobs(0, 3))
  const hurry = async () => {
    await fixture.sql`update alert_notifications set available_at = now() where last_error is not null and sent_at is null`
    await later()
  }
  await until(
    'the others',
    async () => {
      await hurry()
      return (await unsent()) === 1
    },
    WAIT_MS,
  )
  const [left] = await fixture.sql<{ subject: string }[]>`
    select a.subject from alert_notifications n join alerts a on a.id = n.alert_id where n.sent_at is null`
  expect(left!.subject).toBe('job_1')
})

test('a group is told in the reader’s language, with the longest time of its alerts', () => {
  const at = (time: string) => new Date(`2026-03-01T${time}Z`)
  const others = [
    { subject: 'weather\nx', detail: 'lost', opened_at: at('09:00:00'), resolved_at: at('11:00:00') },
    { subject: 'hello', detail: '', opened_at: at('10:30:00'), resolved_at: at('10:40:00') },
  ]
  const words = wordsOf(message({ kind: 'resolved', resolved_at: at('10:05:00'), others }))
  expect(words.title).toBe('Resolvido: o job process_data parou de falhar (e mais 2)')
  expect(words.detail.split('\n')).toEqual([
    'O que houve:',
    '• process_data: A execução 1 falhou: boom',
    '  bun run jobs runs process_data',
    '• weather x: lost',
    "  bun run jobs runs 'weather x'",
    '• hello',
    '  bun run jobs runs hello',
  ])
  expect(words.facts).toEqual([
    ['Gravidade', 'erro'],
    ['Desde', '01/03/2026 09:00:00 (UTC)'],
    ['Terminou em', '01/03/2026 11:00:00 (UTC)'],
    ['Durou', '2 h'],
    ['Alertas', '3'],
    ['Regra', 'JOB_FAILED'],
  ])
})
