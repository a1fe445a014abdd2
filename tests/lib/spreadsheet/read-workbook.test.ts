import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Sheet } from '../../../lib/spreadsheet/cells.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import { readWorkbook } from '../../../lib/spreadsheet/read-workbook.ts'
import { makeZip } from '../../kit/make-zip.ts'
import {
  BOOK,
  bookXml,
  LOJA,
  number,
  ODD_WORKBOOKS,
  relationsXml,
  sheetXml,
  stringsXml,
  stylesXml,
  tableXml,
  text,
  workbookParts,
  type Parts,
} from '../../kit/odd-workbooks.ts'

setDefaultTimeout(120_000)

const LIMITS = { inflated_bytes: 1_000_000, rows: 1000, cells: 5000, columns: 100 }

async function read(bytes: Uint8Array, { as_shown = true, limits = LIMITS } = {}): Promise<Sheet[]> {
  const sheets: Sheet[] = []
  for await (const sheet of readWorkbook(bytes, { limits, as_shown })) sheets.push(sheet)
  return sheets
}

const readParts = (sheet: string, others: Parts = {}) => read(makeZip(workbookParts(sheet, others)))
const valuesOf = (sheet: Sheet | undefined) => sheet?.rows.map(({ cells }) => cells.map((cell) => cell?.value))

/** The cells of a first row. */
async function cellsOf(cells: string, others: Parts = {}) {
  const [sheet] = await readParts(sheetXml(`<row r="1">${cells}</row>`), others)
  return sheet?.rows[0]?.cells ?? []
}

test.each(Object.entries(ODD_WORKBOOKS))('a legal file is read: %s', async (_, make) => {
  const sheets = await read(make())
  expect(sheets).toHaveLength(1)
  expect(sheets[0]).toMatchObject({ name: 'a', hidden: false, rows: [{ number: 1 }, { number: 2 }] })
  expect(valuesOf(sheets[0])).toEqual([
    ['Loja', 'Preço'],
    ['Sé', 5],
  ])
})

test('a number is decimal or none: what only begins as one is never taken for it', async () => {
  for (const value of ['1,5', '0x1F', '1 234', '12 %']) {
    const fault = cellsOf(number('A1', value)).catch(({ code, facts }: SpreadsheetFault) => ({ code, ...facts }))
    expect(await fault).toEqual({ code: 'damaged', sheet: 'a', cell: 'A1', written: value } as never)
  }
  const cells = await cellsOf(['-1.5E-3', ' 7 ', '1e400', 'NaN'].map((v, at) => number(`${'ABCD'[at]}1`, v)).join(''))
  expect(cells.map((cell) => cell?.value)).toEqual([-0.0015, 7, '#N/A', '#N/A'])
})

test('texts, truth values and errors are read, with their runs joined and without readings of East Asian names', async () => {
  const strings = stringsXml(
    '<si><r><rPr><b/></rPr><t>Lo</t></r><r><t xml:space="preserve">ja </t></r><rPh sb="0" eb="1"><t>ロ</t></rPh></si><si><t>a_x000D_b &amp; 北</t></si>',
  )
  const cells = await cellsOf(
    '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1" t="str"><f>A1</f><v>x</v></c><c r="F1" t="s"><v>99</v></c>',
    { 'xl/sharedStrings.xml': strings },
  )
  expect(cells.map((cell) => cell?.value)).toEqual(['Loja ', 'a\rb & 北', true, '#DIV/0!', 'x'])
  expect(cells.map((cell) => cell?.format.kind)).toEqual(['text', 'text', 'boolean', 'error', 'text'])
})

const FORMATS = ['dd/mm/yyyy', 'hh:mm', '[h]:mm', '[$€-407] #,##0.00', '"R$" #,##0.00', '0.0%', '[$CHF-807] #,##0']
const STYLES = { 'xl/styles.xml': stylesXml(FORMATS) }

test('hours, money and percentages are told by their formats', async () => {
  const cells = await cellsOf(
    [0.5, 1.5, 7, 7, 0.25, 7].map((value, at) => number(`${'ABCDEF'[at]}1`, value, at + 2)).join(''),
    STYLES,
  )
  expect(cells).toEqual([
    { value: 12, format: { kind: 'time' } },
    { value: 36, format: { kind: 'duration' } },
    { value: 7, format: { kind: 'money', currency: '€', decimals: 2 } },
    { value: 7, format: { kind: 'money', currency: 'R$', decimals: 2 } },
    { value: 0.25, format: { kind: 'percent', decimals: 1 } },
    { value: 7, format: { kind: 'money', currency: 'CHF', decimals: 0 } },
  ])
})

