/** What imports and exports leave behind: nothing. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { heapStats } from 'bun:jsc'
import { createImporter } from '../../db/packaging/import/import-file.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const HEADER = 'sku,name,material,kind,unit_cost,currency,supplier,stock,tags'
const file = (rows: number, round: number) =>
  `${HEADER}\n${Array.from({ length: rows }, (_, i) => `M${i},Caixa ${i}/${round},paper,${'k'.repeat(60)},1.5,BRL,F${i},${i},a;b`).join('\n')}`

/** What is alive, in bytes: objects and texts, and what they hold outside the heap. */
function alive(): number {
  Bun.gc(true)
  const { heapSize, extraMemorySize } = heapStats()
  return heapSize + extraMemorySize
}
const texts = () => heapStats().objectTypeCounts.string ?? 0

test('what is alive after the sixth import and export is what was after the second', async () => {
  const ROWS = 6000
  const seen: Array<{ bytes: number; texts: number }> = []
  for (let round = 1; round <= 6; round++) {
    const body = file(ROWS, round)
    const answer = await api.call('POST', '/embalagens/import', {
      as: 'operator',
      body,
      headers: { 'content-type': 'text/csv' },
    })
    expect(await answer.json()).toMatchObject({ created: round === 1 ? ROWS : 0, updated: round === 1 ? 0 : ROWS })
    const exported = await (await api.call('GET', '/embalagens/export', { as: 'viewer' })).text()
    expect(exported.split('\r\n')).toHaveLength(ROWS + 2)
    seen.push({ bytes: alive(), texts: texts() })
  }
  const [second, sixth] = [seen[1]!, seen[5]!]
  // Four files kept would be 2.5 MB, a text kept for each of their rows 24,000. What is compiled meanwhile is far less.
  expect(sixth.bytes - second.bytes).toBeLessThan(2_000_000)
  expect(sixth.texts - second.texts).toBeLessThan(6000)
})

test('while a file comes in, what is alive does not grow with its rows', async () => {
  const importFile = createImporter(api.db.sql)
  const peakOf = async (rows: number) => {
    const bytes = new TextEncoder().encode(file(rows, 7))
    const before = alive()
    const seen: number[] = []
    const timer = setInterval(() => seen.push(alive() - before), 50)
    await importFile({ bytes }, commandLineActor())
    clearInterval(timer)
    return Math.max(...seen)
  }
  const [small, large] = [await peakOf(2000), await peakOf(16_000)]
  // 14,000 rows more. As objects they take some 900 bytes each, a sku and its line about 100; never looked at, -Infinity.
  expect(Math.abs(large - small)).toBeLessThan(14_000 * 100)
})
