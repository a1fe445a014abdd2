/** The choice of a chart, judged by kinds of tables: how many of the cases end as a person would have it. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { parseReference } from '../../lib/spreadsheet/cells.ts'
import { FIXTURES, planOf } from '../kit/make-workbook.ts'
import { BOUNDARIES } from './cases/boundaries.ts'
import { wholeRange } from './cases/build.ts'
import { KINDS } from './cases/case.ts'
import { CASES } from './cases/index.ts'
import { judge, type Judgement } from './cases/judge.ts'

setDefaultTimeout(120_000)

/** Right of tried; 0 are ordinary tables. A number here only ever rises. */
const RIGHT: Record<number, number> = {
  0: 47,
  1: 24,
  2: 24,
  3: 24,
  4: 9,
  5: 29,
  6: 37,
  7: 10,
  8: 11,
  10: 14,
  11: 5,
  12: 20,
  13: 9,
  14: 18,
  15: 20,
  16: 37,
  17: 17,
  18: 12,
  21: 12,
  22: 17,
  23: 10,
  24: 14,
  25: 13,
  26: 17,
  27: 9,
  30: 38,
  40: 46,
  31: 18,
}

const judged: { kind: number; name: string; wanted: string | undefined; judgement: Judgement }[] = []
for (const one of CASES)
  judged.push({
    kind: one.kind,
    name: one.name,
    wanted:
      'refused' in one.wants
        ? undefined
        : ([one.wants].flat()[0]!.range ?? (typeof one.table === 'string' ? wholeRange(one) : undefined)),
    judgement: await judge(one),
  })

const kinds = [...new Set(CASES.map(({ kind }) => kind))].toSorted((a, b) => a - b)
const ofKind = (kind: number) => judged.filter((one) => one.kind === kind)
const rightOf = (kind: number) => ofKind(kind).filter(({ judgement }) => judgement.faults.length === 0).length

test('every kind of workbook is drawn as a person would have it, as often as is recorded', () => {
  const lines = kinds.map((kind) => `${kind} (${KINDS[kind]}): ${rightOf(kind)} of ${ofKind(kind).length}`)
  const wrong = judged.flatMap(({ kind, name, judgement }) =>
    judgement.faults.length === 0 ? [] : [`  ${kind}, ${name}: ${judgement.faults.join('; ')}`],
  )
  console.log(['kind: right of tried', ...lines, ...wrong].join('\n'))
  for (const kind of kinds) expect([kind, rightOf(kind)]).toEqual([kind, RIGHT[kind]!])
})

/** The largest deviation of a boundary, in cells. */
function deviation(found: string | undefined, wanted: string): number {
  if (found === undefined) return Infinity
  const sides = (range: string) => range.split(':').flatMap((corner) => parseReference(corner)!)
  const [a, b] = [sides(found), sides(wanted)]
  return Math.max(...a.map((side, at) => Math.abs(side - b[at]!)))
}

test('the boundary of a table is found, exactly in nine of ten, nearly in all', async () => {
  const found = judged.flatMap(({ name, wanted, judgement }) =>
    wanted === undefined ? [] : [{ name, range: judgement.range, wanted, by: deviation(judgement.range, wanted) }],
  )
  for (const [name, { sheet, range }] of Object.entries(BOUNDARIES)) {
    const { source } = await planOf(join(FIXTURES, name))
    found.push({
      name,
      range: source.range,
      wanted: range,
      by: source.sheet === sheet ? deviation(source.range, range) : Infinity,
    })
  }
  const share = (most: number) => found.filter(({ by }) => by <= most).length / found.length
  console.log(
    [
      `EoB-0 ${(share(0) * 100).toFixed(1)} %, EoB-2 ${(share(2) * 100).toFixed(1)} % of ${found.length} tables`,
      ...found.filter(({ by }) => by > 0).map(({ name, range, wanted }) => `  ${name}: ${range} instead of ${wanted}`),
    ].join('\n'),
  )
  expect(share(0)).toBeGreaterThanOrEqual(0.9)
  expect(share(2)).toBeGreaterThanOrEqual(0.97)
})
