/** Monitors in the database: who checks when, what an outcome changes, and the pings. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { ReplicaSeat } from '../../../db/jobs/replicas.ts'
import { claimDue, withdrawAheadMonitors, type DueMonitor } from '../../../db/monitors/claim.ts'
import { overdue, recordPing } from '../../../db/monitors/ping.ts'
import { lastEvents, lastHours, readMonitor } from '../../../db/monitors/read.ts'
import { recordOutcomes, type Outcome } from '../../../db/monitors/record.ts'
import { filesOfMonitors, registerMonitors, settleGone } from '../../../db/monitors/register.ts'
import { deleteGoneMonitors, deleteOldMonitorEvents, deleteOldMonitorHours } from '../../../db/monitors/retention.ts'
import { deadlineAfterNone, deadlineAfterPing } from '../../../db/monitors/spec.ts'
import { monitorOfToken, pingToken } from '../../../db/monitors/tokens.ts'
import { monitor, type MonitorOptions } from '../../../jobs/monitor.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let sql: TestDatabase['sql']
beforeAll(async () => {
  database = await testDatabase()
  sql = database.sql
})
beforeEach(async () => void (await sql`truncate monitors, job_replicas, alerts cascade`))
afterAll(() => database.close())

const http = (name: string, more: object = {}): MonitorOptions => ({
  name,
  http: { url: 'http://192.0.2.1/' },
  ...more,
})
const push = (name: string, more: object = { every_s: 600, grace_s: 60 }): MonitorOptions => ({ name, push: more })
const register = (...options: MonitorOptions[]) => registerMonitors(sql, options.map(monitor))
/** As if every time that is waited for had come. */
const makeDue = () => sql`update monitors set next_at = now() - interval '1 second'`
const alerts = async () =>
  (await sql`select rule, subject, state from alerts order by rule, subject, opened_at`).map(
    ({ rule, subject, state }) => `${rule} ${subject} ${state}`,
  )

const BROKEN = { reason: 'status', detail: { en: 'It answered 500.', pt: 'Respondeu 500.' } }
async function checked(name: string, failure: Outcome['failure'], more: Partial<Outcome> = {}): Promise<void> {
  await sql`update monitors set next_at = now() - interval '1 second' where name = ${name}`
  const due = (await claimDue(sql, 100)).find((one) => one.name === name)!
  await recordOutcomes(sql, [{ name, turn: due.turn, failure, latency_ms: failure ? null : 12, ...more }])
}
const passDeadline = async (name: string) => {
  await sql`update monitors set next_at = now() - interval '1 second' where name = ${name}`
  const due = (await claimDue(sql, 100)).find((one) => one.name === name)!
  await recordOutcomes(sql, [overdue(due as DueMonitor & { kind: 'push' })])
}

test('each check is given to one of any number of replicas, once in its interval', async () => {
  await register(...Array.from({ length: 100 }, (_, i) => http(`m${i}`, { every_s: 30 })))
  await makeDue()
  const claims = (await Promise.all(Array.from({ length: 8 }, () => claimDue(sql, 30)))).flat()
  claims.push(...(await claimDue(sql, 100)))
  expect(claims.map(({ name }) => name).toSorted()).toEqual(Array.from({ length: 100 }, (_, i) => `m${i}`).toSorted())
  expect(await claimDue(sql, 100)).toEqual([])
})

test('after its first check a monitor has a place of its own in the interval, and keeps it', async () => {
  await register(...Array.from({ length: 40 }, (_, i) => http(`m${i}`, { every_s: 3600 })))
  await makeDue()
  await claimDue(sql, 100)
  const [spread] = await sql`select extract(epoch from max(next_at) - min(next_at))::int as s from monitors`
  expect(spread!.s).toBeGreaterThan(1200)
  await sql`update monitors set next_at = now() - interval '100 minutes' where name = 'm0'`
  const [before] = await sql`select next_at from monitors where name = 'm0'`
  await claimDue(sql, 100)
  const [after] = await sql`select next_at, next_at > now() as ahead from monitors where name = 'm0'`
  expect(after!.ahead).toBe(true)
  expect((after!.next_at - before!.next_at) / 1000).toBe(7200)
})

