/** The database itself is stopped and killed, and replicas with it: told while it is away, recorded once when it is back. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { joinEmbedded } from '../../../db/engines/embedded/index.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { readAlertsConfig } from '../../../db/alerts/delivery/config.ts'
import { envReader } from '../../../lib/env.ts'
import { cleanUp, dataDir, postmasters, startMember, type MemberProgram } from '../../kit/members.ts'
import { freePort, startProgram, until, type Program } from '../../kit/program.ts'
import { keptOutages, toldOutages } from './outages.ts'
import { startHook, type Hook } from '../../kit/alert-servers.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(180_000)

const WAIT_MS = 60_000
let hook: Hook
let folder: string
beforeAll(async () => {
  hook = startHook()
  folder = temporaryFolder()
})
afterAll(async () => {
  hook.stop()
  await cleanUp()
})

const kinds = () => toldOutages(hook).map(({ kind }) => kind)
/** Where a replica on that DATA_DIR keeps what the database cannot take. */
const outageDir = (data_dir: string, database_url: string) =>
  readAlertsConfig(envReader({}), { data_dir, database_url }).outage_dir

test('an outage is told by one replica of each machine, survives their kill -9, and is recorded once with its end; the next is another', async () => {
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
  // Each on a machine of its own, and one beside the first.
  const homes = [join(folder, 'one'), join(folder, 'other'), join(folder, 'one')] as const
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
  await until('both to keep it', () => dirs.every((dir) => keptOutages(dir).length === 1), WAIT_MS)
  expect(kinds()).toEqual(['firing', 'firing'])
  expect(toldOutages(hook)[0]!.detail).toContain('cannot work with the database')
  expect(new Set(toldOutages(hook).map(({ alert_id }) => alert_id)).size).toBe(1)
  const keptTold = async () => JSON.parse(await readFile(join(dirs[0]!, keptOutages(dirs[0]!)[0]!), 'utf8')).told
  await until('it to be kept as told', async () => (await keptTold()).webhook, WAIT_MS)

  // One replica is killed and starts again while the database is still away: what it has told is known.
  replicas[0]!.kill('SIGKILL')
  expect(await replicas[0]!.exited).toBe(137)
  replicas[0] = start(homes[0])
  await until('it to look', () => replicas[0]!.output().includes('does not answer'), WAIT_MS, replicas[0].output)

  server = startMember(data_dir, { port })
  await server.reported('joined')
  await until('the end to be told', () => kinds().includes('resolved'), WAIT_MS, replicas[0].output)
  await until(
    'nothing to be kept',
    () => dirs.every((dir) => keptOutages(dir).length === 0),
    WAIT_MS,
    replicas[0].output,
  )
  expect(kinds()).toEqual(['firing', 'firing', 'resolved'])
  const sql = openSql(url, 1)
  const incidents = () => sql`
    select id, state, severity, fired_at >= opened_at and resolved_at >= fired_at as ordered from alerts
    where rule = 'DB_CONNECTION_LOST' order by opened_at`
  expect([...(await incidents())]).toEqual([
    { id: toldOutages(hook)[0]!.alert_id, state: 'resolved', severity: 'CRITICAL', ordered: true },
  ])
  const unsent = () => sql`select from alert_notifications where sent_at is null`
  await until('the telling to be recorded', async () => (await unsent()).length === 0, WAIT_MS)
  await sql.end()

  // Stopped in good order: an outage all the same, and another one.
  await until('ready again', () => replicas[0]!.output().includes('"ready"'), WAIT_MS, replicas[0].output)
  const first_id = toldOutages(hook)[0]!.alert_id
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
  expect(new Set(toldOutages(hook).map(({ alert_id }) => alert_id))).toEqual(new Set([ids[1]!.id]))
  await later.end()
  for (const replica of replicas) replica.kill('SIGTERM')
  expect(await Promise.all(replicas.map(({ exited }) => exited))).toEqual([0, 0, 0])
  await again.leave()
})
