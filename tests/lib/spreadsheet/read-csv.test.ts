import { describe, expect, test } from 'bun:test'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import { openCsv, type CsvOptions } from '../../../lib/spreadsheet/read-csv.ts'
import { CsvSplitter, type CsvRow } from '../../../lib/spreadsheet/split-csv.ts'

async function rowsOf(text: string | Uint8Array, options?: CsvOptions): Promise<CsvRow[]> {
  const file = openCsv(typeof text === 'string' ? Buffer.from(text) : text, options)
  return (await Array.fromAsync(file.rows())).flat()
}
const faultOf = (text: string, options?: CsvOptions) =>
  rowsOf(text, options).then(
    () => 'none',
    (err: unknown) => (err instanceof SpreadsheetFault ? { code: err.code, ...err.facts } : err),
  )

describe('the separator', () => {
  test.each([
    ['a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5', ';'],
    ['Ana;1,5\nBia;2,5', ';'],
    ['Norte\t1,5\t2;5\nSul\t3,5\t4;5', '\t'],
    ['name,tags\nAna,x;y\nBia,z', ','],
    ['name,note\nAna,"a;b;c"\nBia,"d;e;f"', ','],
    ['only\n1\n2', ','],
    ['', ','],
    ['sep=|\na|b', '|'],
    ['SEP=;\r\na,b;c', ';'],
    ['sep=\t', '\t'],
  ])('of %j is %j', (text, separator) => {
    expect(openCsv(Buffer.from(text)).separator).toBe(separator)
  })

  test('is the one under which the caller knows the header', () => {
    const text = Buffer.from('sku;name,a,b\nx,1,2\ny,3,4')
    expect(openCsv(text).separator).toBe(',')
    expect(openCsv(text, { knows: (header) => header === 'sku' }).separator).toBe(';')
  })
})

test('a row has the line of an editor and the number of a spreadsheet; blank ones count and do not come', async () => {
  expect(await rowsOf('sep=;\r\na;"b\r\nc"\r\n\r\n;\r\nd;e')).toEqual([
    { line: 2, number: 1, cells: ['a', 'b\r\nc'] },
    { line: 6, number: 4, cells: ['d', 'e'] },
  ])
})

test('a file of many pieces is read whole, each time anew, though characters and cells lie across their ends', async () => {
  const cells = Array.from({ length: 20_000 }, (_, at) => [`ção ${at}`, `"é\n${at}"`])
  for (const bytes of [
    Buffer.from(cells.map((row) => row.join(';')).join('\n')),
    Buffer.from(`\ufeff${cells.map((row) => row.join(';')).join('\n')}`, 'utf16le').swap16(),
  ]) {
    const file = openCsv(bytes)
    for (let time = 0; time < 2; time++) {
      const rows = (await Array.fromAsync(file.rows())).flat()
      expect(rows).toHaveLength(20_000)
      expect(rows[19_999]).toEqual({ line: 39_999, number: 20_000, cells: ['ção 19999', 'é\n19999'] })
    }
  }
})

test('a row that cannot be split is told by its line', async () => {
  expect(await faultOf('a,b\nc,d"\ne,f')).toEqual({ code: 'bad_row', line: 2, why: 'quote_in_cell', cell: 'B2' })
  expect(await faultOf('a,b\n"c"d,e')).toEqual({ code: 'bad_row', line: 2, why: 'text_after_quote', cell: 'A2' })
  expect(await faultOf('a,b\n\nc,"d\ne,f')).toEqual({ code: 'bad_row', line: 3, why: 'quote_not_closed', cell: 'B3' })
  expect(await faultOf(`a,b\n"${'x'.repeat(400_000)}`)).toEqual({ code: 'bad_row', line: 2, why: 'row_too_long' })
  expect(await rowsOf('a,b\nc,d"', { loose_quotes: true })).toMatchObject([{}, { cells: ['c', 'd"'] }])
})

test('what is no text is refused', async () => {
  expect(await faultOf('a\0b')).toEqual({ code: 'not_text' })
  expect(() => openCsv(Buffer.from('\ufeffa\0b', 'utf16le'))).toThrow('not_text')
})

test('wherever the text is cut into pieces, its rows are the same, and are what was written', () => {
  const PARTS = ['a', 'é', ' ', ',', ';', '"', '\n', '\r\n', '\r', '=']
  for (let round = 0; round < 300; round++) {
    const pick = (at: number) => PARTS[Bun.hash.crc32(`${round} ${at}`) % PARTS.length]!
    const rows = Array.from({ length: 5 }, (_, y) =>
      Array.from({ length: 1 + (round % 4) }, (_, x) =>
        Array.from({ length: 4 }, (_, z) => pick(y * 40 + x * 8 + z)).join(''),
      ),
    )
    const ends = ['\n', '\r\n', '\r']
    const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
    const text = rows.map((cells, at) => cells.map(quoted).join(',') + ends[(round + at) % 3]!).join('')
    const whole = splitAt(text, text.length)
    expect(whole.map(({ cells }) => cells)).toEqual(rows.filter((cells) => cells.some((cell) => cell.trim() !== '')))
    for (const size of [1, 2, 3, 7]) expect(splitAt(text, size)).toEqual(whole)
  }
})

function splitAt(text: string, size: number): CsvRow[] {
  const splitter = new CsvSplitter(',')
  const rows: CsvRow[] = []
  for (let at = 0; at < text.length; at += size) rows.push(...splitter.push(text.slice(at, at + size)))
  return [...rows, ...splitter.end()]
}
