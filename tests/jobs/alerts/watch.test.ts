/** The database itself is stopped and killed, and replicas with it: told while it is away, recorded once when it is back. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { openDatabaseWatch, sharedId, type Outage } from '../../../db/alerts/database-outage.ts'
import { joinEmbedded } from '../../../db/engines/embedded/index.ts'
import { openSql } from '../../../db/engines/connect.ts'
import { readAlertsConfig } from '../../../jobs/alerts/config.ts'
import { envReader } from '../../../lib/env.ts'
import type { Channel } from '../../../jobs/alerts/channel.ts'
import { webhookChannel } from '../../../jobs/alerts/channels/webhook.ts'
import { outageFiles } from '../../../jobs/alerts/outage-file.ts'
import { startWatch, type Watch } from '../../../jobs/alerts/watch.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { cleanUp, dataDir, postmasters, startMember, type MemberProgram } from '../../db/engines/embedded/members.ts'
import { freePort, startProgram, until, type Program } from '../../kit/program.ts'
import { silent } from '../replica.ts'
import { startHook, type Hook } from './servers.ts'

setDefaultTimeout(180_000)

const WAIT_MS = 60_000
let hook: Hook
const folders: string[] = []
beforeAll(() => void (hook = startHook()))
afterEach(() => {
  hook.requests.length = 0
  hook.answer = () => new Response('ok')
})
afterAll(async () => {
  hook.stop()
  await cleanUp()
  for (const folder of folders) await rm(folder, { recursive: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doca-watch-'))
  folders.push(folder)
  return folder
}
const told = () =>
  hook.requests.map(({ body }) => body).filter(({ rule }) => rule === 'DB_CONNECTION_LOST') as Array<{
    kind: string
    alert_id: string
    detail: string
    id: string
  }>
const kinds = () => told().map(({ kind }) => kind)
/** Where a replica on that DATA_DIR keeps what the database cannot take. */
const outageDir = (data_dir: string, database_url: string) =>
  readAlertsConfig(envReader({}), { data_dir, database_url }).outage_dir
const kept = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

