/** What a workbook says about its tables counts before what they look like. */
import { expect, test } from 'bun:test'
import type { Worksheet } from 'exceljs'
import { makeWorkbook, planOf, type CellInput } from '../kit/make-workbook.ts'

async function drawn(rows: CellInput[][], tell: (sheet: Worksheet) => void) {
  const path = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('Planilha1')
    sheet.addRows(rows)
    tell(sheet)
  })
  const { source, points, series } = await planOf(path)
  return {
    range: source.range,
    labels: points.map(({ label }) => label).toSorted(),
    series: series.map(({ name }) => name),
  }
}

const SHOPS: CellInput[][] = [
  ['Loja', 'Vendas'],
  ['Centro', 100],
  ['Norte', 140],
  ['Sul', 90],
]
const LABELS = ['Centro', 'Norte', 'Sul']

const excelTable = (sheet: Worksheet, ref: string, rows: CellInput[][], options: object = {}) =>
  sheet.addTable({
    name: 'Lojas',
    ref,
    headerRow: true,
    columns: (rows[0] as string[]).map((name) => ({ name })),
    rows: rows.slice(1),
    ...options,
  } as never)

test('the totals row of an Excel table is left out, whatever it is called', async () => {
  const found = await drawn([], (sheet) => {
    excelTable(sheet, 'A1', SHOPS, { totalsRow: true })
    sheet.getCell('A5').value = 'Rede'
    sheet.getCell('B5').value = 335
  })
  expect(found).toEqual({ range: 'A1:B4', labels: LABELS, series: ['Vendas'] })
})

test('an Excel table is drawn rather than a larger list above it, and ends where it says', async () => {
  const parameters: CellInput[][] = [['Parâmetro', 'Número'], ...Array.from({ length: 9 }, (_, at) => [`p${at}`, at])]
  const found = await drawn([...parameters, [null], [null]], (sheet) => {
    excelTable(sheet, 'D4', SHOPS)
    sheet.getCell('D8').value = 'Loja nova'
    sheet.getCell('E8').value = 12
  })
  expect(found).toEqual({ range: 'D4:E7', labels: LABELS, series: ['Vendas'] })
})

test('an Excel table whose header is not shown has the names of its columns', async () => {
  const found = await drawn([], (sheet) => excelTable(sheet, 'B3', SHOPS, { headerRow: false }))
  expect(found).toMatchObject({ labels: LABELS, series: ['Vendas'] })
})

test('a name for a whole table bounds it, a name for some of its columns does not', async () => {
  const rows = [...SHOPS, ['Meta da rede', 400] as CellInput[]]
  const name = (range: string) => (sheet: Worksheet) => sheet.workbook.definedNames.add(`Planilha1!${range}`, 'Lojas')
  expect(await drawn(rows, name('$A$1:$B$4'))).toMatchObject({ range: 'A1:B4', labels: LABELS })
  const wide = SHOPS.map((row, at) => [...row, at === 0 ? 'Devoluções' : at * 30])
  expect(await drawn(wide, name('$A$1:$B$4'))).toMatchObject({ range: 'A1:C4' })
})

const ABOVE: CellInput[][] = [
  ['Indicador', 'Valor'],
  ['Meta', 5000],
  ['Realizado', 4100],
  ['Faltam', 900],
]

test('the row that a filter, printed pages or frozen panes name is the header, and rows above it are not drawn', async () => {
  const tell: ((sheet: Worksheet) => void)[] = [
    (sheet) => void (sheet.autoFilter = 'A6:B9'),
    (sheet) => void (sheet.pageSetup.printTitlesRow = '6:6'),
    (sheet) => void (sheet.views = [{ state: 'frozen', ySplit: 6, xSplit: 0 }]),
  ]
  const rows = [...ABOVE, [null], ...SHOPS]
  expect(await drawn(rows, () => {})).toMatchObject({ range: 'A1:B4' })
  for (const one of tell) expect(await drawn(rows, one)).toEqual({ range: 'A6:B9', labels: LABELS, series: ['Vendas'] })
})

test('a filter goes on over blank rows', async () => {
  const [header, first, ...others] = SHOPS
  const found = await drawn([header!, first!, [null], [null], [null], ...others], (sheet) => {
    sheet.autoFilter = 'A1:B7'
  })
  expect(found).toMatchObject({ range: 'A1:B7', labels: LABELS })
})

test('a frozen row that is only a title, or a row of data, is no header', async () => {
  const freeze = (ySplit: number) => (sheet: Worksheet) => void (sheet.views = [{ state: 'frozen', ySplit, xSplit: 0 }])
  expect(await drawn([['Vendas do ano'], ...SHOPS], freeze(1))).toMatchObject({ range: 'A2:B5', labels: LABELS })
  expect(await drawn(SHOPS, freeze(2))).toMatchObject({ range: 'A1:B4', labels: LABELS })
})
