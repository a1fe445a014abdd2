import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import { READ_LIMITS, readInChild } from '../../db/packaging/import/read-in-child.ts'
import { HOSTILE_WORKBOOKS } from '../kit/hostile-files.ts'
import { rewriteZip } from '../kit/make-zip.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

const HEADER = ['sku', 'name', 'material', 'kind', 'unit_cost', 'currency', 'weight_g', 'recyclable']

let api: TestApi
beforeAll(async () => void (api = await testApi()))
beforeEach(async () => void (await api.db.sql`truncate packaging`))
afterAll(() => api.close())

type Cells = ExcelJS.CellValue[]
async function workbook(rows: Cells[], change: (book: ExcelJS.Workbook) => void = () => {}): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  book.addWorksheet('Catálogo').addRows(rows)
  change(book)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

async function send(body: Bun.BodyInit) {
  const answer = await api.call('POST', '/embalagens/import', { as: 'operator', body })
  const json = (await answer.json()) as { detail: string; errors?: Array<{ path: string; message: string }> }
  return {
    status: answer.status,
    ...json,
    errors: (json.errors ?? []).map(({ path, message }) => `${path}: ${message}`),
  }
}
const lines = async () => {
  const csv = await (await api.call('GET', '/embalagens/export', { as: 'viewer' })).text()
  return csv.trimEnd().split('\r\n').slice(1)
}

test('the real catalogue as a workbook gives the same rows as its CSV', async () => {
  const csv = await Bun.file(join(import.meta.dir, '../fixtures/tables/packaging-catalogue.csv')).text()
  await send(csv)
  const expected = await lines()
  // Numbers as numbers, booleans as booleans: what a person has who typed them.
  const rows = csv
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:"([^"]*)"|([^,]*))(?:,|$)/g)].slice(0, 16).map(([, quoted, plain]) => {
        if (quoted !== undefined) return quoted
        if (plain === 'true' || plain === 'false') return plain === 'true'
        return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain
      }),
    )
  await api.db.sql`truncate packaging`
  expect(await send(await workbook(rows as Cells[]))).toMatchObject({ status: 200, created: 182 })
  const bare = (line: string) => line.replace(/(\.\d*?)0+(?=,)/g, '$1').replace(/\.(?=,)/g, '')
  expect((await lines()).map(bare)).toEqual(expected.map(bare))
})

test('cells are taken as a person sees them: formulas, rich text, links, text numbers with decimal commas', async () => {
  const bytes = await workbook(
    [
      [],
      HEADER,
      ['A', { richText: [{ text: 'Caixa ' }, { text: 'dupla' }] }, 'paper', 'box', '1,25', 'BRL', 0.1 + 0.2, true],
      [
        12345,
        { text: 'Caixa', hyperlink: 'http://localhost' },
        'paper',
        'box',
        { formula: '1+1', result: 2 },
        'BRL',
        12.345,
        false,
      ],
    ],
    (book) => {
      book.addWorksheet('Depois').addRow(['x'])
      book.worksheets[0]!.mergeCells('A8:H9')
    },
  )
  expect(await send(bytes)).toMatchObject({ status: 200, created: 2 })
  expect(await lines()).toEqual([
    '12345,Caixa,paper,box,,,,12.345,,2,BRL,,0,0,false,',
    'A,Caixa dupla,paper,box,,,,0.3,,1.25,BRL,,0,0,true,',
  ])
})

test('a sku is what the format of its number shows, zeros and dashes with it', async () => {
  const head = HEADER.slice(0, 6)
  const bytes = await workbook(
    [
      head,
      [12, 'a', 'paper', 'box', 1, 'BRL'],
      [1_310_100, 'b', 'paper', 'box', 1, 'BRL'],
      [455, 'c', 'paper', 'box', 1, 'BRL'],
    ],
    (book) => {
      for (const [cell, format] of [
        ['A2', '00000'],
        ['A3', '00000\\-000'],
        ['A4', '000-000'],
      ] as const)
        book.worksheets[0]!.getCell(cell).numFmt = format
    },
  )
  expect(await send(bytes)).toMatchObject({ status: 200, created: 3 })
  expect((await lines()).map((line) => line.split(',')[0])).toEqual(['000-455', '00012', '01310-100'])
})

test('a number written with zeros in front is still a number', async () => {
  const head = [...HEADER.slice(0, 6), 'stock']
  const bytes = await workbook([head, ['A', 'a', 'paper', 'box', 1, 'BRL', 5]], (book) => {
    book.worksheets[0]!.getCell('G2').numFmt = '000'
  })
  expect(await send(bytes)).toMatchObject({ status: 200, created: 1 })
})