test('an outage is told by every replica, survives their kill -9, and is recorded once with its end; the next is another', async () => {
  const [data_dir, port] = [await dataDir(), freePort()]
  let server: MemberProgram = startMember(data_dir, { port })
  const { joined: url } = await server.reported('joined')
  const start = (folder: string): Program =>
    startProgram('jobs/main.ts', [], {
      DATABASE_URL: url,
      DATA_DIR: folder,
      JOBS_DIR: join(import.meta.dir, '../sample-jobs'),
      ALERT_WEBHOOK_URL: hook.url,
      DATABASE_CHECK_S: '1',
      LOCALE: 'en',
      API_URL: 'http://127.0.0.1:1',
      SHUTDOWN_S: '5',
    })
  // Each on a machine of its own.
  const homes = [await newFolder(), await newFolder()] as const
  const replicas = homes.map(start)
  const dirs = homes.map((home) => outageDir(home, url))
  const looking = (home: string, replica: Program) =>
    until('the watch', () => existsSync(join(home, 'next-outage')), WAIT_MS, replica.output)
  await Promise.all(
    replicas.map((replica) => until('ready', () => replica.output().includes('"ready"'), WAIT_MS, replica.output)),
  )
  await Promise.all(dirs.map((dir, i) => looking(dir, replicas[i]!)))

  // kill -9 of the server, with nobody to start it again.
  const [postmaster, ...others] = postmasters(data_dir)
  expect(others).toEqual([])
  server.kill()
  process.kill(postmaster!, 'SIGKILL')
  await until('both to tell it', () => kinds().length >= 2, WAIT_MS, replicas[0]!.output)
  await until('both to keep it', () => dirs.every((dir) => kept(dir).length === 1), WAIT_MS)
  expect(kinds()).toEqual(['firing', 'firing'])
  expect(told()[0]!.detail).toContain('cannot reach the database')
  expect(new Set(told().map(({ alert_id }) => alert_id)).size).toBe(1)
  const keptTold = async () => JSON.parse(await readFile(join(dirs[0]!, kept(dirs[0]!)[0]!), 'utf8')).told
  await until('it to be kept as told', async () => (await keptTold()).webhook, WAIT_MS)

  // One replica is killed and starts again while the database is still away: it knows what it has told.
  replicas[0]!.kill('SIGKILL')
  expect(await replicas[0]!.exited).toBe(137)
  replicas[0] = start(homes[0])
  await until('it to look', () => replicas[0]!.output().includes('does not answer'), WAIT_MS, replicas[0].output)

  server = startMember(data_dir, { port })
  await server.reported('joined')
  await until('the end to be told', () => kinds().includes('resolved'), WAIT_MS, replicas[0].output)
  await until('nothing to be kept', () => dirs.every((dir) => kept(dir).length === 0), WAIT_MS, replicas[0].output)
  expect(kinds()).toEqual(['firing', 'firing', 'resolved'])
  const sql = openSql(url, 1)
  const incidents = () => sql`
    select id, state, severity, fired_at >= opened_at and resolved_at >= fired_at as ordered from alerts
    where rule = 'DB_CONNECTION_LOST' order by opened_at`
  expect([...(await incidents())]).toEqual([
    { id: told()[0]!.alert_id, state: 'resolved', severity: 'CRITICAL', ordered: true },
  ])
  const unsent = await sql`select from alert_notifications where sent_at is null`
  expect(unsent).toHaveLength(0)
  await sql.end()

  // Stopped in good order: an outage all the same, and another one.
  await until('ready again', () => replicas[0]!.output().includes('"ready"'), WAIT_MS, replicas[0].output)
  const first_id = told()[0]!.alert_id
  const nextIds = () => Promise.all(dirs.map((dir) => readFile(join(dir, 'next-outage'), 'utf8')))
  await until('both to know the next', async () => !(await nextIds()).includes(first_id), WAIT_MS)
  expect(new Set(await nextIds()).size).toBe(1)
  hook.requests.length = 0
  server.order('leave')
  expect(await server.exited).toBe(0)
  expect(postmasters(data_dir)).toEqual([])
  await until('both to tell it', () => kinds().length >= 2, WAIT_MS)
  const again = await joinEmbedded({ data_dir, port })
  await until('the end to be told', () => kinds().includes('resolved'), WAIT_MS)
  const later = openSql(url, 1)
  const ids = await later<{ id: string }[]>`select id from alerts where rule = 'DB_CONNECTION_LOST' order by opened_at`
  expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
  expect(new Set(told().map(({ alert_id }) => alert_id))).toEqual(new Set([ids[1]!.id]))
  await later.end()
  for (const replica of replicas) replica.kill('SIGTERM')
  expect(await Promise.all(replicas.map(({ exited }) => exited))).toEqual([0, 0])
  await again.leave()
})

/** A watch in this process on a database that lets nobody in until told otherwise. */
async function watched(channels: (folder: string) => Channel[]) {
  const database: TestDatabase = await testDatabase()
  const folder = await newFolder()
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
  await until('it to be tried', () => kept(it.folder).length === 1, WAIT_MS)
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
  const elsewhere = await newFolder()
  const watches = [it.start()]
  await it.knows()
  await it.away()
  watches.push(it.start(outageFiles(elsewhere)))
  await until('both to tell it', () => kinds().length >= 2, WAIT_MS)
  await until('both to keep it', () => [it.folder, elsewhere].every((dir) => kept(dir).length === 1), WAIT_MS)
  expect(new Set(told().map(({ alert_id }) => alert_id)).size).toBe(2)
  await it.back()
  await until('both to record it', () => [it.folder, elsewhere].every((dir) => kept(dir).length === 0), WAIT_MS)
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
  await until('it to be kept', () => kept(it.folder).length === 1, WAIT_MS)
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
  }
  await it.files.write(outage)
  // Killed after the record and before the file was removed.
  const first = it.start()
  await alertsIn(it.sql)
  await first.stop()
  await it.files.write(outage)
  await writeFile(join(it.folder, `database-${Bun.randomUUIDv7()}.json`), '{"told":')
  const second = it.start()
  await until('the file to be taken', () => kept(it.folder).length === 1, WAIT_MS)
  await second.stop()
  expect(await alertsIn(it.sql)).toEqual([{ id: outage.id, state: 'resolved' }])
  const rows = await it.sql`select kind, sent_at from alert_notifications order by id`
  expect([...rows]).toEqual([
    { kind: 'firing', sent_at: at },
    { kind: 'resolved', sent_at: null },
  ])
  await it.close()
})