test('hours below zero stay below zero', async () => {
  const cells = await cellsOf([number('A1', -0.25, 2), number('B1', -1.5, 3), number('C1', 1.25, 2)].join(''), STYLES)
  expect(cells.map((cell) => cell!.value)).toEqual([-6, -36, 6])
})

test('zeros and signs that a format adds to a number are part of a text, and a number without them is one', async () => {
  const styles = { 'xl/styles.xml': stylesXml(['00000', '00000\\-000']) }
  const cells = await cellsOf(
    [number('A1', 12, 1), number('B1', 12_345, 1), number('C1', 1_310_100, 2)].join(''),
    styles,
  )
  expect(cells.map((cell) => [cell!.value, cell!.format.kind])).toEqual([
    ['00012', 'text'],
    [12_345, 'number'],
    ['01310-100', 'text'],
  ])
})

test('formats that a file does not write out are those of the standard; whose money it is stays open', async () => {
  const styles = stylesXml([]).replace(
    '<xf numFmtId="0"/></cellXfs>',
    `${[14, 20, 46, 10, 44, 49].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`,
  )
  const cells = await cellsOf(
    [45_000, 0.25, 2, 0.5, 9, 9].map((value, at) => number(`${'ABCDEF'[at]}1`, value, at)).join(''),
    { 'xl/styles.xml': styles },
  )
  expect(cells.map((cell) => [cell!.value, cell!.format.kind])).toEqual([
    [Date.UTC(2023, 2, 15), 'date'],
    [6, 'time'],
    [48, 'duration'],
    [0.5, 'percent'],
    [9, 'money'],
    [9, 'number'],
  ])
  expect(cells[4]!.format.currency).toBeUndefined()
})

test('a format of a condition is not that of a cell', async () => {
  const conditions = '<dxfs><dxf><numFmt numFmtId="200" formatCode="0%"/></dxf></dxfs></styleSheet>'
  const styles = stylesXml(['"R$" 0']).replace('</styleSheet>', conditions)
  const [cell] = await cellsOf(number('A1', 7, 1), { 'xl/styles.xml': styles })
  expect(cell?.format).toMatchObject({ kind: 'money', currency: 'R$' })
})

const days = async (values: number[], others: Parts = {}) => {
  const cells = await cellsOf(values.map((value, at) => number(`${'ABCDEFG'[at]}1`, value, 1)).join(''), {
    ...STYLES,
    ...others,
  })
  return cells.map((cell) =>
    cell!.format.kind === 'date' ? new Date(cell!.value as number).toISOString() : cell!.value,
  )
}

test('a date is that which Excel shows, in 1900 too; what it cannot show is an error', async () => {
  expect(await days([45_000.75, 1, 59, 61, 0.5, -1, 2_958_466])).toEqual([
    '2023-03-15T18:00:00.000Z',
    '1900-01-01T00:00:00.000Z',
    '1900-02-28T00:00:00.000Z',
    '1900-03-01T00:00:00.000Z',
    12,
    '#VALUE!',
    '#VALUE!',
  ])
})

test('days may count from 1904, and a date may be written as one', async () => {
  const book = bookXml('<sheet name="a" sheetId="1" r:id="rId1"/>', { before: '<workbookPr date1904="1"/>' })
  expect(await days([43_538, 0], { [BOOK]: book })).toEqual(['2023-03-15T00:00:00.000Z', '1904-01-01T00:00:00.000Z'])
  const [day, time] = await cellsOf(
    '<c r="A1" t="d"><v>2023-03-15</v></c><c r="B1" t="d"><v>2023-03-15T18:00:00</v></c>',
  )
  expect([day?.value, time?.value]).toEqual([Date.UTC(2023, 2, 15), Date.UTC(2023, 2, 15, 18)])
})

test('formulas without a stored value are told by their cells; one that comes to the empty text has a value', async () => {
  const [sheet] = await readParts(
    sheetXml(
      `${LOJA}<row r="3"><c r="A3" t="str"><f>""</f><v></v></c><c r="B3"><f>B2*2</f></c><c r="C3"><f>1</f><v/></c><c r="D3"><f>1+1</f><v>2</v></c></row>`,
    ),
  )
  expect(sheet?.says?.formulas_without_value).toEqual({ count: 2, cells: ['B3', 'C3'] })
  expect(valuesOf(sheet)![2]).toEqual([undefined, undefined, undefined, 2])
})

