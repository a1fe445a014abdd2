/** The same bytes through the catalogue's import and through the charts: what is imported is also drawn, with its values. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { planChart } from '../../charts/draw.ts'
import { Refusal } from '../../charts/refusal.ts'
import { summarise } from '../../charts/summary.ts'
import { createImporter } from '../../db/packaging/import/import-file.ts'
import { AppError } from '../../lib/errors.ts'
import { makeSheet, newPath, requestFor, type CellInput } from '../kit/make-workbook.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
beforeEach(async () => void (await database.sql`truncate packaging`))
afterAll(() => database.close())

const HEADER = ['sku', 'name', 'material', 'kind', 'currency', 'unit_cost']
const ROWS: Array<[sku: string, name: string, cost: number]> = [
  ['A', 'Papelão, ação', 1234.5],
  ['B', 'Maçã "dupla"', 0.52],
  ['C', 'Órgão; n.º 3', 12.25],
]
const cellsOf = (cost: (value: number) => CellInput) => [
  HEADER,
  ...ROWS.map(([sku, name, value]) => [sku, name, 'paper', 'box', 'BRL', cost(value)]),
]

const ENCODINGS: Record<string, (text: string) => Uint8Array> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with BOM': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'Windows-1252': (text) => Buffer.from(text, 'latin1'),
}
const SEPARATORS: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t' }
const MARKS: Record<string, string> = { point: '.', comma: ',' }

function csv(separator: string, mark: string, declared: boolean): string {
  const quoted = (text: string) =>
    text.includes(separator) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const lines = cellsOf((value) => String(value).replace('.', mark)).map((cells) =>
    cells.map((cell) => quoted(String(cell))).join(separator),
  )
  return `${declared ? `sep=${separator}\r\n` : ''}${lines.join('\r\n')}\r\n`
}

/** What came into the catalogue, and what was drawn; or the code and sentence, or the code, of the refusal. */
async function both(bytes: Uint8Array, name: string) {
  const path = newPath(name)
  await Bun.write(path, bytes)
  const imported = await createImporter(database.sql)({ bytes }, commandLineActor()).then(
    async () => {
      const items = await database.sql`select sku, name, unit_cost::float8 from packaging order by sku`
      return items.map(({ sku, name: item, unit_cost }) => [sku, item, unit_cost])
    },
    (err: unknown) => (err instanceof AppError ? err.code : err),
  )
  const drawn = await planChart(requestFor(path)).then(
    (plan) => ({
      range: summarise(plan, 'pt-BR').range,
      values: plan.points.map(({ label }, at) => [label, plan.series[0]!.values[at]]),
    }),
    (err: unknown) => (err instanceof Refusal ? err.code : err),
  )
  return { imported, drawn }
}

const byCost = ROWS.toSorted((a, b) => b[2] - a[2])
const WHOLE = {
  imported: ROWS,
  drawn: { range: 'A1:F4', values: byCost.map(([, name, cost]) => [name, cost]) },
}

const CASES = Object.keys(ENCODINGS).flatMap((encoding) =>
  Object.keys(SEPARATORS).flatMap((separator) =>
    Object.keys(MARKS).flatMap((mark) =>
      [false, true].map((declared) => ({ encoding, separator, mark, declared }) as const),
    ),
  ),
)

test.each(CASES)('$encoding, separated by $separator, decimal $mark, sep= line: $declared', async (one) => {
  const text = csv(SEPARATORS[one.separator]!, MARKS[one.mark]!, one.declared)
  expect(await both(ENCODINGS[one.encoding]!(text), 'itens.csv')).toEqual(WHOLE)
})

describe('as a workbook', () => {
  test.each([
    ['numbers', (value: number) => value],
    ['texts with a decimal point', (value: number) => String(value)],
    ['texts with a decimal comma', (value: number) => String(value).replace('.', ',')],
  ])('with %s', async (_, cost) => {
    const bytes = await Bun.file(await makeSheet(cellsOf(cost))).bytes()
    expect(await both(bytes, 'itens.xlsx')).toEqual(WHOLE)
  })
})

describe('a file that', () => {
  const rows = (...costs: string[]) => costs.map((cost, at) => `S${at},Caixa ${at},paper,box,BRL,${cost}`).join('\n')

  test('declares a separator of its own is read by it', async () => {
    const text = csv('|', '.', true)
    expect(await both(Buffer.from(text), 'itens.csv')).toEqual(WHOLE)
  })

  test('has 1.234 between commas means a little more than one', async () => {
    const { imported, drawn } = await both(Buffer.from(`${HEADER.join()}\n${rows('1.234', '2.345', '3.456')}`), 'a.csv')
    expect((imported as Array<[string, string, number]>).map(([, , cost]) => cost)).toEqual([1.234, 2.345, 3.456])
    expect((drawn as { values: Array<[string, number]> }).values.map(([, cost]) => cost)).toEqual([3.456, 2.345, 1.234])
  })

  test('has lines that end in different ways is one table', async () => {
    const text = csv(';', ',', false).replace('\r\n', '\r').replace('\r\n', '\n')
    expect(await both(Buffer.from(text), 'itens.csv')).toEqual(WHOLE)
  })

  test('is UTF-16 without a BOM, or no text at all, is refused by both', async () => {
    for (const bytes of [Buffer.from(csv(';', ',', false), 'utf16le'), Buffer.from([1, 0, 2, 0])])
      expect(await both(bytes, 'itens.csv')).toEqual({ imported: 'import_rejected', drawn: 'not_a_workbook' })
  })

  test('names a quotation mark as its separator is read without one', async () => {
    const { imported, drawn } = await both(Buffer.from(`sep="\n${csv(',', '.', false)}`), 'itens.csv')
    expect(imported).toBe('import_rejected')
    expect(drawn).toMatchObject({ values: WHOLE.drawn.values })
  })
})
