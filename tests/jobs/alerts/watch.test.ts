/** An outage of the database, met by watches in this process: told while it lasts, recorded once when it is over. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { openDatabaseWatch, recordOutage, sharedId, type Outage } from '../../../db/alerts/database-outage.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { settingsOf, type Settings } from '../../../db/alerts/settings.ts'
import type { Channel } from '../../../db/alerts/delivery/channel.ts'
import { webhookChannel } from '../../../db/alerts/delivery/channels/webhook.ts'
import { outageFiles } from '../../../jobs/alerts/outage-file.ts'
import { isTold } from '../../../jobs/alerts/tell-outage.ts'
import { startWatch, type Watch } from '../../../jobs/alerts/watch.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { silent } from '../../kit/replica.ts'
import { keptOutages, toldOutages } from './outages.ts'
import { startHook, type Hook } from '../../kit/alert-servers.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(180_000)

const WAIT_MS = 60_000
let hook: Hook
beforeAll(() => void (hook = startHook()))
afterEach(() => {
  hook.requests.length = 0
  hook.answer = () => new Response('ok')
})
afterAll(async () => {
  hook.stop()
})

const OUTAGE = { detail: { en: 'x', pt: 'x' }, failures: 3, told: {}, nth: 1 }
const told = () => toldOutages(hook)
const kinds = () => told().map(({ kind }) => kind)

/** A watch in this process on a database that lets nobody in until told otherwise. */
async function watched(channels: (folder: string) => Channel[], set: Partial<Settings> = {}) {
  const rule = 'DB_CONNECTION_LOST'
  const settings = settingsOf([{ rules: [rule], subjects: null, set }], { rule, subject: 'database' })
  const database: TestDatabase = await testDatabase()
  const folder = temporaryFolder()
  const other = new URL(database.url)
  const name = other.pathname.slice(1)
  other.pathname = '/postgres'
  const admin = openSql(other.href, 1)
  const files = outageFiles(folder)
  const start = (kept_in = files): Watch =>
    startWatch({
      database: openDatabaseWatch(database.url),
      channels: channels(folder),
      files: kept_in,
      check_s: 0.05,
      settings,
      secrets: [],
      log: silent,
      locale: 'en',
    })
  return {
    folder,
    files,
    start,
    sql: database.sql,
    knows: () => until('the watch', () => existsSync(join(folder, 'next-outage')), WAIT_MS),
    async away() {
      await admin`alter database ${admin(name)} with allow_connections false`
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
    },
    back: () => admin`alter database ${admin(name)} with allow_connections true`.then(() => {}),
    async close() {
      await admin.end()
      await database.close()
    },
  }
}
const alertsIn = (sql: TestDatabase['sql']) =>
  until(
    'the record',
    async () => {
      const rows = await sql<{ id: string; state: string }[]>`select id, state from alerts`.catch(() => [])
      return rows.length > 0 && [...rows]
    },
    WAIT_MS,
  )

test('a channel that cannot be told while it lasts is told of both by the outbox, in order', async () => {
  const it = await watched(() => [webhookChannel('http://127.0.0.1:1/x', undefined, 'INFO')])
  const watch = it.start()
  await it.knows()
  await it.away()
  await until('it to be tried', () => keptOutages(it.folder).length === 1, WAIT_MS)
  await it.back()
  expect(await alertsIn(it.sql)).toMatchObject([{ state: 'resolved' }])
  await watch.stop()
  const rows = await it.sql`select channel, kind, sent_at from alert_notifications order by id`
  expect([...rows]).toEqual([
    { channel: 'webhook', kind: 'firing', sent_at: null },
    { channel: 'webhook', kind: 'resolved', sent_at: null },
  ])
  await it.close()
})

