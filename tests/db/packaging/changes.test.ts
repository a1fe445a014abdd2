/** A client that keeps a copy of the catalogue by updated_after, and what the lists read. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import postgres, { type ReservedSql } from 'postgres'
import { commandLineActor } from '../../../db/audit/audit.ts'
import { settledUntil } from '../../../db/packaging/changes.ts'
import {
  DEFAULTS,
  insertPackaging,
  listPackaging,
  patchPackaging,
  type PackagingFilters,
  type PackagingKeyset,
  type PackagingOrder,
  type PackagingValues,
} from '../../../db/packaging/packaging.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const actor = commandLineActor()
const values = (sku: string): PackagingValues => ({
  ...DEFAULTS,
  sku,
  name: 'Caixa',
  material: 'paper',
  kind: 'box',
  unit_cost: '1.50',
  currency: 'BRL',
})

/** As the API's description of GET /embalagens tells it, in pages of two. */
function createCopy() {
  const versions = new Map<string, number>()
  let newest = '1970-01-01T00:00:00Z'
  return {
    versions,
    async update(): Promise<void> {
      const { sql } = database
      const updated_after = new Date(newest)
      let after: PackagingKeyset | undefined
      do {
        const filters = { updated_after, updated_before: await settledUntil(sql) }
        const page = await listPackaging(sql, filters, { sort: 'updated_at', descending: false }, { limit: 2, after })
        for (const text of page.rows) {
          const item = JSON.parse(text) as { id: string; version: number; updated_at: string }
          versions.set(item.id, item.version)
          newest = item.updated_at
        }
        after = page.last ?? undefined
      } while (after)
    },
  }
}

/** Writes items of its own, in transactions that stay open as long as they are told. */
function createWriter(sql: ReservedSql) {
  const ids: string[] = []
  let stock = 0
  let is_open = false
  return {
    async begin() {
      if (!is_open) await sql`begin`
      is_open = true
    },
    async write(n: number) {
      const id = ids[n]
      if (id && (await patchPackaging(sql, id, { stock: ++stock }, actor))) return
      const made = Bun.randomUUIDv7()
      await insertPackaging(sql, { id: made, values: values(made), actor })
      ids.push(made)
    },
    async end(how: 'commit' | 'rollback') {
      if (is_open) await sql.unsafe(how)
      is_open = false
    },
  }
}

test('a copy kept by updated_after misses no change, in whatever order transactions begin, write and commit', async () => {
  const { sql } = database
  const connections = await Promise.all([sql.reserve(), sql.reserve(), sql.reserve()])
  const step = fc.record({
    writer: fc.nat(2),
    what: fc.constantFrom('begin' as const, 'write' as const, 'write' as const, 'commit' as const, 'rollback' as const),
    item: fc.nat(2),
    then_read: fc.boolean(),
  })
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async (steps) => {
        // Of a run that failed.
        for (const connection of connections) await connection`rollback`
        await sql`truncate packaging`
        const writers = connections.map(createWriter)
        const copy = createCopy()
        for (const { writer, what, item, then_read } of steps) {
          const one = writers[writer]!
          if (what === 'begin') await one.begin()
          else if (what === 'write') await one.write(item)
          else await one.end(what)
          if (then_read) await copy.update()
        }
        for (const writer of writers) await writer.end('commit')
        await copy.update()
        const rows = await sql<{ id: string; version: number }[]>`select id, version from packaging`
        expect(new Map([...copy.versions].toSorted())).toEqual(
          new Map(rows.map(({ id, version }): [string, number] => [id, version]).toSorted()),
        )
      }),
      {
        numRuns: 40,
        // The late commit, whatever else is tried.
        examples: [
          [
            [
              { writer: 0, what: 'begin', item: 0, then_read: false },
              { writer: 0, what: 'write', item: 0, then_read: false },
              { writer: 1, what: 'write', item: 0, then_read: true },
            ],
          ],
        ],
      },
    )
  } finally {
    for (const connection of connections) {
      await connection`rollback`
      connection.release()
    }
  }
})

test('a transaction that began early and writes late holds back what changed meanwhile only while it is open', async () => {
  const { sql } = database
  await sql`truncate packaging`
  const copy = createCopy()
  const late = await sql.reserve()
  try {
    await late`begin`
    await late`select now()`
    await insertPackaging(sql, { id: Bun.randomUUIDv7(), values: values('early'), actor })
    await copy.update()
    expect(copy.versions.size).toBe(1)
    await insertPackaging(late as never, { id: Bun.randomUUIDv7(), values: values('late'), actor })
    await insertPackaging(sql, { id: Bun.randomUUIDv7(), values: values('between'), actor })
    await copy.update()
    expect(copy.versions.size).toBe(1)
    await late`commit`
    await copy.update()
    expect(copy.versions.size).toBe(3)
  } finally {
    await late`rollback`
    late.release()
  }
})

test('lists read by index what they can', async () => {
  const { sql, url } = database
  await sql`truncate packaging`
  await sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency)
    select gen_random_uuid(), 'S' || n, 'Caixa ' || n, (array['paper', 'glass'])[n % 2 + 1], 'box', 1, 'BRL'
    from generate_series(1, 5000) n`
  await sql`analyze packaging`
  let sent: { text: string; parameters: unknown[] } | undefined
  const watched = postgres(url, {
    max: 1,
    debug: (_, text, parameters) => {
      if (text.includes('from packaging')) sent = { text, parameters }
    },
  })
  const planOf = async (filters: PackagingFilters, sort: PackagingOrder['sort'], after?: PackagingKeyset) => {
    await listPackaging(watched, filters, { sort, descending: false }, { limit: 50, after })
    const { text, parameters } = sent!
    const rows = await watched.unsafe(`explain ${text}`, parameters as never[])
    return rows.map((row) => row['QUERY PLAN'] as string).join('\n')
  }
  const after = { id: Bun.randomUUIDv7(), value: '' }
  const changed = { updated_after: new Date(), updated_before: 'infinity' }
  try {
    for (const [index, plan] of [
      ['packaging_name', await planOf({}, 'name')],
      ['packaging_name', await planOf({}, 'name', { ...after, value: 'caixa 3' })],
      ['packaging_sku', await planOf({}, 'sku', { ...after, value: 'S3' })],
      ['packaging_sku', await planOf({ sku: 'S77' }, 'name')],
      ['packaging_material', await planOf({ material: 'glass' }, 'material', { ...after, value: 'glass' })],
      ['packaging_updated', await planOf({}, 'updated_at')],
      ['packaging_updated', await planOf(changed, 'updated_at')],
      ['packaging_updated', await planOf(changed, 'updated_at', { ...after, value: '2026-01-01T00:00:00Z' })],
      // Most items have the word: reading in order and leaving out the others ends sooner than sorting all.
      ['packaging_name', await planOf({ q: 'caixa' }, 'name')],
    ] as const)
      expect(plan).toContain(`using ${index} on packaging`)
  } finally {
    await watched.end()
  }
})
