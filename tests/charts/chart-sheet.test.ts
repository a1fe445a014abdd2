/** A sheet named `chart` overrides what the program would choose. */
import { expect, test } from 'bun:test'
import { Refusal } from '../../charts/refusal.ts'
import { makeWorkbook, planOf, type CellInput } from '../kit/make-workbook.ts'

const SALES: CellInput[][] = [
  ['Loja', 'Gerente', 'Vendas', 'Clientes', 'Área'],
  ['Centro', 'Ana', 100, 12, 50],
  ['Norte', 'Bia', 140, 31, 20],
  ['Sul', 'Caio', 90, 45, 80],
]

async function drawn(settings: CellInput[][], { name = 'chart', others = {} as Record<string, CellInput[][]> } = {}) {
  const path = await makeWorkbook((workbook) => {
    workbook.addWorksheet('Dados').addRows(SALES)
    for (const [sheet, rows] of Object.entries(others)) workbook.addWorksheet(sheet).addRows(rows)
    workbook.addWorksheet(name).addRows(settings)
  })
  const plan = await planOf(path)
  return {
    title: plan.title,
    kind: plan.shape,
    sheet: plan.source.sheet,
    labels: plan.points.map(({ label }) => label),
    series: Object.fromEntries(plan.series.map((series) => [series.name, series.values])),
  }
}

async function refusalOf(settings: CellInput[][]) {
  const ended = await drawn(settings).catch((err: unknown) => err)
  return ended instanceof Refusal ? { code: ended.code, ...ended.facts } : ended
}

test('labels, measures, kind and title are those that the sheet names', async () => {
  expect(
    await drawn([
      ['kind', 'lines'],
      ['x', 'gerente'],
      ['y', 'Clientes', 'Área'],
      ['title', 'Clientes e área'],
    ]),
  ).toEqual({
    title: 'Clientes e área',
    kind: 'lines',
    sheet: 'Dados',
    labels: ['Ana', 'Bia', 'Caio'],
    series: { Clientes: [12, 31, 45], Área: [50, 20, 80] },
  })
})

test('what the sheet does not name is chosen as ever', async () => {
  expect(await drawn([['y', 'Clientes']])).toMatchObject({
    kind: 'bars',
    labels: ['Sul', 'Norte', 'Centro'],
    series: { Clientes: [45, 31, 12] },
  })
  expect(await drawn([['título', 'Nossas lojas']])).toMatchObject({
    title: 'Nossas lojas',
    series: { Vendas: [140, 100, 90] },
  })
  expect(await drawn([['tipo:', 'linhas']])).toMatchObject({ kind: 'lines', labels: ['Centro', 'Norte', 'Sul'] })
})

test('a number that would be a code or a year is measured where the sheet asks for it', async () => {
  const others = {
    Cadastro: [
      ['Nome', 'Código'],
      ['a', 10],
      ['b', 30],
      ['c', 20],
    ] as CellInput[][],
  }
  expect(await drawn([['y', 'Código']], { others })).toMatchObject({
    sheet: 'Cadastro',
    series: { Código: [30, 20, 10] },
  })
})

test('the table with the columns that are asked for is drawn, or the sheet that is', async () => {
  const others = {
    Custos: [
      ['Loja', 'Custo'],
      ['Centro', 7],
      ['Norte', 9],
      ['Sul', 8],
    ] as CellInput[][],
  }
  expect(await drawn([['y', 'custo']], { others })).toMatchObject({ sheet: 'Custos', series: { Custo: [9, 8, 7] } })
  expect(await drawn([['aba', 'Custos']], { others })).toMatchObject({ sheet: 'Custos' })
  expect(await drawn([['x', 'Loja']], { name: 'Gráfico' })).toMatchObject({ labels: ['Norte', 'Centro', 'Sul'] })
})

test('what cannot be followed is refused with the cell that asks for it', async () => {
  expect(
    await refusalOf([
      ['cor', 'azul'],
      ['kind', 'bars'],
    ]),
  ).toMatchObject({ code: 'chart_setting_unknown', cell: 'A1', setting: 'cor' })
  expect(await refusalOf([['kind', 'pizza']])).toMatchObject({ code: 'chart_kind_unknown', cell: 'B1', kind: 'pizza' })
  expect(
    await refusalOf([
      ['x', 'Loja'],
      ['y', 'Vendas', 'Lucro'],
    ]),
  ).toMatchObject({
    code: 'chart_column_unknown',
    sheet: 'chart',
    cell: 'C2',
    column: 'Lucro',
    columns: 'Loja, Gerente, Vendas, Clientes, Área',
  })
  expect(await refusalOf([['y', 'Gerente']])).toMatchObject({ code: 'chart_column_without_numbers', cell: 'B1' })
  expect(await refusalOf([['sheet', 'Outra']])).toMatchObject({ code: 'chart_sheet_unknown', wanted: 'Outra' })
})

test('a table on a sheet of that name is a table', async () => {
  const path = await makeWorkbook((workbook) => void workbook.addWorksheet('chart').addRows(SALES))
  expect((await planOf(path)).source).toMatchObject({ sheet: 'chart', measures: ['Vendas'] })
})
