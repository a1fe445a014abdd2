/** One table is locked by somebody else: what needs it is refused in time, and everything else answers. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi({ STATEMENT_TIMEOUT_S: '2' })))
afterAll(() => api.close())

test('lists of a locked table end while it is locked, and /me and /jobs answer', async () => {
  await api.token('admin')
  const pool = api.config.db.database_pool
  const [locker, watcher] = [openSql(api.db.url, 1), openSql(api.db.url, 1)]
  await locker`begin`
  await locker`lock table packaging in access exclusive mode`
  try {
    const get = (path: string) => api.call('GET', path, { as: 'admin' })
    const lists = Array.from({ length: pool }, (_, n) => get(`/embalagens?limit=${n + 1}`))
    await until('the lists to wait', async () => {
      const waiting =
        await watcher`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      return waiting.length === pool
    })
    const others = await Promise.all(['/me', '/jobs'].map(get))
    expect(others.map(({ status }) => status)).toEqual([200, 200])
    for (const list of await Promise.all(lists)) {
      expect(list.status).toBe(503)
      expect(list.headers.get('retry-after')).toMatch(/^\d+$/)
    }
  } finally {
    await locker`rollback`
    await Promise.all([locker.end(), watcher.end()])
  }
  expect((await api.call('GET', '/embalagens', { as: 'admin' })).status).toBe(200)
})
