import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import postgres, { type Sql } from 'postgres'
import { cachePackagingFacts } from '../../../db/packaging/facts.ts'
import { testDatabase } from '../../kit/database.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let sql: Sql
let asked: unknown[][] = []
beforeAll(async () => {
  database = await testDatabase()
  sql = postgres(database.url, {
    max: 2,
    onnotice: () => {},
    types: { bigint: NUMBERS } as never,
    debug: (_, __, values) => void asked.push(values),
  })
})
beforeEach(async () => {
  await sql`delete from packaging`
  await add('A', 'B')
})
afterAll(async () => {
  await sql.end()
  await database.close()
})

const NUMBERS = { to: 20, from: [20], parse: Number, serialize: String }
const add = (...skus: string[]) => sql`
  insert into packaging (id, sku, name, material, kind, unit_cost, currency)
  select gen_random_uuid(), sku, 'Caixa', 'paper', 'box', 1.5, 'BRL' from unnest(${skus}::text[]) as sku`
/** The statements of `work`. */
async function counting<T>(work: () => Promise<T>): Promise<{ statements: number; answer: T }> {
  asked = []
  const answer = await work()
  return { statements: asked.length, answer }
}
const names = (found: Map<string, { name: string }>) =>
  Object.fromEntries([...found].map(([sku, { name }]) => [sku, name]))

test('one statement for every question, which reads the items that are not in memory alone', async () => {
  const factsOf = cachePackagingFacts(sql)
  const first = await counting(() => factsOf(['A', 'NOBODY']))
  expect(first.statements).toBe(1)
  expect(names(first.answer)).toEqual({ A: 'Caixa' })
  const second = await counting(() => factsOf(['A', 'B']))
  expect([second.statements, names(second.answer)]).toEqual([1, { A: 'Caixa', B: 'Caixa' }])
  expect(JSON.stringify(asked)).not.toContain('A')
})

test('a change of any item, by whomever, empties the memory', async () => {
  const factsOf = cachePackagingFacts(sql)
  await factsOf(['A', 'B'])
  await sql`update packaging set name = 'Outra' where sku = 'A'`
  expect(names(await factsOf(['A', 'B']))).toEqual({ A: 'Outra', B: 'Caixa' })
  await sql`delete from packaging where sku = 'B'`
  await add('C')
  expect(names(await factsOf(['A', 'B', 'C']))).toEqual({ A: 'Outra', C: 'Caixa' })
})

test('questions beside each other and beside changes never mix two catalogues', async () => {
  const factsOf = cachePackagingFacts(sql)
  for (let i = 0; i < 20; i++) {
    const change = sql`update packaging set name = ${`n${i}`}`
    const answers = await Promise.all([factsOf(['A']), factsOf(['A', 'B']), factsOf(['B', 'A']), change])
    for (const answer of answers.slice(0, 3) as Array<Map<string, { name: string }>>)
      expect(new Set([...answer.values()].map(({ name }) => name)).size).toBe(1)
    expect(names(await factsOf(['A', 'B']))).toEqual({ A: `n${i}`, B: `n${i}` })
  }
})