test('a clock that was set back does not stop the checks', async () => {
  await register(http('a'))
  await sql`update monitors set next_at = now() + interval '2 hours', turn = 5`
  expect(await claimDue(sql, 10)).toMatchObject([{ name: 'a', turn: 6 }])
  expect(await claimDue(sql, 10)).toEqual([])
})

test('after the clock was set back a ping is due its period and grace from now on', async () => {
  await register(push('backup'), push('nightly', { schedule: '@yearly' }), http('a'))
  await sql`
    update monitors set next_at = next_at + interval '2 hours', since = now() + interval '2 hours',
      checked_at = now() + interval '2 hours', started_at = case name when 'backup' then now() + interval '2 hours' end`
  const [before] = await sql`select next_at from monitors where name = 'nightly'`
  await withdrawAheadMonitors(sql)
  const rows = await sql`
    select name, next_at, extract(epoch from next_at - now())::int as in_s,
      greatest(since, checked_at, started_at) > now() as ahead
    from monitors order by name`
  expect(rows.map(({ name, ahead }) => [name, ahead])).toEqual([
    ['a', false],
    ['backup', false],
    ['nightly', false],
  ])
  expect(rows[0]!.in_s).toBeLessThanOrEqual(60)
  expect(Math.round(rows[1]!.in_s / 10) * 10).toBe(660)
  expect(rows[2]!.next_at).toEqual(before!.next_at)
})

test('some failures in a row make it down and raise the alert; one good check ends both', async () => {
  await register(http('shop', { failures: 3 }))
  await checked('shop', null)
  await checked('shop', BROKEN)
  await checked('shop', BROKEN)
  expect(await readMonitor(sql, 'shop')).toMatchObject({ state: 'failing', failures: 2, reason: 'status' })
  expect(await alerts()).toEqual([])
  await checked('shop', BROKEN)
  await checked('shop', BROKEN)
  expect(await readMonitor(sql, 'shop')).toMatchObject({ state: 'down', detail: BROKEN.detail })
  expect(await alerts()).toEqual(['MONITOR_DOWN shop firing'])
  await checked('shop', null)
  expect(await readMonitor(sql, 'shop')).toMatchObject({ state: 'up', failures: 0, reason: null, detail: null })
  expect(await alerts()).toEqual(['MONITOR_DOWN shop resolved'])
  // Changes alone have a row; every check is counted.
  expect((await lastEvents(sql, 'shop', 10)).map(({ kind }) => kind)).toEqual(['up', 'down', 'failing', 'up'])
  const [hour] = await lastHours(sql, 'shop', 1)
  expect(hour).toMatchObject({ good: 2, failed: 4, latency_mean_ms: 12, latency_max_ms: 12 })
})

test('an outcome that comes after a later one changes nothing', async () => {
  await register(http('a', { failures: 1 }))
  await makeDue()
  const [slow] = await claimDue(sql, 1)
  await checked('a', null)
  await recordOutcomes(sql, [{ name: 'a', turn: slow!.turn, failure: BROKEN, latency_ms: null }])
  expect(await readMonitor(sql, 'a')).toMatchObject({ state: 'up' })
  expect(await alerts()).toEqual([])
})