test('a replica that starts in the middle of an outage, knowing nothing, records the one that the others do', async () => {
  const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  const elsewhere = temporaryFolder()
  const watches = [it.start()]
  await it.knows()
  await it.away()
  watches.push(it.start(outageFiles(elsewhere)))
  await until('both to tell it', () => kinds().length >= 2, WAIT_MS)
  await until('both to keep it', () => [it.folder, elsewhere].every((dir) => keptOutages(dir).length === 1), WAIT_MS)
  expect(new Set(told().map(({ alert_id }) => alert_id)).size).toBe(2)
  await it.back()
  await until('both to record it', () => [it.folder, elsewhere].every((dir) => keptOutages(dir).length === 0), WAIT_MS)
  expect(await alertsIn(it.sql)).toMatchObject([{ state: 'resolved' }])
  const rows = await it.sql`select channel, kind from alert_notifications order by id`
  expect([...rows]).toEqual([
    { channel: 'webhook', kind: 'firing' },
    { channel: 'webhook', kind: 'resolved' },
  ])
  await Promise.all(watches.map((watch) => watch.stop()))
  await it.close()
})

test('who met an outage alone goes by the record of it, or is the first to record it', () => {
  const outage = { opened_at: new Date(Date.now() - 60_000) } as Outage
  const last = (ended_ago_ms: number) => ({ next_id: 'next', last: { id: 'last', ended_ago_ms } })
  expect(sharedId(last(5_000), outage)).toBe('last')
  expect(sharedId(last(3_600_000), outage)).toBe('next')
  expect(sharedId({ next_id: 'next', last: null }, outage)).toBe('next')
})

test('in a silence an outage is recorded and not told', async () => {
  const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  await it.sql`insert into silences (id, rule, ends_at, reason, created_by)
    values (${Bun.randomUUIDv7()}, 'DB_CONNECTION_LOST', now() + interval '1 h', 'upgrade', 'Ana')`
  const watch = it.start()
  await it.knows()
  await it.away()
  await until('it to be kept', () => keptOutages(it.folder).length === 1, WAIT_MS)
  await it.back()
  expect(await alertsIn(it.sql)).toHaveLength(1)
  await watch.stop()
  expect(await it.sql`select from alert_notifications`).toHaveLength(0)
  expect(told()).toEqual([])
  await it.close()
})

test('what was recorded before a kill, and what was kept in a damaged file, does no harm at the next start', async () => {
  const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  await nameChannels(it.sql, [{ name: 'webhook', min_severity: 'INFO' }])
  const at = new Date('2026-03-01T10:00:00Z')
  const outage = {
    id: Bun.randomUUIDv7(),
    opened_at: at,
    fired_at: at,
    detail: { en: 'x', pt: 'x' },
    failures: 3,
    told: { webhook: at },
    nth: 1,
  }
  await it.files.write(outage)
  // Killed after the record and before the file was removed.
  const first = it.start()
  await alertsIn(it.sql)
  await first.stop()
  await it.files.write(outage)
  await writeFile(join(it.folder, `database-${Bun.randomUUIDv7()}.json`), '{"told":')
  const second = it.start()
  await until('the file to be taken', () => keptOutages(it.folder).length === 1, WAIT_MS)
  await second.stop()
  expect(await alertsIn(it.sql)).toEqual([{ id: outage.id, state: 'resolved' }])
  const rows = await it.sql`select kind, sent_at from alert_notifications order by id`
  expect([...rows]).toEqual([
    { kind: 'firing', sent_at: at },
    { kind: 'resolved', sent_at: null },
  ])
  await it.close()
})

test('of the watches on one machine one tells; when it ends another goes on, and repeats nothing', async () => {
  const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  const watches = [it.start(), it.start(), it.start()]
  await it.knows()
  await it.away()
  await until('one to tell it', () => kinds().length === 1, WAIT_MS)
  const kept = async () => (await it.files.all())[0]?.told.webhook
  await until('it to be kept as told', async () => (await kept()) instanceof Date, WAIT_MS)
  // Whichever it was that told.
  for (const watch of watches.splice(0, 2)) {
    await watch.stop()
    expect(kinds()).toEqual(['firing'])
  }
  await until('the last to tell', async () => (await it.files.claim()) === undefined, WAIT_MS)
  expect(watches[0]!.settled).toBe(false)
  await it.back()
  await until('it to be over', () => watches[0]!.settled, WAIT_MS)
  // Nothing that is missed through it is observed before it is recorded.
  expect(await it.sql`select state from alerts`).toHaveLength(1)
  expect(kinds()).toEqual(['firing'])
  await watches[0]!.stop()
  await it.close()
})

