import { expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { planChart } from '../../charts/draw.ts'
import type { Limits } from '../../charts/limits.ts'
import { Refusal } from '../../charts/refusal.ts'
import { LOCALES } from '../../lib/texts.ts'
import { refusalSentence } from '../../charts/texts.ts'
import { columnName } from '../../lib/spreadsheet/cells.ts'
import { FIXTURES, makeSheet, makeWorkbook, newPath, planOf, requestFor, type CellInput } from '../kit/make-workbook.ts'
import { makeZip, rewriteZip } from '../kit/make-zip.ts'
import { number, sheetXml, text, workbookParts } from '../kit/odd-workbooks.ts'

setDefaultTimeout(120_000)

/** The code with which a file is refused. Each has a sentence in each language, with every fact filled in. */
async function refusalOf(path: string, limits?: Partial<Limits>): Promise<string> {
  const thrown: unknown = await planChart(requestFor(path, limits)).then(
    () => 'was drawn',
    (err: unknown) => err,
  )
  if (!(thrown instanceof Refusal)) return String(thrown)
  for (const locale of LOCALES) {
    const sentence = refusalSentence(thrown.code, thrown.facts, locale)
    expect(sentence).toMatch(/^\p{Lu}.{20,}\.$/u)
    expect(sentence).not.toContain('undefined')
  }
  return thrown.code
}

async function fileOf(bytes: Uint8Array | string, name = 'x.xlsx'): Promise<string> {
  const path = newPath(name)
  await Bun.write(path, bytes)
  return path
}

const REAL = readFileSync(join(FIXTURES, 'sales-estimate.xlsx'))
const oleWith = (stream: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000), Buffer.from(stream, 'utf16le')])

test.each([
  ['an empty file', '', 'empty_file'],
  ['text under a wrong name', 'isto não é uma planilha', 'not_a_workbook'],
  ['a page of a web site', '<html><table><tr><td>1</td></tr></table></html>', 'not_a_workbook'],
  ['an old .xls', oleWith('Workbook'), 'old_excel_format'],
  ['a workbook with a password', oleWith('EncryptedPackage'), 'encrypted'],
  ['half a workbook', REAL.subarray(0, REAL.length / 2), 'damaged'],
  ['a zip of something else', makeZip({ 'a.txt': 'x' }), 'not_a_workbook'],
  ['a Word document', makeZip({ 'word/document.xml': '<a/>' }), 'other_format'],
  ['an OpenDocument sheet', makeZip({ 'content.xml': '<a/>' }), 'other_format'],
  ['broken XML', rewriteZip(REAL, 'xl/worksheets/sheet1.xml', (xml) => xml.slice(0, xml.length / 2)), 'damaged'],
  [
    'no sheets',
    rewriteZip(REAL, 'xl/workbook.xml', (xml) => xml.replace(/<sheets>.*<\/sheets>/s, '<sheets/>')),
    'no_sheets',
  ],
])('%s is refused', async (_, bytes, code) => {
  expect(await refusalOf(await fileOf(bytes as Uint8Array))).toBe(code)
})

test('a CSV whose quotes never close is refused by its line', async () => {
  expect(await refusalOf(await fileOf('a;b\n1;"2\n', 'x.csv'))).toBe('bad_row')
})

test('a small file that inflates to hundreds of MB is refused, whether it admits its size or not', async () => {
  const spaces = Buffer.alloc(40 * 1024 * 1024, ' ')
  const parts = { 'xl/workbook.xml': '<workbook/>', 'xl/sharedStrings.xml': spaces }
  const limits = { inflated_bytes: 20 * 1024 * 1024 }
  const honest = makeZip(parts)
  expect(honest.length).toBeLessThan(100_000)
  expect(await refusalOf(await fileOf(honest), limits)).toBe('inflates_too_much')
  const lying = makeZip(parts, { 'xl/sharedStrings.xml': 1000 })
  expect(deflateRawSync(spaces).length).toBeGreaterThan(1000)
  expect(await refusalOf(await fileOf(lying), limits)).toBe('damaged')
})

