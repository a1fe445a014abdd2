/** Sheets of one shape whose names follow one another are drawn as one table. */
import { expect, test } from 'bun:test'
import { makeWorkbook, planOf, requestFor, type CellInput } from '../kit/make-workbook.ts'
import { planChart } from '../../charts/draw.ts'

const write = (sheets: Record<string, CellInput[][]>) =>
  makeWorkbook((workbook) => {
    for (const [name, rows] of Object.entries(sheets)) workbook.addWorksheet(name).addRows(rows)
  })

const products = (header: string, ...values: number[]): CellInput[][] => [
  ['Produto', header],
  ...values.map((value, at): CellInput[] => [`p${at + 1}`, value]),
]

test('products on a sheet for each month become groups of bars by product', async () => {
  const values = [5, 9, 4, 8, 3, 7, 2, 6, 1]
  const months = ['Janeiro', 'Fevereiro', 'Março'].map((name, month) => [
    name,
    products('Vendas', ...values.map((value) => value + month * 10)),
  ])
  const plan = await planOf(await write(Object.fromEntries(months)))
  expect(plan.source).toMatchObject({ sheet: 'Janeiro, Fevereiro, Março', rows: 27, left_out: [] })
  expect(plan.series.map(({ name }) => name)).toEqual(['Janeiro', 'Fevereiro', 'Março'])
  expect(plan.points).toHaveLength(9)
  expect(plan.series.map(({ values: [first] }) => first)).toEqual([9, 19, 29])
})

test('numbered shops are drawn together; sheets of other names are named beside them, and drawn together where there is no series', async () => {
  const shops = { 'Loja 1': products('Vendas', 1, 2, 3), 'Loja 2': products('Vendas', 4, 5, 6) }
  const plan = await planOf(await write({ ...shops, Metas: products('Vendas', 7, 8, 9) }))
  expect(plan.source).toMatchObject({ sheet: 'Loja 1, Loja 2', left_out: ['Metas'] })
  const both = await planOf(await write({ Vendas: products('Valor', 1, 2, 3), Compras: products('Valor', 4, 5, 6) }))
  expect(both.source).toMatchObject({ sheet: 'Vendas, Compras', left_out: [] })
  expect(both.series.map(({ name, values: [first] }) => [name, first])).toEqual([
    ['Vendas', 3],
    ['Compras', 6],
  ])
  const alone = await planOf(
    await write({ Vendas: products('Vendas', 1, 2, 3), Compras: products('Compras', 4, 5, 6) }),
  )
  expect(alone.source).toMatchObject({ sheet: 'Vendas', left_out: ['Compras'] })
})

test('days on a sheet for each month are one line', async () => {
  const days = (month: number): CellInput[][] => [
    ['Dia', 'Visitas'],
    ...Array.from({ length: 28 }, (_, at): CellInput[] => [new Date(Date.UTC(2025, month, at + 1)), at + month]),
  ]
  const plan = await planOf(await write({ Jan: days(0), Fev: days(1) }))
  expect(plan).toMatchObject({ shape: 'lines', grain: 'day' })
  expect(plan.points).toHaveLength(56)
})

test('a month of another shape is named as left out, and so are those that are too large to be read', async () => {
  const jan = products('Vendas', 1, 2, 3)
  const plan = await planOf(await write({ Jan: jan, Fev: products('Compras', 4, 5, 6), Mar: jan }))
  expect(plan.source).toMatchObject({ sheet: 'Jan', left_out: ['Fev', 'Mar'] })
  expect(plan.subtitle).toContain('Fev')
  const large = await write({ Jan: jan, Fev: products('Vendas', ...Array.from({ length: 50 }, (_, at) => at)) })
  expect((await planChart(requestFor(large, { rows: 20 }))).source).toMatchObject({ sheet: 'Jan', left_out: ['Fev'] })
})
