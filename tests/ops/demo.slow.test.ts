/** `bun run demo` on a system as `bun run up` starts it, with a folder of jobs of its own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { apiClient, type ApiClient } from '../../ops/demo/client.ts'
import { runToEnd } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { startSystem, type System } from '../browser/system.ts'

setDefaultTimeout(180_000)

const PASSWORD = 'caderno azul e chuva fina'
const folder = temporaryFolder()
let system: System
let api: ApiClient
beforeAll(async () => {
  system = await startSystem({
    ADMIN_PASSWORD: PASSWORD,
    JOBS_DIR: folder,
    ORDERS_RETRY_DELAY_S: '1',
    RATE_LIMIT_PER_MIN: '100000',
  })
  api = await apiClient(system.url, { username: 'admin', password: PASSWORD, locale: 'en' })
})
afterAll(() => system?.stop())

const demo = (words: string[] = [], env: Record<string, string> = {}) =>
  runToEnd('ops/demo.ts', ['--url', system.url, ...words], { DEMO_PASSWORD: PASSWORD, LOCALE: 'en', ...env })
const count = async (path: string) => (await api.all<unknown>(path)).length

test('a system with items of its own is refused, and so is a production', async () => {
  const mine = { sku: 'MINE', name: 'Mine', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }
  const { id, version } = await api.json('POST', '/embalagens', mine)
  const other = await demo()
  expect(other.code).toBe(1)
  expect(other.output).toContain('not of the demo')
  await api.json('DELETE', `/embalagens/${String(id)}`, undefined, { 'if-match': `"${String(version)}"` })
  const production = await demo([], {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://doca:x@127.0.0.1:9/doca',
    JWT_SECRET: 'x'.repeat(32),
    TOTP_KEY: 'y'.repeat(32),
  })
  expect(production.code).toBe(1)
  expect(production.output).toContain('NODE_ENV=production')
  expect(await readdir(folder)).toEqual([])
})

test('it fills every page, and a second time adds nothing', async () => {
  const first = await demo()
  expect(first.output).toContain('shown only this once')
  expect(first.code).toBe(0)
  const states = new Set((await api.all<{ state: string }>('/runs')).map(({ state }) => state))
  expect([...states].toSorted()).toEqual(['cancelled', 'failed', 'running', 'succeeded'])
  const monitors = new Set((await api.all<{ state: string }>('/monitors')).map(({ state }) => state))
  expect(monitors.size).toBeGreaterThan(2)
  const { items } = await api.json('GET', '/events/history?sku=DEMO-CX-01')
  const kinds = new Set((items as Array<{ kind: string }>).map(({ kind }) => kind))
  expect([...kinds].toSorted()).toEqual(['adjustment', 'purchase', 'return', 'sale'])
  const failed = await api.all<{ reason: string }>('/dead-letters?source=events')
  expect(failed.map(({ reason }) => reason).toSorted()).toEqual([
    'conflict',
    'unknown_sku',
    'unknown_sku',
    'unknown_sku',
  ])
  const { groups } = await api.json('GET', '/streams')
  const events = (groups as Array<{ topic: string; lag: number; members: number }>).filter(
    ({ topic }) => topic === 'events',
  )
  expect(events).toMatchObject([{ lag: 0, members: 1 }])
  const counts = async () =>
    Promise.all(
      [
        '/embalagens',
        '/charts?current=true',
        '/users',
        '/silences',
        '/jobs/demo_daily_sales/runs',
        '/replays',
        '/dead-letters?state=purged',
        '/people',
        '/dead-letters?source=people',
      ].map(count),
    )
  const before = await counts()
  expect(before[0]).toBeGreaterThan(200)
  expect(before[1]).toBe(6)
  expect(before.slice(-4)).toEqual([2, 1, 115, 5])

  const second = await demo()
  expect(second.code).toBe(0)
  expect(second.output).not.toContain('shown only this once')
  expect(await counts()).toEqual(before)
})

test('what it made is taken away again', async () => {
  expect((await demo(['--remove'])).code).toBe(0)
  expect(await readdir(folder)).toEqual([])
  expect(
    await Promise.all(['/embalagens', '/jobs', '/charts?current=true', '/silences?active=true'].map(count)),
  ).toEqual([0, 0, 0, 0])
})
