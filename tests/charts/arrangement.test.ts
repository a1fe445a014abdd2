/** How series share a picture: stacked, in panels, from zero, in the order of a statement. */
import { expect, test } from 'bun:test'
import type { SourcedPlan } from '../../charts/plan/draft.ts'
import { renderSvg } from '../../lib/chart/render.ts'
import { timeTicks } from '../../lib/chart/ticks.ts'
import { makeSheet, planOf, type CellInput } from '../kit/make-workbook.ts'

const planned = async (rows: CellInput[][]) => planOf(await makeSheet(rows))
const names = ({ series }: SourcedPlan) => series.map(({ name }) => name)

const AGEING: CellInput[][] = [
  ['Cliente', 'A vencer', '1 a 30', '31 a 60', 'Acima de 60'],
  ['Alfa', 500, 120, 0, 40],
  ['Beta', 100, 700, 60, 0],
  ['Gama', 300, 0, 20, null],
]

test('amounts by age are stacked, largest sum first, with the sum at their end', async () => {
  const plan = await planned(AGEING)
  expect(plan).toMatchObject({ shape: 'bars', stacked: true })
  expect(plan.points.map(({ label }) => label)).toEqual(['Beta', 'Alfa', 'Gama'])
  const svg = await renderSvg(plan, 'pt-BR')
  for (const sum of ['860', '660', '320']) expect(svg).toContain(`>${sum}<`)
})

test('the parts of a total are stacked, a few series side by side are not, and neither are marks or negative values', async () => {
  const parts: CellInput[][] = [
    ['Filial', 'Peças', 'Serviço', 'Frete', 'Seguro', 'Total'],
    ['Centro', 40, 30, 20, 10, 100],
    ['Norte', 10, 20, 30, 40, 100],
    ['Sul', 5, 5, 5, 5, 20],
  ]
  expect(await planned(parts)).toMatchObject({ stacked: true })
  expect((await planned(parts.map((row) => row.slice(0, 4)))).stacked).toBeUndefined()
  const marks: CellInput[][] = [
    ['Aluno', '1º bim', '2º bim', '3º bim', '4º bim'],
    ['Ana', 8, 7, 9, 8],
    ['Bia', 6, 7, 6, 7],
    ['Caio', 5, 9, 7, 8],
  ]
  expect((await planned(marks)).stacked).toBeUndefined()
  const returned = AGEING.map((row) => row.map((value) => (value === 120 ? -120 : value)))
  expect((await planned(returned)).stacked).toBeUndefined()
})

test('many lines, and lines that would lie on the axis, have a panel each, named and from zero', async () => {
  const months = ['Jan', 'Fev', 'Mar', 'Abr', 'Mai']
  const states = Array.from({ length: 10 }, (_, at): CellInput[] => [
    `UF${at}`,
    ...months.map((_, month) => 50 + at * 6 + month),
  ])
  const plan = await planned([['Estado', ...months], ...states])
  expect(plan).toMatchObject({ shape: 'lines', panels: true })
  expect(plan.subtitle).toContain('cada linha em sua própria escala')
  const svg = await renderSvg(plan, 'pt-BR')
  for (const name of names(plan)) expect(svg).toContain(`>${name}<`)
  const flat = [
    ['Total', 9000],
    ['A', 20],
    ['B', 30],
    ['C', 40],
  ].map(([name, value]): CellInput[] => [`Linha ${name}`, ...months.map((_, month) => (value as number) + month)])
  expect(await planned([['Produto', ...months], ...flat])).toMatchObject({ panels: true })
  expect((await planned([['Estado', ...months], ...states.slice(0, 5)])).panels).toBeUndefined()
})

test('a line through amounts begins at zero, one through temperatures need not', async () => {
  const days = (header: string): CellInput[][] => [
    ['Data', header],
    ...Array.from({ length: 6 }, (_, at): CellInput[] => [new Date(Date.UTC(2025, 0, at + 1)), 100 + at]),
  ]
  expect(await planned(days('Vendas'))).toMatchObject({ shape: 'lines', from_zero: true })
  expect((await planned(days('Temperatura'))).from_zero).toBeUndefined()
})

