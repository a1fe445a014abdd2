import { expect, test } from 'bun:test'
import type { Plan } from '../../../lib/chart/plan.ts'
import { unprintableTexts, withPrintableTexts } from '../../../lib/chart/printable.ts'

const planOf = (labels: string[], title = 'Vendas por Loja'): Plan => ({
  shape: 'bars',
  ordered: false,
  title,
  subtitle: '',
  label_title: 'Loja',
  value_title: 'Vendas',
  points: labels.map((label) => ({ label })),
  series: [{ name: 'Vendas', values: labels.map((_, at) => at) }] as Plan['series'],
})
const labelsOf = (labels: string[]) => withPrintableTexts(planOf(labels)).points.map(({ label }) => label)

test('what no bundled font has is left out, and a label of which nothing is left has its number', () => {
  expect(labelsOf(['🍎', '🍌 Banana', '北京', 'Uva 🇧🇷', '👍🏽', 'Ação ≥ 5 €', '★ Ótimo'])).toEqual([
    '#1',
    'Banana',
    '#3',
    'Uva',
    '#5',
    'Ação ≥ 5 €',
    '★ Ótimo',
  ])
})

test('labels that differ only in what is left out stay apart, equal ones stay equal', () => {
  expect(labelsOf(['Loja 北京', 'Loja 上海', 'Loja', 'Sé 🍎', 'Sé 🍎'])).toEqual([
    'Loja #1',
    'Loja #2',
    'Loja',
    'Sé',
    'Sé',
  ])
})

test('the texts that a picture cannot show are listed once', () => {
  const plan = planOf(['Uva', '🍎', 'Loja  北京'], 'Vendas 🍎')
  expect(unprintableTexts(plan)).toEqual([
    { text: 'Vendas 🍎', shown: 'Vendas' },
    { text: '🍎', shown: '#2' },
    { text: 'Loja  北京', shown: 'Loja' },
  ])
  expect(unprintableTexts(planOf(['Uva', 'Maçã  verde']))).toEqual([])
})
