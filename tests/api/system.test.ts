import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readApiConfig } from '../../api/config.ts'
import type { systemAnswer } from '../../api/system/model.ts'
import { SETTING_TEXTS } from '../../api/system/setting-texts.ts'
import { nameRuleChanges } from '../../db/alerts/settings.ts'
import { beginBackup, endBackup, recordDrill } from '../../db/backup/history.ts'
import { recordBeat, recordSettings, thisProcess } from '../../db/monitoring/programs.ts'
import { showSettings } from '../../lib/settings.ts'
import { createVersions } from '../../api/system/roles.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

/** What must appear nowhere. */
const CANARY = 'cAnArYcAnArYcAnArYcAnArYcAnArYcAnArY'

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

type System = typeof systemAnswer.static

async function readSystem(as: 'operator' | 'admin' = 'admin'): Promise<System> {
  const answer = await api.call('GET', '/system', { as })
  expect(answer.status).toBe(200)
  return answer.json() as Promise<System>
}

test('the engine, the address and the state of each role are told without a password', async () => {
  const system = await readSystem('operator')
  const names = system.roles.map(({ role }) => role)
  expect(names).toEqual(['database', 'cache', 'stream', 'queue', 'history', 'journal', 'objects'])
  for (const role of system.roles) expect(role).toMatchObject({ status: 'ok', latency_ms: expect.any(Number) })
  const [database, cache] = system.roles
  const { hostname, port, pathname, password } = new URL(api.db.url)
  expect(database).toMatchObject({ engine: 'PostgreSQL', placement: 'server', version: expect.stringMatching(/^\d/) })
  expect(database!.where).toBe(`postgres://${hostname}:${port}${pathname}`)
  expect(cache).toMatchObject({ placement: 'tables', where: null })
  if (password) expect(JSON.stringify(system)).not.toContain(password)
  expect(system.roles.at(-1)).toMatchObject({ engine: 'files', placement: 'files' })
})

test('the version of an engine that did not answer is asked for again after a minute, and one that did after an hour', async () => {
  let now_ms = 0
  let asked = 0
  const inspect = async () => {
    if (asked++ === 0) throw new Error('starting')
    return { version: '7.2' }
  }
  const versionOf = createVersions({ warn: () => {} }, () => now_ms)
  const find = async () => {
    versionOf({ role: 'cache', name: 'Redis', inspect } as never)
    await Bun.sleep(0)
    return versionOf({ role: 'cache', name: 'Redis', inspect } as never)
  }
  expect(await find()).toBeNull()
  now_ms = 59_000
  expect([await find(), asked]).toEqual([null, 1])
  now_ms = 61_000
  await find()
  expect([await find(), asked]).toEqual(['7.2', 2])
  now_ms = 3_600_000
  expect([await find(), asked]).toEqual(['7.2', 2])
})

test('the disk has room and a folder of a size, and nothing is said of when it is full before a day of samples', async () => {
  const { disk, migrations } = await readSystem()
  expect(disk.free_bytes).toBeGreaterThan(0)
  expect(disk.size_bytes).toBeGreaterThan(disk.free_bytes)
  expect(disk.data_bytes).toBeNumber()
  expect(disk.full_at).toBeNull()
  expect(migrations).toMatchObject({ pending: [], newest: expect.stringMatching(/^\d{4}_/) })
})

test('a disk that has filled steadily for two days is full when it goes on so', async () => {
  const { sql } = api.db
  // From a half to a quarter free in 50 hours: as long again until it is full.
  await sql`
    insert into probe_samples (tick, replica, disk_free_share)
    select date_trunc('hour', now()) - make_interval(hours => h), 'a', 0.25 + 0.005 * h from generate_series(0, 50) h`
  try {
    const { full_at } = (await readSystem()).disk
    const in_h = (Date.parse(full_at!) - Date.now()) / 3_600_000
    expect(in_h).toBeGreaterThan(47)
    expect(in_h).toBeLessThan(53)
    await sql`update probe_samples set disk_free_share = 0.5`
    expect((await readSystem()).disk.full_at).toBeNull()
  } finally {
    await sql`truncate probe_samples`
  }
})