test('hidden sheets come last and unread, whatever hides them', async () => {
  const sheets = await read(
    makeZip(
      workbookParts(sheetXml(LOJA), {
        'xl/worksheets/sheet2.xml': 'not even XML <',
        'xl/_rels/workbook.xml.rels': relationsXml([
          ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
          ['rId2', 'worksheet', 'worksheets/sheet2.xml'],
          ['rId3', 'chartsheet', 'worksheets/sheet2.xml'],
        ]),
        [BOOK]: bookXml(
          '<sheet name="v" sheetId="1" state="veryHidden" r:id="rId2"/><sheet name="c" sheetId="2" r:id="rId3"/><sheet name="a" sheetId="3" r:id="rId1"/><sheet name="h" sheetId="4" state="hidden" r:id="rId2"/>',
        ),
      }),
    ),
  )
  expect(sheets.map(({ name, hidden, rows }) => [name, hidden, rows.length])).toEqual([
    ['a', false, 2],
    ['v', true, 0],
    ['h', true, 0],
  ])
})

test('as shown, hidden rows and columns and what lies under a merged range are left out; otherwise they are there', async () => {
  const bytes = makeZip(
    workbookParts(
      sheetXml(
        `<row>${text('A1', 'a')}${text('B1', 'b')}${text('C1', 'c')}${text('D1', 'd')}</row><row hidden="1">${text('A2', 'e')}</row><row hidden="true">${text('A3', 'f')}</row>${'<row/>'.repeat(6)}<row>${text('A10', 'g')}</row>`,
        {
          before: '<cols><col min="2" max="2" hidden="1"/><col min="3" max="3" width="0"/></cols>',
          after: '<mergeCells><mergeCell ref="A9:A10"/></mergeCells>',
        },
      ),
    ),
  )
  const [shown] = await read(bytes)
  expect(valuesOf(shown)).toEqual([['a', undefined, undefined, 'd']])
  expect(shown?.merges).toEqual([{ left: 0, top: 9, right: 0, bottom: 10 }])
  const [whole] = await read(bytes, { as_shown: false })
  expect(valuesOf(whole)).toEqual([['a', 'b', 'c', 'd'], ['e'], ['f'], ['g']])
})

test('what a workbook says of itself is passed on: tables and their totals, names, print titles, filter, panes', async () => {
  const [sheet] = await readParts(
    sheetXml(LOJA, {
      before:
        '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="2" topLeftCell="B3" state="frozen"/></sheetView></sheetViews>',
      after:
        '<autoFilter ref="A1:B2"/><customSheetViews><customSheetView><pane ySplit="9" state="frozen"/><autoFilter ref="A1:Z9"/></customSheetView></customSheetViews><tableParts count="1"><tablePart r:id="rId1"/></tableParts>',
    }),
    {
      'xl/worksheets/_rels/sheet1.xml.rels': relationsXml([['rId1', 'table', '../tables/table1.xml']]),
      'xl/tables/table1.xml': tableXml('ref="A1:B3" totalsRowCount="1"', ['Loja', 'Pre&#231;o']),
      [BOOK]: bookXml('<sheet name="a" sheetId="1" r:id="rId1"/>', {
        after:
          '<definedNames><definedName name="Preços">a!$B$1:$B$2</definedName><definedName name="Outra">\'b c\'!$A$1</definedName><definedName name="Taxa">0.5</definedName><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">a!$A$1:$B$2</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">a!$A:$A,a!$1:$1</definedName></definedNames>',
      }),
    },
  )
  expect(sheet?.says).toEqual({
    tables: [
      {
        name: 'Vendas',
        range: { left: 0, top: 1, right: 1, bottom: 3 },
        header_rows: 1,
        totals_rows: 1,
        columns: ['Loja', 'Preço'],
      },
    ],
    named_ranges: [{ name: 'Preços', range: { left: 1, top: 1, right: 1, bottom: 2 } }],
    print_title_rows: { first: 1, last: 1 },
    print_title_columns: { first: 0, last: 0 },
    auto_filter: { left: 0, top: 1, right: 1, bottom: 2 },
    frozen: { rows: 2, columns: 1 },
    formulas_without_value: { count: 0, cells: [] },
  })
})

test('a limit ends the reading where it is reached, not after the rest', async () => {
  const rows = (count: number) => `<row>${number('A1', 1)}</row>`.repeat(count)
  // What comes after the limit is broken, and would be told as damaged.
  const sheet = `${sheetXml(rows(20)).slice(0, -30)}<<<`
  const refused = (limits: Partial<typeof LIMITS>) =>
    read(makeZip(workbookParts(sheet)), { limits: { ...LIMITS, ...limits } }).then(
      () => 'read',
      (thrown: SpreadsheetFault) => [thrown.code, thrown.facts],
    )
  expect(await refused({ rows: 10 })).toEqual(['too_many_rows', { sheet: 'a', cell: 'A11', limit: 10 }])
  expect(await refused({ cells: 10 })).toEqual(['too_many_cells', { sheet: 'a', cell: 'A11', limit: 10 }])
  expect(await refused({})).toEqual(['damaged', { sheet: 'a', cell: 'A20' }])
})
