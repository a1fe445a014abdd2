import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { planChart } from '../../charts/draw.ts'
import { summarise } from '../../charts/summary.ts'
import { FIXTURES, requestFor } from '../kit/make-workbook.ts'

setDefaultTimeout(120_000)

const summaryOf = async (name: string) => summarise(await planChart(requestFor(join(FIXTURES, name))), 'pt-BR')

test('a table below title rows and notes is found, its remarks underneath left out', async () => {
  expect(await summaryOf('deaths-title-rows.xlsx')).toMatchObject({
    title: 'Age por Name',
    chart: 'bars',
    sheet: 'arts',
    range: 'A5:F15',
    label_column: 'Name',
    measures: ['Age'],
    points: 10,
    first: { label: 'Zsa Zsa Gábor', values: { Age: 99 } },
    last: { label: 'George Michael', values: { Age: 53 } },
  })
})

test('a header of two rows is one, and a sheet that mixes types in its column is passed over', async () => {
  expect(await summaryOf('clippy-mixed-types.xlsx')).toMatchObject({
    sheet: 'two-row-header',
    label_column: 'name (at birth)',
    measures: ['weight (in grams)'],
    first: { label: 'Clippy', values: { 'weight (in grams)': 0.9 } },
  })
})

test('of many tables on a sheet the first is drawn, under its own heading', async () => {
  expect(await summaryOf('lebron.xlsx')).toMatchObject({
    title: 'Houston Rockets',
    range: 'A2:S16',
    label_column: 'Player',
    measures: ['2019 Salary'],
    first: { label: 'LeBron James', values: { '2019 Salary': 35_607_968 } },
  })
})

test('lines of sales become sums by month, of what is quantity times price', async () => {
  const summary = await summaryOf('sales-2018.xlsx')
  expect(summary).toMatchObject({ chart: 'lines', method: 'sum', grain: 'month', rows: 1500, points: 12 })
  expect(summary).toMatchObject({ label_column: 'date', measures: ['ext price'] })
  // The same sums come out of the workbook's rows with another reader (openpyxl).
  expect(summary.first).toEqual({ label: 'jan 2018', values: { 'ext price': 185_361.66 } })
  expect(summary.last).toEqual({ label: 'dez 2018', values: { 'ext price': 163_867.26 } })
})

test('two prices of each name stand side by side, the account number is no measure', async () => {
  expect(await summaryOf('sales-estimate.xlsx')).toMatchObject({
    chart: 'bars',
    label_column: 'Name',
    measures: ['Current_Price', 'New_Product_Price'],
    points: 12,
    first: { label: 'Fritsch, Russel and Anderson', values: { 'Current Price': 600, 'New Product Price': 725 } },
  })
})

test('sales in no order of date become sums by day, of their total', async () => {
  expect(await summaryOf('supermarket-sales.xlsx')).toMatchObject({
    sheet: 'January',
    chart: 'lines',
    label_column: 'Date',
    measures: ['Total'],
    method: 'sum',
    grain: 'day',
    points: 31,
    first: { label: '2019-01-01', values: { Total: 4745.181 } },
  })
})

test('a forecast is drawn with the range around it', async () => {
  expect(await summaryOf('traffic-forecast.xlsx')).toMatchObject({
    chart: 'lines',
    label_column: 'ds',
    measures: ['Sessions', 'Sessions_lower', 'Sessions_upper'],
    points: 980,
    first: { label: '2014-09-25', values: { Sessions: 27 } },
  })
})

test('a value for each day is a line, and many days get an average over four weeks', async () => {
  const plan = await planChart(requestFor(join(FIXTURES, 'web-audience.xlsx')))
  expect(summarise(plan, 'pt-BR')).toMatchObject({
    title: 'Sessions por dia',
    points: 891,
    first: { label: '2014-09-25', values: { Sessions: 1 } },
    last: { label: '2017-03-03', values: { Sessions: 1626 } },
  })
  expect(plan.trend?.name).toBe('média de 28 dias')
})