test('a refusal names the sheet and the cell where there is one, in the sentence, too', async () => {
  const placeOf = async (path: string, limits: Partial<Limits> = {}) => {
    const thrown: unknown = await planChart(requestFor(path, limits)).catch((err: unknown) => err)
    if (!(thrown instanceof Refusal)) return thrown
    const { code, facts } = thrown
    for (const locale of LOCALES)
      if (facts.cell !== undefined && code !== 'too_many_rows' && code !== 'unsure' && code !== 'too_many_columns')
        expect(refusalSentence(code, facts, locale)).toContain(String(facts.cell))
    return [code, facts.sheet, facts.cell]
  }
  const sheet = (cells: CellInput[][]) => makeSheet(cells, 'Vendas')
  const many = [['a', 'b'], ...Array.from({ length: 50 }, (_, at) => [`n${at}`, at])]
  expect(await placeOf(await sheet(many), { rows: 20 })).toEqual(['too_many_rows', 'Vendas', 'A21'])
  expect(await placeOf(await sheet(many), { cells: 21 })).toEqual(['too_many_cells', 'Vendas', 'A11'])
  const csv = await fileOf('a;b\n'.repeat(60), 'x.csv')
  expect(await placeOf(csv, { rows: 50 })).toEqual(['too_many_rows', undefined, 'A51'])
  expect(await placeOf(csv, { cells: 21 })).toEqual(['too_many_cells', undefined, 'B11'])
  expect(await placeOf(await fileOf('a;b\n1;"2\n', 'x.csv'))).toEqual(['bad_row', undefined, 'B2'])
  const broken = rewriteZip(REAL, 'xl/worksheets/sheet1.xml', (xml) => xml.slice(0, xml.indexOf('<c r="C3"')))
  expect(await placeOf(await fileOf(broken))).toEqual(['damaged', 'projections', 'B3'])
  expect(
    await placeOf(
      await sheet([
        [null, null],
        ['Total', 42],
      ]),
    ),
  ).toEqual(['no_table', 'Vendas', 'B2'])
  expect(await placeOf(await sheet([['Nome'], ['Ana'], ['Bia']]))).toEqual(['no_numbers', 'Vendas', undefined])
  const phones = [
    ['Nome', 'Telefone'],
    ['Ana', 11987654321],
    ['Bia', 21987651234],
    ['Caio', 31987654987],
  ]
  expect(await placeOf(await sheet([['Equipe', null], ...phones]))).toEqual(['no_measure', 'Vendas', 'A2'])
  const money = [
    ['Contrato', 'Valor'],
    ['A', 'R$ 10,00'],
    ['B', 'R$ 5,00'],
    ['C', 'US$ 20,00'],
  ]
  expect(await placeOf(await sheet(money))).toEqual(['mixed_currencies', 'Vendas', 'B4'])
  const missing = LOJAS.replace('<c r="B3" s="0"><v>2</v></c>', '<c r="B3"><f>1+1</f></c>')
  const formulas = await fileOf(makeZip(workbookParts(sheetXml(missing))))
  expect(await placeOf(formulas)).toEqual(['formulas_without_values', 'a', 'B3'])
  const wide = [
    ['a', ...Array.from({ length: 600 }, (_, at) => `b${at}`)],
    ...[1, 2, 3].map((row) => [`n${row}`, ...Array.from({ length: 600 }, (_, at) => at)]),
  ]
  expect(await placeOf(await sheet(wide))).toEqual(['too_many_columns', 'Vendas', 'SS1'])
})

test('limits on the file, rows and cells hold', async () => {
  const path = await makeSheet([['a', 'b'], ...Array.from({ length: 50 }, (_, at) => [`n${at}`, at * at])])
  expect(await refusalOf(path, { file_bytes: 1000 })).toBe('file_too_large')
  expect(await refusalOf(path, { rows: 49 })).toBe('too_many_rows')
  expect(await refusalOf(path, { cells: 99 })).toBe('too_many_cells')
  expect(await refusalOf(await fileOf('a;b\n'.repeat(60), 'x.csv'), { rows: 50 })).toBe('too_many_rows')
  expect(await refusalOf(path, { rows: 51, cells: 102 })).toBe('was drawn')
})

test('a table that goes on beyond the columns that are read is refused, a value beyond a table is not', async () => {
  const row = (number: number, first: string, of: (column: number) => string, columns: number) =>
    `<row r="${number}">${text(`A${number}`, first)}${Array.from({ length: columns - 1 }, (_, at) => of(at + 1)).join('')}</row>`
  const sheet = (columns: number) =>
    sheetXml(
      row(1, 'Produto', (at) => text(`${columnName(at)}1`, `P${at}`), columns) +
        [2, 3, 4].map((at) => row(at, `N${at}`, (column) => number(`${columnName(column)}${at}`, 1), columns)).join(''),
    )
  const drawn = async (xml: string) => refusalOf(await fileOf(makeZip(workbookParts(xml))))
  expect(await drawn(sheet(513))).toBe('too_many_columns')
  expect(await drawn(sheet(16_384))).toBe('too_many_columns')
  // Cells that only have a format.
  expect(await drawn(sheet(512).replace('</row>', '<c r="XFD1" s="1"/></row>'))).toBe('was drawn')
  const lojas = LOJAS.replace('</row>', `${number('XFD1', 7)}</row>`)
  expect(await drawn(sheetXml(lojas))).toBe('was drawn')
  const csv = (columns: number) => ['a', 'b', 'c'].map((name, at) => name + `;${at + 5}`.repeat(columns - 1)).join('\n')
  expect(await refusalOf(await fileOf(`n${';x'.repeat(599)}\n${csv(600)}`, 'x.csv'))).toBe('too_many_columns')
})

