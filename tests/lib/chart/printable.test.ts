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

const LIKES = ['🍎', '👩‍🚀', '🇧🇷', '👍🏽', '❤️', '1️⃣']
const SCRIPTS = [
  '北京',
  '電視機',
  'おおさか',
  'ナゴヤ',
  '서울',
  'กรุงเทพ',
  'दिल्ली',
  'القاهرة',
  'אילת',
  'Αθήνα',
  'Київ',
  'Việt',
]

test('names in other scripts and emoji are shown as they are', () => {
  const labels = [...LIKES, ...SCRIPTS, 'Uva 🇧🇷', 'Ação ≥ 5 €', '★ Ótimo', 'Sa\u0303o']
  expect(labelsOf(labels)).toEqual(labels.map((label) => label.normalize('NFC')))
  expect(unprintableTexts(planOf(labels))).toEqual([])
})

test('what no bundled font has is left out, and a label of which nothing is left has its number', () => {
  expect(labelsOf(['𓂀', '𓂀 Banana', 'ঢাকা', 'Uva 𓂀', 'Sé\u200e\u00ad'])).toEqual(['#1', 'Banana', '#3', 'Uva', 'Sé'])
})

test('labels that differ only in what is left out stay apart, equal ones stay equal', () => {
  expect(labelsOf(['Loja ঢাকা', 'Loja দিল্লি', 'Loja', 'Sé 𓂀', 'Sé 𓂀'])).toEqual([
    'Loja #1',
    'Loja #2',
    'Loja',
    'Sé',
    'Sé',
  ])
})

test('the texts that a picture cannot show are listed once', () => {
  const plan = { ...planOf(['Uva', '𓂀', 'Loja  ঢাকা'], 'Vendas 𓂀'), subtitle: 'fora do gráfico: 𓂀 𓂀' }
  expect(unprintableTexts(plan)).toEqual([
    { text: 'Vendas 𓂀', shown: 'Vendas' },
    { text: 'fora do gráfico: 𓂀 𓂀', shown: 'fora do gráfico:' },
    { text: '𓂀', shown: '#2' },
    { text: 'Loja  ঢাকা', shown: 'Loja' },
  ])
  expect(unprintableTexts(planOf(['Uva', 'Maçã  verde']))).toEqual([])
})
