import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../../db/audit/audit.ts'
import { withListCache } from '../../../db/packaging/list-cache.ts'
import type { Cache } from '../../../db/engines/cache/cache.ts'
import { withBreaker } from '../../../db/engines/cache/breaker.ts'
import { createSqlCache } from '../../../db/engines/cache/sql/cache.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import {
  deletePackaging,
  insertPackaging,
  listPackaging,
  updatePackaging,
  type PackagingFilters,
  type PackagingValues,
} from '../../../db/packaging/packaging.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let cache: Cache
beforeAll(async () => {
  database = await testDatabase()
  cache = createSqlCache(database.sql)
})
afterAll(() => database.close())

/** Lists as one process would, and counts how often PostgreSQL was asked for a page. Pages are kept beside the answer. */
function reader(inner: Cache = cache) {
  let asked = 0
  let keeping: Promise<unknown> = Promise.resolve()
  const shared: Cache = { ...inner, set: (...entry) => (keeping = inner.set(...entry)) as Promise<void> }
  const { sql } = database
  const read = async ({ limit = 50, ...filters }: PackagingFilters & { limit?: number }) => {
    asked++
    const { rows } = await listPackaging(sql, filters, { sort: 'name', descending: false }, { limit })
    return `{"items":[${rows.join(',')}]}`
  }
  const list = withListCache(read, { sql, cache: shared })
  async function names(query: Parameters<typeof list>[0] = {}): Promise<string[]> {
    const found = namesIn(await list(query))
    await keeping.catch(() => {})
    return found
  }
  return { names, list, asked: () => asked }
}
const actor = commandLineActor()
const parsed = (page: Uint8Array) => JSON.parse(new TextDecoder().decode(page)) as unknown
const namesIn = (page: Uint8Array) => (parsed(page) as { items: Array<{ name: string }> }).items.map(({ name }) => name)
const values = (name: string): PackagingValues => ({
  sku: name,
  name,
  material: 'paper',
  kind: 'box',
  length_mm: null,
  width_mm: null,
  height_mm: null,
  weight_g: null,
  capacity_ml: null,
  unit_cost: '1',
  currency: 'BRL',
  supplier: null,
  stock: 0,
  reorder_level: 0,
  recyclable: false,
  tags: [],
})

test('a page is asked for once, by however many processes, until something is written', async () => {
  const [one, two] = [reader(), reader()]
  const before = await one.names()
  await one.names()
  await two.names()
  expect(one.asked() + two.asked()).toBe(1)
  const id = Bun.randomUUIDv7()
  await insertPackaging(database.sql, { id, values: values('a'), actor })
  expect(await two.names()).toEqual([...before, 'a'])
  expect(await one.names()).toEqual([...before, 'a'])
  expect(one.asked() + two.asked()).toBe(2)
  await updatePackaging(database.sql, id, values('b'), actor)
  expect(await one.names()).toEqual([...before, 'b'])
  await deletePackaging(database.sql, id, actor)
  expect(await two.names()).toEqual(before)
})

test('another question has another answer, in whatever order it is asked', async () => {
  const { names, asked } = reader()
  await insertPackaging(database.sql, {
    id: Bun.randomUUIDv7(),
    actor,
    values: { ...values('glass jar'), material: 'glass' },
  })
  expect(await names({ material: 'glass', limit: 5 })).toEqual(['glass jar'])
  expect(await names({ limit: 5, material: 'glass' })).toEqual(['glass jar'])
  expect(asked()).toBe(1)
  expect(await names({ material: 'wood' })).toEqual([])
})

test('no answer is older than the last acknowledged write, with two readers, ten writers and a cache that comes and goes', async () => {
  const restless: Cache = {
    ...cache,
    // Loses what it knows, or is away, now and then.
    get: (key) => (Math.random() < 0.1 ? Promise.resolve(null) : cache.get(key)),
    set: (key, value, ttl_s) =>
      Math.random() < 0.1 ? Promise.reject(new Error('away')) : cache.set(key, value, ttl_s),
  }
  const sql = openSql(database.url, 8)
  const readers = [reader(restless), reader(restless)]
  const acknowledged = new Map<string, number>()
  const id = Bun.randomUUIDv7()
  await insertPackaging(sql, { id, values: { ...values('counter'), stock: 0 }, actor })
  let written = 0
  let running = true
  const writers = Array.from({ length: 10 }, async () => {
    while (running) {
      // The counter only grows, whoever writes.
      const [row] = await sql<{ stock: number }[]>`
        update packaging set stock = stock + 1 where id = ${id} returning stock`
      acknowledged.set(id, Math.max(acknowledged.get(id) ?? 0, row!.stock))
      written++
    }
  })
  let checked = 0
  for (let n = 0; n < 400; n++) {
    const at_least = acknowledged.get(id) ?? 0
    const page = parsed(await readers[n % 2]!.list({ q: 'counter' })) as { items: Array<{ stock: number }> }
    expect(page.items[0]!.stock).toBeGreaterThanOrEqual(at_least)
    checked++
  }
  running = false
  await Promise.all(writers)
  await sql.end()
  expect(checked).toBe(400)
  expect(written).toBeGreaterThan(100)
})

test('a write that is rolled back moves nothing; one in a transaction counts when it is committed', async () => {
  const { names, asked } = reader()
  const before = await names()
  const asked_before = asked()
  await database.sql
    .begin(async (tx) => {
      await insertPackaging(tx as never, { id: Bun.randomUUIDv7(), values: values('never'), actor })
      expect(await names()).toEqual(before)
      throw new Error('roll back')
    })
    .catch(() => {})
  expect(await names()).toEqual(before)
  expect(asked()).toBe(asked_before)
})

test('a cache that is away costs one try, and the lists come all the same', async () => {
  let tries = 0
  const away = {
    ...cache,
    get: () => (tries++, Promise.reject(new Error('away'))),
    set: () => Promise.reject(new Error('away')),
  }
  const { names, asked } = reader(withBreaker(away))
  for (let n = 0; n < 20; n++) await names({ q: `page ${n}` })
  expect([tries, asked()]).toEqual([1, 20])
})