test('a workbook without table or without numbers is refused for that', async () => {
  expect(await refusalOf(await makeSheet([]))).toBe('empty_sheets')
  expect(
    await refusalOf(
      await makeSheet([
        ['Nome', 'Cidade'],
        ['Ana', 'SP'],
        ['Bia', 'RJ'],
      ]),
    ),
  ).toBe('no_numbers')
  expect(await refusalOf(await makeSheet([['Total', 42]]))).toBe('no_table')
})

test('a hidden sheet is never drawn, and named where the table may be in it', async () => {
  const with_sheets = (visible: CellInput[][], state: 'hidden' | 'veryHidden') =>
    makeWorkbook((workbook) => {
      workbook.addWorksheet('Capa').addRows(visible)
      workbook.addWorksheet('segredo', { state }).addRows([
        ['Loja', 'Vendas'],
        ['A', 1],
        ['B', 2],
        ['C', 3],
      ])
    })
  for (const state of ['hidden', 'veryHidden'] as const) {
    expect(await refusalOf(await with_sheets([], state))).toBe('hidden_sheets')
    expect(await refusalOf(await with_sheets([['Relatório de vendas']], state))).toBe('hidden_sheets')
  }
  const two_rows: CellInput[][] = [
    ['Loja', 'Metas'],
    ['A', 7],
    ['B', 9],
  ]
  expect((await planOf(await with_sheets(two_rows, 'hidden'))).source.measures).toEqual(['Metas'])
})

test('values that formulas lack are asked for where they belong to the picture', async () => {
  const drawnOf = async (formulas: string, rows = LOJAS) =>
    refusalOf(await fileOf(makeZip(workbookParts(sheetXml(rows + formulas)))))
  const missing = (reference: string) => `<c r="${reference}"><f>1+1</f></c>`
  expect(await drawnOf('')).toBe('was drawn')
  expect(await drawnOf(`<row r="5">${text('A5', 'D')}${missing('B5')}</row>`)).toBe('formulas_without_values')
  expect(await drawnOf(`<row r="9">${missing('B9')}</row>`)).toBe('was drawn')
  expect(await drawnOf(`<row r="5">${text('A5', 'Total')}${missing('B5')}</row>`)).toBe('was drawn')
  const all = LOJAS.replace(/<c r="(B[234])" s="0"><v>\d<\/v><\/c>/g, (_, reference: string) => missing(reference))
  expect(await drawnOf('', all)).toBe('formulas_without_values')
  const one = LOJAS.replace('<c r="B3" s="0"><v>2</v></c>', missing('B3'))
  expect(await drawnOf('', one)).toBe('formulas_without_values')
})

const LOJAS = `<row r="1">${text('A1', 'Loja')}${text('B1', 'Vendas')}</row>${['A', 'B', 'C'].map((name, at) => `<row r="${at + 2}">${text(`A${at + 2}`, name)}${number(`B${at + 2}`, at + 1)}</row>`).join('')}`

test('a workbook whose numbers say nothing, or not together, is refused with what to change', async () => {
  const people: CellInput[][] = [
    ['Nome', 'Telefone'],
    ['Ana', 11987654321],
    ['Bia', 21987651234],
    ['Caio', 31987654987],
  ]
  expect(await refusalOf(await makeSheet(people))).toBe('no_measure')
  const money: CellInput[][] = [
    ['Contrato', 'Valor'],
    ['A', 'R$ 10,00'],
    ['B', 'US$ 20,00'],
    ['C', 'R$ 30,00'],
  ]
  expect(await refusalOf(await makeSheet(money))).toBe('mixed_currencies')
})

test('thousands of merged ranges and more than a hundred sheets are drawn in good time', async () => {
  const ranges = Array.from({ length: 20_000 }, (_, at) => `<mergeCell ref="J${at + 1}:L${at + 1}"/>`).join('')
  const merged = rewriteZip(REAL, 'xl/worksheets/sheet1.xml', (xml) =>
    xml.replace('</sheetData>', `</sheetData><mergeCells>${ranges}</mergeCells>`),
  )
  expect((await planOf(await fileOf(merged))).points).toHaveLength(12)
  const sheets = await makeWorkbook((workbook) => {
    for (let at = 0; at < 120; at++) workbook.addWorksheet(`aba ${at}`)
    workbook.worksheets[110]!.addRows([
      ['Nome', 'Valor'],
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
  })
  expect((await planOf(sheets)).source.sheet).toBe('aba 110')
})