test('mistakes are told by the row numbers of the sheet, hidden sheets are passed over', async () => {
  const rows: Cells[] = [
    [],
    HEADER,
    ['A', 'Caixa', 'paper', 'box', 1, 'BRL'],
    [],
    ['B', null, 'paper', 'box', { error: '#N/A' }, 'BRL'],
  ]
  const answer = await send(
    await workbook([['secret']], (book) => {
      book.worksheets[0]!.state = 'veryHidden'
      book.addWorksheet('Visível').addRows(rows)
    }),
  )
  expect(answer.status).toBe(422)
  expect(answer.detail).toBe('1 of 2 rows have mistakes. Nothing was imported.')
  expect(answer.errors).toEqual(['line 5, column name: is empty', 'line 5, column unit_cost: is not a number: “#N/A”'])
  expect(await lines()).toEqual([])
})

test('a time or a number of hours is no number, whatever Excel keeps it as', async () => {
  const bytes = await workbook(
    [
      ['sku', 'name', 'material', 'kind', 'unit_cost', 'currency', 'weight_g', 'stock'],
      ['A', new Date('2025-03-31'), 'paper', 'box', 1.5, 'BRL', 1.5, 0.5],
      ['B', 'b', 'paper', 'box', 1.5, 'BRL', -0.1041666667, 0.5],
    ],
    (book) => {
      book.worksheets[0]!.getCell('G2').numFmt = '[h]:mm'
      book.worksheets[0]!.getCell('G3').numFmt = 'h:mm'
      book.worksheets[0]!.getCell('H3').numFmt = 'h:mm:ss'
      book.worksheets[0]!.getCell('H2').numFmt = 'h:mm'
    },
  )
  expect((await send(bytes)).errors).toEqual([
    'line 2, column weight_g: is not a number: “36:00”',
    'line 2, column stock: is not a number: “12:00”',
    'line 3, column weight_g: is not a number: “-2:30”',
    'line 3, column stock: is not a number: “12:00:00”',
  ])
})

test('a workbook whose elements carry a prefix, as many programs write them, is a workbook', async () => {
  let bytes = await workbook([HEADER, ['A', 'Caixa', 'paper', 'box', 1.5, 'BRL', 2, true]])
  for (const part of ['xl/workbook.xml', 'xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml'])
    bytes = rewriteZip(bytes, part, (xml) => xml.replace(/<(\/?)([a-z])/gi, '<$1x:$2'))
  expect(await send(bytes)).toMatchObject({ status: 200, created: 1 })
  expect(await lines()).toEqual(['A,Caixa,paper,box,,,,2,,1.5,BRL,,0,0,true,'])
})

test('a formula whose value was never stored is no empty cell', async () => {
  const answer = await send(
    await workbook([HEADER, ['A', 'Caixa', 'paper', 'box', 1.5, 'BRL', { formula: '1+1' }, true]]),
  )
  expect(answer.status).toBe(422)
  expect(answer.detail).toStartWith(
    'In the sheet “Catálogo” the formula in G2 has no stored value; open the workbook in Excel and save it.',
  )
})

describe('what is no workbook', () => {
  const refused = async (bytes: Uint8Array, sentence: RegExp) => {
    const answer = await send(bytes)
    expect(answer.status).toBe(422)
    expect(answer.detail).toMatch(sentence)
  }

  test('is refused with what to do: old Excel, a cut file, another kind of zip, an empty sheet', async () => {
    await refused(new Uint8Array(Buffer.from('d0cf11e0a1b11ae1', 'hex')), /old \.xls/)
    const whole = await workbook([HEADER])
    await refused(whole.subarray(0, whole.length / 2), /damaged/)
    await refused(new Uint8Array(Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex')), /no \.xlsx workbook/)
    await refused(await workbook([]), /no visible sheet/)
    const locked = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')])
    await refused(locked, /password/)
    const empty = rewriteZip(whole, 'xl/workbook.xml', (xml) => xml.replace(/<sheets>.*<\/sheets>/s, '<sheets/>'))
    await refused(empty, /no sheet that can be read/)
  })

  test('a zip that unpacks to more than allowed is refused, by what it declares and by what comes out', async () => {
    const bytes = Buffer.from(await workbook([HEADER]))
    const read = (inflated_bytes: number) => readInChild(bytes, { ...READ_LIMITS, inflated_bytes })
    await expectFault(read(1000), 'unpacks to more than 0 MB')
    await expectFault(read(1_000_000), 'a header but no rows')
    // Every entry now claims one byte: the sum no longer tells.
    for (let at = bytes.indexOf('PK\x01\x02'); at !== -1; at = bytes.indexOf('PK\x01\x02', at + 4))
      bytes.writeUInt32LE(1, at + 24)
    await expectFault(read(1_000_000), 'damaged')
  })

  test('reading that takes too much memory or time is ended', async () => {
    // Most files are read before anybody could look.
    const bytes = HOSTILE_WORKBOOKS['a million empty rows']!()
    const read = (limits: object) =>
      expectFault(readInChild(bytes, { ...READ_LIMITS, ...limits }), 'too much memory or time')
    await Promise.all([read({ memory_bytes: 10 * 1024 * 1024 }), read({ time_ms: 50 })])
  })
})

async function expectFault(work: Promise<unknown>, sentence: string): Promise<void> {
  const message = await work.then(
    () => 'no fault',
    (fault: Error) => fault.message,
  )
  expect(message).toContain(sentence)
}