test('an outage is told as the file of rules says: after so many failures, where, how bad, and never if it is mute', async () => {
  const webhook = webhookChannel(hook.url, undefined, 'ERROR')
  const it = await watched(() => [webhook], { failures: 1, severity: 'WARNING', channels: ['webhook'] })
  const watch = it.start()
  await it.knows()
  await it.away()
  await until('it to be told', () => kinds().length === 1, WAIT_MS)
  expect(hook.requests[0]!.body).toMatchObject({ severity: 'WARNING', failures: 1 })
  await watch.stop()
  await it.close()
  const base = { mute: false, channels: null, severity: 'WARNING' } as Settings
  expect(isTold(webhook, base)).toBe(false)
  expect(isTold(webhook, { ...base, severity: 'CRITICAL' })).toBe(true)
  expect(isTold(webhook, { ...base, severity: 'CRITICAL', mute: true })).toBe(false)
  expect(isTold(webhook, { ...base, severity: 'CRITICAL', channels: ['email'] })).toBe(false)
})

test('a database that answers and takes no writes is an outage, with its reason, which is told without it', async () => {
  const office = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  const { sql } = office
  // As a full disk answers: it lets old rows be read and changed, and gives no new page.
  await sql`create function full_disk() returns trigger language plpgsql as
    $$begin raise 'could not extend file: No space left on device' using errcode = '53100'; end$$`
  await sql`create trigger full_disk before insert on write_checks execute function full_disk()`
  const watch = office.start()
  try {
    await until('the message', () => told().length > 0, WAIT_MS)
    expect(told()[0]).toMatchObject({ kind: 'firing', detail: expect.stringContaining('No space left on device') })
    await sql`drop trigger full_disk on write_checks`
    await until(
      'its end on record',
      async () => (await sql`select from alerts where rule = 'DB_CONNECTION_LOST' and state = 'resolved'`).length === 1,
      WAIT_MS,
    )
  } finally {
    await watch.stop()
    await office.close()
  }
})

test('an outage that another replica here has recorded is over: what fails then is another one, and told', async () => {
  const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')])
  const watch = it.start()
  await it.knows()
  await it.away()
  await until('it to be told and kept', async () => (await it.files.all())[0]?.told.webhook, WAIT_MS)
  const [first] = await it.files.all()
  // As another does that the database answered for a moment.
  await it.files.rememberNext(Bun.randomUUIDv7())
  await it.files.remove(first!.id)
  await until('the second', () => kinds().length === 2, WAIT_MS)
  const [one, other] = told()
  expect(other!.alert_id).not.toBe(one!.alert_id)
  await watch.stop()
  await it.back()
  await it.close()
})

test('a database that comes and goes is told as that, and then only where it stays away', async () => {
  const flapping = { times: 3, within_s: 3600, steady_s: 1200 }
  for (const [before, expected] of [
    [2, ['flapping']],
    [3, []],
  ] as const) {
    hook.requests.length = 0
    const it = await watched(() => [webhookChannel(hook.url, undefined, 'INFO')], { flapping })
    const at = (n: number) => new Date(Date.now() - 60_000 * (10 - n))
    for (let n = 0; n < before; n++)
      await recordOutage(it.sql, { id: Bun.randomUUIDv7(), opened_at: at(n), fired_at: at(n), ...OUTAGE })
    const watch = it.start()
    await it.knows()
    await it.away()
    await until('it to be kept', async () => (await it.files.all())[0]?.nth === before + 1, WAIT_MS)
    await until('it to be told', () => kinds().length === expected.length, WAIT_MS)
    await it.back()
    await until('the record', async () => (await it.files.all()).length === 0, WAIT_MS)
    await watch.stop()
    expect(kinds()).toEqual([...expected])
    const [row] = await it.sql`
      select count(*)::int as told from alert_notifications n join alerts a on a.id = n.alert_id where a.detail->>'en' <> 'x'`
    expect(row!.told).toBe(expected.length * 2)
    await it.close()
  }
})