test('a certificate that ends soon has an alert of its own, which ends with it', async () => {
  await register(http('shop'))
  const ends_at = new Date('2030-01-01T00:00:00Z')
  const soon = { certificate_ends_at: ends_at, certificate: { en: 'soon', pt: 'logo' } }
  await checked('shop', null, soon)
  expect(await alerts()).toEqual(['CERTIFICATE_ENDS shop firing'])
  expect(await readMonitor(sql, 'shop')).toMatchObject({ state: 'up', certificate_ends_at: ends_at })
  // Nothing is known of a certificate that was not shown.
  await checked('shop', BROKEN)
  expect(await alerts()).toEqual(['CERTIFICATE_ENDS shop firing'])
  await checked('shop', null, { certificate_ends_at: ends_at, certificate: null })
  expect(await alerts()).toEqual(['CERTIFICATE_ENDS shop resolved'])
})

test('of the last day, what nobody checked does not count as good', async () => {
  await register(http('a', { every_s: 60 }))
  await checked('a', null)
  await checked('a', BROKEN)
  expect(await readMonitor(sql, 'a')).toMatchObject({ uptime_percent: 50, latency_mean_ms: 12 })
  await sql`update monitors set created_at = now() - interval '1 hour'`
  const { uptime_percent } = await readMonitor(sql, 'a')
  expect(uptime_percent).toBeLessThan(3)
  expect(uptime_percent).toBeGreaterThan(0)
})

test('a ping is due a period after the last one, with grace; a start has the grace to end', async () => {
  await register(push('backup'))
  const deadline_s = async () => {
    const [row] = await sql`select extract(epoch from next_at - now())::int as s from monitors`
    return Math.round((row!.s as number) / 10) * 10
  }
  expect(await deadline_s()).toBe(660)
  await recordPing(sql, 'backup', 'start', null)
  expect(await deadline_s()).toBe(60)
  await sql`update monitors set started_at = now() - interval '3 seconds'`
  await recordPing(sql, 'backup', 'success', '120 files\n')
  expect(await deadline_s()).toBe(660)
  const monitor = await readMonitor(sql, 'backup')
  expect(monitor).toMatchObject({ state: 'up', started_at: null, uptime_percent: 100 })
  expect(monitor.latency_ms).toBeGreaterThan(2900)
  expect(await lastEvents(sql, 'backup', 10)).toMatchObject([
    { kind: 'success', log: '120 files\n' },
    { kind: 'start' },
  ])
})

test('no ping by the deadline, or one that says so, is a failure at once; each alert ends when the other begins', async () => {
  await register(push('backup'))
  await passDeadline('backup')
  expect(await alerts()).toEqual(['PING_OVERDUE backup firing'])
  await recordPing(sql, 'backup', 'fail', 'no space left on device')
  expect(await alerts()).toEqual(['PING_FAILED backup firing', 'PING_OVERDUE backup resolved'])
  const { detail } = await readMonitor(sql, 'backup')
  expect(detail).toMatchObject({ en: 'It says that it failed: no space left on device' })
  await recordPing(sql, 'backup', 'success', null)
  expect(await alerts()).toEqual(['PING_FAILED backup resolved', 'PING_OVERDUE backup resolved'])
  expect((await lastEvents(sql, 'backup', 10)).map(({ kind }) => kind)).toEqual(['success', 'fail', 'overdue'])
})

test('a ping that comes while its deadline is being dealt with counts', async () => {
  await register(push('backup'))
  await makeDue()
  const [due] = await claimDue(sql, 1)
  await recordPing(sql, 'backup', 'success', null)
  await recordOutcomes(sql, [overdue(due as DueMonitor & { kind: 'push' })])
  expect(await readMonitor(sql, 'backup')).toMatchObject({ state: 'up' })
  expect(await alerts()).toEqual([])
})

