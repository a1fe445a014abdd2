import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../../db/audit/audit.ts'
import { mergeImport, openImport, stageImport } from '../../../db/packaging/import/stage-rows.ts'
import { batchCreates } from '../../../db/packaging/batch-creates.ts'
import {
  insertPackaging,
  insertSeveral,
  packagingEpoch,
  readPackaging,
  type NewPackaging,
  type PackagingValues,
} from '../../../db/packaging/packaging.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
beforeEach(async () => void (await database.sql`truncate packaging`))
afterAll(() => database.close())

const item = (sku: string, more: Partial<PackagingValues> = {}): NewPackaging => ({
  id: Bun.randomUUIDv7(),
  actor: commandLineActor(),
  values: {
    sku,
    name: `Caixa "${sku}" \\ ç 📦`,
    material: 'paper',
    kind: 'box',
    length_mm: '12.50',
    width_mm: null,
    height_mm: '999999999.999',
    weight_g: null,
    capacity_ml: '0.001',
    unit_cost: '1234567890.1234',
    currency: 'BRL',
    supplier: null,
    stock: 2_147_483_647,
    reorder_level: 0,
    recyclable: true,
    tags: ['a, "b"', '{c}', 'NULL'],
    ...more,
  },
})
const turnsOf = async () => Number((await database.sql`select sum(writes) as n from packaging_epochs`)[0]!.n)

test('an item of a group is what it would be by itself', async () => {
  const [alone, grouped] = [item('alone'), item('grouped')]
  const one = await insertPackaging(database.sql, alone)
  const made = await insertSeveral(database.sql, [grouped, item('other')])
  const plain = ({ id, values }: NewPackaging, json: string) =>
    json
      .replaceAll(id, 'ID')
      .replaceAll(values.sku, 'SKU')
      .replaceAll(/"[\d-]+T[\d:.]+Z"/g, 'AT')
  expect(plain(grouped, made.get(grouped.id)!.json)).toBe(plain(alone, one!.json))
  expect(made.size).toBe(2)
  expect((await readPackaging(database.sql, grouped.id))!.json).toBe(made.get(grouped.id)!.json)
})

test('items that come at once are one write, and each is told its own', async () => {
  const create = batchCreates(database.sql)
  await insertPackaging(database.sql, item('taken'))
  const before = await turnsOf()
  const wanted = ['a', 'taken', 'b', 'c', 'b'].map((sku) => item(sku))
  const answers = await Promise.all(wanted.map(create))
  expect(answers.map((answer) => answer !== undefined)).toEqual([true, false, true, true, false])
  for (const [n, answer] of answers.entries()) if (answer) expect(answer.id).toBe(wanted[n]!.id)
  expect((await turnsOf()) - before).toBe(1)
})

test('what PostgreSQL refuses costs the others nothing', async () => {
  const create = batchCreates(database.sql)
  const wanted = [item('a'), item('bad', { stock: -1 }), item('b'), item('huge', { stock: 1e12 })]
  const outcomes = await Promise.allSettled(wanted.map(create))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
  expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: '23514' })
  const stored = await database.sql<{ sku: string }[]>`select sku from packaging order by sku`
  expect(stored.map(({ sku }) => sku)).toEqual(['a', 'b'])
})

test('a lost connection is told to all: nobody knows what was written, and nothing is tried twice', async () => {
  const sql = openSql(database.url, 1)
  const [{ pid }] = (await sql`select pg_backend_pid() as pid`) as unknown as [{ pid: number }]
  const create = batchCreates(sql)
  const blocker = await database.sql.reserve()
  await blocker`begin`
  await blocker`lock table packaging in access exclusive mode`
  const outcomes = Promise.allSettled(['a', 'b'].map((sku) => create(item(sku))))
  for (;;) {
    const [row] = await blocker<{ waits: boolean }[]>`
      select wait_event_type = 'Lock' as waits from pg_stat_activity where pid = ${pid}`
    if (row?.waits) break
    await Bun.sleep(5)
  }
  const [killed] = await blocker<{ done: boolean }[]>`select pg_terminate_backend(${pid}) as done`
  expect(killed!.done).toBe(true)
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await blocker`rollback`
  blocker.release()
  expect((await database.sql`select 1 from packaging`).count).toBe(0)
  await sql.end()
})

test('two processes that create the same items, and imports of them, wait for one another and never in a circle', async () => {
  const pools = [openSql(database.url, 3), openSql(database.url, 3)]
  const creates = pools.map((sql) => batchCreates(sql))
  for (let round = 0; round < 10; round++) {
    const skus = Array.from({ length: 40 }, (_, n) => `${round}-${n}`)
    const shuffled = (seed: number) => skus.toSorted((a, b) => Bun.hash.crc32(a + seed) - Bun.hash.crc32(b + seed))
    const imported = pools[0]!.begin(async (tx) => {
      await openImport(tx)
      await stageImport(tx, JSON.stringify(shuffled(3).map((sku) => ({ ...item(sku).values, id: Bun.randomUUIDv7() }))))
      return mergeImport(tx, ['name'])
    })
    const answers = await Promise.all(creates.flatMap((create, n) => shuffled(n).map((sku) => create(item(sku)))))
    const made = answers.filter((answer) => answer !== undefined).length
    const { created } = (await imported) as { created: number }
    expect(Number(made) + Number(created)).toBe(40)
  }
  for (const sql of pools) await sql.end()
  expect(await packagingEpoch(database.sql)).toBeGreaterThan(0)
})
