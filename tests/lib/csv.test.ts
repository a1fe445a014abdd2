import { describe, expect, test } from 'bun:test'
import {
  BRAZILIAN_CSV,
  csvDecimal,
  csvRow,
  PLAIN_CSV,
  withFormulaGuard,
  withoutFormulaGuard,
  type CsvForm,
  type CsvValue,
} from '../../lib/csv.ts'
import { CsvSplitter } from '../../lib/spreadsheet/split-csv.ts'

const SEPARATORS = [',', ';', '\t'] as const
const FORMS: CsvForm[] = [PLAIN_CSV, BRAZILIAN_CSV, { separator: '\t', decimal: '.', bom: false }]

/** The cells that a spreadsheet sees which splits at `separator` and minds quotation marks. */
function cellsOf(csv: string, separator: string, loose_quotes: boolean): string[] {
  const splitter = new CsvSplitter(separator, { loose_quotes })
  return [...splitter.push(csv), ...splitter.end()].flatMap(({ cells }) => cells)
}

/** Those that one sees which does not, and then leaves the marks out. */
const cellsWithoutQuotes = (csv: string, separator: string) =>
  csv
    .split(/\r\n|\r|\n/)
    .flatMap((line) => line.split(separator))
    .map((cell) => cell.replaceAll('"', ''))

/** Cells that would run. A negative number is one, and no formula. */
const running = (cells: string[]) =>
  cells.filter((cell) => /^[=+\-@＝＋－＠\t\r]/.test(cell) && !/^-\d+([.,]\d+)?$/.test(cell))

const BAD = 'x;=HYPERLINK("http://localhost")'

describe('no spreadsheet finds a formula, whichever separator it splits at', () => {
  test.each([
    [[BAD]],
    [['a', BAD, 'b']],
    [['a;=2+5']],
    [['a,=1', 'a\t=1', 'a\n=1', 'a\r\n=1', 'a\r=1']],
    [['x;"=1+1"', 'x;""=1', `x;'=1`, `x;'"=1`]],
    [['"=1', '"";=1', ';"', '=1', '";"=1']],
    [['\t=1', '\r=1', ';\t=1', '\t\t@x']],
    [['＝1+1', 'a;＠SUM(1)', 'a,＋1', '"－1', "'＝1"]],
    [['a;-3', -3.5, '-3,5', '1,5', 'a,-b', 'a;', -3.5]],
  ])('%j', (row) => {
    for (const form of FORMS) {
      const csv = csvRow(row as CsvValue[], form)
      for (const separator of SEPARATORS) {
        expect(running(cellsWithoutQuotes(csv, separator))).toEqual([])
        expect(running(readable(csv, separator))).toEqual([])
      }
    }
  })

  test('nor in rows of any texts, which come back as they were', () => {
    const PARTS = ['=', '＝', '+', '-', '@', '\t', '\r', '\n', ',', ';', '"', "'", 'a', '1', ' ']
    for (let round = 0; round < 1000; round++) {
      const pick = (at: number) => PARTS[Bun.hash.crc32(`${round} ${at}`) % PARTS.length]!
      const text = (at: number) => Array.from({ length: 6 }, (_, z) => pick(at * 7 + z)).join('')
      const row = ['sku', text(1), text(2), 7.25, -3.5, null, text(3), true]
      for (const form of FORMS) {
        const csv = csvRow(row, form).repeat(2)
        for (const separator of SEPARATORS) {
          expect(running(cellsWithoutQuotes(csv, separator))).toEqual([])
          expect(running(readable(csv, separator))).toEqual([])
        }
        const number = (value: number) => String(value).replace('.', form.decimal)
        const written = row.map((value) =>
          value === null ? '' : typeof value === 'number' ? number(value) : `${value}`,
        )
        expect(cellsOf(csv, form.separator, false).map(withoutFormulaGuard)).toEqual([...written, ...written])
      }
    }
  })
})

/** As `cellsOf`, where the file can be read so at all. */
function readable(csv: string, separator: string): string[] {
  try {
    return cellsOf(csv, separator, true)
  } catch {
    return []
  }
}

test('the guard of a text is taken off whole, and nothing else', () => {
  for (const text of ["'", "it's", "'a", "a;'b", '', 'a;b', "''", "a,'1"]) {
    expect(withFormulaGuard(text)).toBe(text)
    expect(withoutFormulaGuard(text)).toBe(text)
  }
  expect(withFormulaGuard("'=1;@x")).toBe("''=1;'@x")
})

test('a decimal comma is never one of thousands', () => {
  expect(
    ['1.5', '1.234', '12.345', '0.123', '1234.567', '1.2345', '7'].map((one) => csvDecimal(one, BRAZILIAN_CSV)),
  ).toEqual(['1,5', '01,234', '012,345', '0,123', '1234,567', '1,2345', '7'])
  expect(csvDecimal('1.234', PLAIN_CSV)).toBe('1.234')
})