test('the deadlines of a schedule', () => {
  const ask = { every_s: null, schedule: '0 2 * * *', timezone: 'UTC', grace_s: 1800 }
  const after = (time: string) => deadlineAfterPing(ask, new Date(time)).toISOString()
  expect(after('2026-11-29T02:05:00Z')).toBe('2026-11-30T02:30:00.000Z')
  expect(after('2026-11-29T01:00:00Z')).toBe('2026-11-29T02:30:00.000Z')
  // A machine whose clock is some seconds ahead.
  expect(after('2026-11-29T01:59:50Z')).toBe('2026-11-30T02:30:00.000Z')
  expect(deadlineAfterNone(ask, new Date('2026-11-29T02:30:01Z')).toISOString()).toBe('2026-11-30T02:30:00.000Z')
  const hourly = { ...ask, schedule: '0 * * * *', grace_s: 2 * 3600 }
  expect(deadlineAfterNone(hourly, new Date('2026-11-29T04:00:01Z')).toISOString()).toBe('2026-11-29T05:00:00.000Z')
})

test('a monitor that no replica has any more is asked no longer, and its alerts end; one that is back begins anew', async () => {
  await register(http('a', { failures: 1 }), push('b'))
  await checked('a', BROKEN)
  await passDeadline('b')
  const seat = new ReplicaSeat(sql, '/srv/a')
  await seat.take({ jobs: [], monitors: ['a', 'b'], problems: [] })
  expect(await settleGone(sql, seat.id)).toEqual({ went: [], back: [] })
  await seat.write({ jobs: [], monitors: [], problems: [] })
  expect((await settleGone(sql, seat.id)).went.toSorted()).toEqual(['a', 'b'])
  expect(await alerts()).toEqual(['MONITOR_DOWN a resolved', 'PING_OVERDUE b resolved'])
  await makeDue()
  expect(await claimDue(sql, 10)).toEqual([])
  expect(recordPing(sql, 'b', 'success', null)).rejects.toThrow('No monitor has this URL')
  await seat.write({ jobs: [], monitors: ['a', 'b'], problems: [] })
  expect((await settleGone(sql, seat.id)).back.toSorted()).toEqual(['a', 'b'])
  expect(await claimDue(sql, 10)).toMatchObject([{ name: 'a' }])
  expect(await readMonitor(sql, 'b')).toMatchObject({ state: 'new', gone_at: null })
})

test('a changed monitor is asked soon; one that is as it was keeps its time', async () => {
  await register(http('a', { every_s: 3600 }), push('b'))
  await sql`update monitors set next_at = now() + interval '50 minutes'`
  await register(http('a', { every_s: 3600, failures: 5 }), push('b'))
  const soon = async () =>
    (await sql`select next_at < now() + interval '6 seconds' as soon from monitors where name = 'a'`)[0]!
  expect(await soon()).toEqual({ soon: false })
  await register(http('a', { every_s: 1800 }))
  expect(await soon()).toEqual({ soon: true })
  expect([...(await filesOfMonitors(sql)).keys()].toSorted()).toEqual(['a', 'b'])
})

test('old history goes, then monitors that are long gone', async () => {
  await register(http('a'))
  await checked('a', null)
  await sql`update monitor_hours set hour = hour - interval '40 days'`
  await sql`update monitor_events set at = at - interval '40 days'`
  await sql`update monitors set gone_at = now() - interval '40 days'`
  expect(await deleteGoneMonitors(sql, 30, 10)).toBe(0)
  expect(await deleteOldMonitorHours(sql, 30, 10)).toBe(1)
  expect(await deleteOldMonitorEvents(sql, 30, 10)).toBe(1)
  expect(await deleteGoneMonitors(sql, 30, 10)).toBe(1)
})

test('a token is of one monitor and one secret', () => {
  const token = pingToken('a secret', 'backup')
  expect(token).toMatch(/^backup\.[\w-]{32}$/)
  expect(monitorOfToken('a secret', token)).toBe('backup')
  for (const wrong of [
    token.replace('backup', 'other'),
    token.slice(0, -1),
    `${token}x`,
    '',
    'backup.',
    '.',
    `${token}\n`,
  ])
    expect(monitorOfToken('a secret', wrong)).toBeNull()
  expect(monitorOfToken('another secret', token)).toBeNull()
})