test('an income statement keeps its order, as bars', async () => {
  const rows: CellInput[][] = [
    ['Conta', 'Valor'],
    ['Receita bruta', 1000],
    ['Deduções', -100],
    ['Receita líquida', 900],
    ['Custos', -500],
    ['Lucro bruto', 400],
  ]
  rows.push(['Despesas', -220], ['Lucro líquido', 180])
  const plan = await planned(rows.map(([name, value], at) => [name!, value!, at === 0 ? 'Orçado' : Number(value) + 5]))
  expect(plan.shape).toBe('bars')
  expect(plan.points.map(({ label }) => label)).toEqual(rows.slice(1).map(([name]) => name as string))
})

test('of entries and exits on single days the balance is drawn', async () => {
  const day = (at: number) => new Date(Date.UTC(2025, 8, at))
  const rows: CellInput[][] = [
    ['Data', 'Entrada', 'Saída', 'Saldo'],
    [day(1), 100, null, 100],
    [day(4), null, 20, 80],
    [day(9), null, 30, 50],
    [day(12), 60, null, 110],
    [day(13), null, 40, 70],
  ]
  const plan = await planned(rows)
  expect(names(plan)).toEqual(['Saldo'])
  expect(plan.source.left_out).toEqual(['Entrada', 'Saída'])
})

test('columns whose headers name two units are not drawn together', async () => {
  const rows: CellInput[][] = [
    ['Fazenda', 'Chuva (mm)', 'Colheita (t)'],
    ['A', 140, 100],
    ['B', 120, 130],
    ['C', 90, 80],
  ]
  expect(names(await planned(rows))).toHaveLength(1)
})

test('several points a day are labelled by the hour', () => {
  const start = Date.UTC(2025, 9, 6, 22)
  const times = Array.from({ length: 24 }, (_, at) => start + at * 600_000)
  const texts = timeTicks(times, 'day', 12, 'pt-BR').map(({ text }) => text)
  expect(texts[0]).toEqual(['22:00', '6 out 2025'])
  expect(texts).toContainEqual(['00:00', '7 out'])
  expect(texts).toContainEqual(['01:00'])
})

test('weeks are labelled by their days, the year where it changes', () => {
  const times = Array.from({ length: 5 }, (_, at) => Date.UTC(2024, 11, 16) + at * 7 * 86_400_000)
  expect(timeTicks(times, 'week', 12, 'pt-BR').map(({ text }) => text)).toEqual([
    ['16 dez', '2024'],
    ['23 dez'],
    ['30 dez'],
    ['6 jan', '2025'],
    ['13 jan'],
  ])
  const hours = Array.from({ length: 5 }, (_, at) => Date.UTC(2024, 11, 31, 22) + at * 3_600_000)
  expect(timeTicks(hours, 'day', 12, 'en').map(({ text }) => text)).toContainEqual(['00:00', 'Jan 1 2025'])
})

test('columns that are named by bare numbers are not stacked', async () => {
  const plan = await planned([
    ['Papel', 100, 250, 500, 1000],
    ['Couché', 12, 25, 40, 70],
    ['Kraft', 9, 18, 30, 52],
    ['Offset', 7, 15, 26, 44],
  ])
  expect(plan.stacked).toBeUndefined()
  expect(names(plan)).toEqual(['100', '250', '500', '1000'])
})

test('series whose names share half a word share no name', async () => {
  const plan = await planned([
    ['Curso', 'Full-time', 'Part-time'],
    ['Letras', 40, 25],
    ['Física', 30, 12],
    ['Direito', 55, 31],
  ])
  expect(names(plan)).toEqual(['Full-time', 'Part-time'])
  expect(plan.value_title).toBe('')
})

test('the steps of a tariff are no parts of a sum', async () => {
  const plan = await planned([
    ['Zone', 'Up to 1 kg', '1–5 kg', '5–10 kg', '10–20 kg'],
    ['Local', 3.5, 5.2, 8, 12],
    ['National', 4.9, 7.5, 11.25, 17.5],
    ['Europe', 11, 19.5, 31, 52],
  ])
  expect(plan.series).toHaveLength(4)
  expect(plan.stacked).toBeUndefined()
})

test('of many names by several series it is said in which of them the largest are', async () => {
  const names = [...'MZTBQXKARWLCVDNEPFJG'].map((letter, at) => [`${letter}oria`, 91 - at * 3, 40 + ((at * 7) % 13)])
  const plan = await planned([['Cliente', 'Norte', 'Sul'], ...names])
  expect(plan.subtitle).toContain('10 maiores de 20 em Norte')
})