test('backups come newest first, with when one was last proven', async () => {
  const { sql } = api.db
  const one = { id: Bun.randomUUIDv7(), file: 'one.doca', folder: '/backups', encrypted: true }
  const two = { id: Bun.randomUUIDv7(), file: 'two.doca', folder: '/backups', encrypted: false }
  expect((await readSystem()).backups).toEqual({ last_proven_at: null, items: [] })
  await beginBackup(sql, one)
  await endBackup(sql, one.id, { size_bytes: 5_000_000_000, sha256: 'ab', summary: {} })
  await recordDrill(sql, one.file, null)
  await beginBackup(sql, two)
  const { last_proven_at, items } = (await readSystem()).backups
  expect(last_proven_at).toBeString()
  expect(items).toMatchObject([
    { file: 'two.doca', ok: null, drilled_at: null },
    { file: 'one.doca', ok: true, size_bytes: 5_000_000_000, encrypted: true, drill_ok: true, folder: '/backups' },
  ])
})

test('each process tells its memory and event loop, and one that is silent is named', async () => {
  const { sql } = api.db
  const me = thisProcess('jobs')
  await recordBeat(sql, me, { memory_bytes: 80_000_000, loop_delay_ms: 12 })
  expect((await readSystem()).programs).toMatchObject([
    { program: 'jobs', status: 'ok', pid: process.pid, memory_bytes: 80_000_000, loop_delay_ms: 12, bun: Bun.version },
  ])
  await sql`update programs set seen_at = now() - interval '10 minutes'`
  const [silent] = (await readSystem()).programs
  expect(silent!.status).toBe('silent')
  expect(Date.now() - Date.parse(silent!.seen_at)).toBeGreaterThan(590_000)
})

test('settings have their value in force and its source, and never a secret', async () => {
  const { sql } = api.db
  const names = Object.keys(SETTING_TEXTS).flatMap((some) => some.split(' '))
  const secret = names.filter((name) =>
    /SECRET|PASSWORD$|_TOKEN|TOTP_KEY|WEBHOOK_URL|PING_URL|BACKUP_KEY|WEATHER_KEY|AWS_/.test(name),
  )
  const set: Record<string, string> = {
    ...Object.fromEntries(secret.map((name) => [name, CANARY])),
    DATABASE_URL: `postgres://doca:${CANARY}@db.example.com:5432/doca?password=${CANARY}`,
    SYSTEMS: `a=postgres://doca:${CANARY}@db.example.com/a?password=${CANARY},b,c=postgres://doca:${CANARY}@db.example.com/c`,
    CACHE_URL: `redis://:a/b@${CANARY}@cache.example.com:6379`,
    CORS_ORIGINS: 'https://intranet.example.com',
  }
  const settings = [
    ...readApiConfig({}).environment.filter(({ name }) => !(name in set)),
    ...Object.entries(set).map(([name, value]) => ({ name, value, is_set: true })),
  ]
  const me = thisProcess('api')
  await recordBeat(sql, me)
  await recordSettings(sql, me, showSettings(settings, { CORS_ORIGINS: 'https://intranet.example.com' }))
  await nameRuleChanges(sql, [{ rules: ['JOB_FAILED'], subjects: ['process_*'], set: { severity: 'CRITICAL' } }])

  const answer = await api.call('GET', '/system/settings', { as: 'admin', headers: { 'accept-language': 'pt' } })
  const text = await answer.text()
  expect(text).not.toContain(CANARY)
  const { items } = JSON.parse(text)
  const one = (name: string) => items.find((item: { name: string }) => item.name === name)
  expect(one('JWT_SECRET')).toMatchObject({ value: null, is_secret: true, source: 'environment' })
  expect(one('DATABASE_URL').value).toBe('postgres://db.example.com:5432/doca')
  expect(one('SYSTEMS').value).toBe('a=postgres://db.example.com/a,b,c=postgres://db.example.com/c')
  expect(one('CACHE_URL').value).toBe('redis://cache.example.com:6379')
  expect(one('CORS_ORIGINS')).toMatchObject({ source: 'dotenv', programs: ['api'] })
  expect(one('DATABASE_POOL')).toMatchObject({
    value: '4',
    source: 'default',
    description: expect.stringContaining('Conexões'),
  })
  expect(one('JOB_FAILED (process_*): severity')).toMatchObject({ value: 'CRITICAL', source: 'rules_file' })
  expect((await api.call('GET', '/system/settings', { as: 'operator' })).status).toBe(403)
  expect((await api.call('GET', '/system', { as: 'viewer' })).status).toBe(403)
})
