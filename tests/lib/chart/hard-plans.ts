/** Charts that are hard to read: few and many points and series, long names, scripts of all kinds, extreme and missing values. */
import type { Grain, Plan, Series, Unit } from '../../../lib/chart/plan.ts'

const PLAIN: Unit = { kind: 'plain' }
const BRL: Unit = { kind: 'money', currency: 'R$' }
const LONG =
  'Companhia Brasileira de Embalagens Industriais e Alimentícias do Vale do Paraíba, filial de São José dos Campos, antiga Fábrica Santa Cecília de Caixas e Papelões Ondulados'
const WORDS =
  'Norte Sul Leste Oeste Centro Matriz Filial Campinas Santos Osasco Niterói Recife Natal Belém Manaus Cuiabá'.split(
    ' ',
  )

/** A name of about so many letters, each different. */
export function nameOf(letters: number, at: number): string {
  if (letters <= 3)
    return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(at % 26, (at % 26) + 1) + String(at + 1).slice(-letters + 1)
  const word = WORDS[at % WORDS.length]!
  return `${word} ${at + 1} ${LONG.repeat(3)}`.slice(0, letters).trim()
}

/** Repeats from run to run. */
export function wave(at: number, series = 0): number {
  return Math.round(1000 + 700 * Math.sin(at * 1.7 + series) + 250 * Math.cos(at * 0.6 + series * 2.3)) + series * 37
}

interface Options {
  shape?: Plan['shape']
  points?: number
  series?: number
  letters?: number
  names?: number
  labels?: string[]
  series_names?: string[]
  unit?: Unit
  value?: (at: number, series: number) => number | null
  more?: Partial<Plan>
}

export function planOf({
  shape = 'bars',
  points = 6,
  series = 1,
  letters = 8,
  names = 10,
  labels,
  series_names,
  unit = PLAIN,
  value = wave,
  more = {},
}: Options): Plan {
  const all = labels ?? Array.from({ length: points }, (_, at) => nameOf(letters, at))
  return {
    shape,
    points: all.map((label) => ({ label })),
    series: Array.from({ length: series_names?.length ?? series }, (_, of): Series => ({
      name: series_names?.[of] ?? nameOf(names, of),
      unit,
      decimals: undefined,
      values: all.map((_, at) => value(at, of)),
    })),
    ordered: false,
    title: 'Vendas por unidade',
    subtitle: 'relatorio-2025',
    label_title: 'Unidade',
    value_title: 'Vendas',
    ...more,
  }
}

/** Times from `from` in steps of so many minutes, or months. */
function timed(plan: Plan, grain: Grain, from: number, step: { minutes: number } | { months: number }): Plan {
  const time = (at: number) =>
    'minutes' in step
      ? from + at * step.minutes * 60_000
      : Date.UTC(new Date(from).getUTCFullYear(), new Date(from).getUTCMonth() + at * step.months, 1)
  return { ...plan, grain, ordered: true, points: plan.points.map((_, at) => ({ label: '', time: time(at) })) }
}

const MONTHS = [
  'Janeiro',
  'Fevereiro',
  'Março',
  'Abril',
  'Maio',
  'Junho',
  'Julho',
  'Agosto',
  'Setembro',
  'Outubro',
  'Novembro',
  'Dezembro',
]
const SHORT = MONTHS.map((month) => month.slice(0, 3))
const START = Date.UTC(2024, 9, 30)

const SCRIPTS: Record<string, string[]> = {
  Chinese: ['北京市', '上海', '广州分公司', '深圳', '電視機'],
  Japanese: ['東京本社', 'おおさか', 'ナゴヤ', '札幌', '福岡'],
  Korean: ['서울', '부산 지점', '대구', '인천', '광주'],
  Arabic: ['القاهرة', 'الرياض', 'دبي', 'بيروت', 'الدار البيضاء'],
  Hebrew: ['תל אביב', 'ירושלים', 'חיפה', 'באר שבע', 'אילת'],
  Thai: ['กรุงเทพมหานคร', 'เชียงใหม่', 'ภูเก็ต', 'ขอนแก่น', 'พัทยา'],
  Hindi: ['दिल्ली', 'मुंबई', 'कोलकाता', 'चेन्नई', 'बेंगलुरु'],
  Greek: ['Αθήνα', 'Θεσσαλονίκη', 'Πάτρα', 'Ηράκλειο', 'Λάρισα'],
  Cyrillic: ['Москва', 'Санкт-Петербург', 'Київ', 'София', 'Белград'],
  emoji: ['🍎', '🍌', '👩‍🚀', '🇧🇷', '👍🏽'],
  'combining accents': ['São Paulo', 'Brasília', 'Maceió', 'Tiếng Việt', 'Z̃a'],
  'two directions': ['Loja القاهرة', 'ABC תל אביב 12', 'دبي (2)', '12 خط', 'Norte'],
}

const gaps = (at: number, last: number) => (at < 2 || at > last - 2 ? null : wave(at))

export const HARD_PLANS: Record<string, Plan> = {
  ...Object.fromEntries(
    [1, 2, 3, 12, 31, 365].flatMap((points) => [
      [`${points} bars`, planOf({ points, more: { ordered: points > 12 } })],
      [`a line of ${points}`, planOf({ points, shape: 'lines', more: { ordered: true } })],
    ]),
  ),
  ...Object.fromEntries(
    [2, 3, 4, 6, 8, 12].flatMap((series) => [
      [
        `${series} bars at each of 4 labels`,
        planOf({ points: 4, series, unit: BRL, value: (at, of) => wave(at, of) * 1234.5 }),
      ],
      [`${series} bars at each of 12 months`, planOf({ labels: MONTHS, series, more: { ordered: true } })],
      [`${series} lines over 12 months`, planOf({ labels: SHORT, series, shape: 'lines', more: { ordered: true } })],
    ]),
  ),
  ...Object.fromEntries(
    [2, 20, 60, 300].flatMap((letters) => [
      [`6 labels of ${letters} letters`, planOf({ points: 6, letters })],
      [`15 labels of ${letters} letters, two series`, planOf({ points: 15, series: 2, letters, names: letters })],
      [`4 series with names of ${letters} letters`, planOf({ points: 5, series: 4, names: letters })],
      [
        `7 lines with names of ${letters} letters`,
        planOf({ labels: SHORT, series: 7, names: letters, shape: 'lines', more: { ordered: true } }),
      ],
      [
        `a title and a subtitle of ${letters} letters`,
        planOf({
          more: {
            title: nameOf(letters, 0),
            subtitle: nameOf(letters * 2, 1),
            label_title: nameOf(letters, 2),
            value_title: nameOf(letters, 3),
          },
        }),
      ],
      [
        `parts with names of ${letters} letters`,
        planOf({ points: 7, series: 5, names: letters, more: { stacked: true } }),
      ],
      [
        `panels with names of ${letters} letters`,
        planOf({ labels: SHORT, series: 11, names: letters, shape: 'lines', more: { ordered: true, panels: true } }),
      ],
      [
        `a line over labels of ${letters} letters`,
        planOf({ points: 24, letters, shape: 'lines', more: { ordered: true } }),
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SCRIPTS).flatMap(([script, labels]) => [
      [script, planOf({ labels, more: { title: `Vendas ${labels[0]}`, subtitle: labels.join(' · ') } })],
      [`${script}, as series`, planOf({ points: 3, series_names: labels })],
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        ['all zero', () => 0],
        ['all equal', () => 42],
        ['below zero', (at) => -wave(at)],
        ['above and below zero', (at) => wave(at) - 1000],
        ['a little below zero', (at) => (at === 2 ? -8 : wave(at))],
        ['1e-9', (at) => wave(at) * 1e-12],
        ['1e15', (at) => wave(at) * 1e12],
        ['1e-9 beside 1e15', (at) => (at % 2 ? 1e-9 : 1e15)],
        ['1e300', (at) => wave(at) * 1e297],
        ['0 to 2', (at) => at % 3],
        ['0 and 1', (at) => at % 2],
        ['one missing', (at) => (at === 2 ? null : wave(at))],
      ] as [string, (at: number) => number | null][]
    ).flatMap(([name, value]) => [
      [`values: ${name}`, planOf({ labels: SHORT, value, more: { ordered: true } })],
      [`values of long names: ${name}`, planOf({ points: 8, letters: 30, value })],
      [`values of a line: ${name}`, planOf({ labels: SHORT, value, shape: 'lines', more: { ordered: true } })],
      [`values of two series: ${name}`, planOf({ labels: SHORT.slice(0, 6), value, series: 2 })],
    ]),
  ),
  'percent over 100': planOf({ unit: { kind: 'percent', fraction: true }, value: (at) => wave(at) / 700 }),
  'percent of whole numbers': planOf({ unit: { kind: 'percent', fraction: false }, value: (at) => wave(at) / 10 }),
  'money with cents': planOf({ unit: BRL, points: 12, value: (at) => wave(at) + 0.37 }),
  'money with cents, 3 series': planOf({ unit: BRL, points: 6, series: 3, value: (at, of) => wave(at, of) + 0.37 }),
  'money with cents, a line': planOf({
    unit: BRL,
    labels: SHORT,
    shape: 'lines',
    value: (at) => wave(at) * 17 + 0.37,
    more: { ordered: true },
  }),
  hours: planOf({ unit: { kind: 'hours' }, value: (at) => wave(at) / 60 }),
  'a long unit': planOf({ unit: { kind: 'plain', suffix: 'toneladas por hectare' } }),
  'hours by weekday, 7 series': planOf({
    unit: { kind: 'hours' },
    labels: ['Seg', 'Ter', 'Qua', 'Qui', 'Sex', 'Sáb', 'Dom'],
    series: 7,
    value: (at, of) => wave(at, of) / 60,
  }),
  'parts of 12 months': planOf({ labels: MONTHS, series: 6, more: { stacked: true, ordered: true } }),
  'parts of money': planOf({
    points: 24,
    series: 5,
    unit: BRL,
    letters: 26,
    value: (at, of) => wave(at, of) * 1e4,
    more: { stacked: true },
  }),
  'panels over time': timed(planOf({ points: 36, series: 9, shape: 'lines', more: { panels: true } }), 'month', START, {
    months: 1,
  }),
  'panels of 4': planOf({
    labels: MONTHS,
    series: 4,
    shape: 'lines',
    unit: BRL,
    value: (at, of) => wave(at, of) * 10 ** (of * 2),
    more: { panels: true },
  }),
  'panels with negative values': planOf({
    labels: MONTHS,
    series: 12,
    shape: 'lines',
    value: (at, of) => wave(at, of) - 1100,
    more: { panels: true },
  }),
  'a band': timed(
    planOf({
      points: 30,
      shape: 'lines',
      more: {
        band: {
          name: 'Mínima e máxima do dia',
          lower: Array.from({ length: 30 }, (_, at) => wave(at) - 300),
          upper: Array.from({ length: 30 }, (_, at) => wave(at) + 200),
        },
      },
    }),
    'day',
    START,
    { minutes: 1440 },
  ),
  'a trend of 365 days': timed(
    planOf({
      points: 365,
      shape: 'lines',
      more: {
        trend: { name: 'Média de 7 dias', values: Array.from({ length: 365 }, (_, at) => (at < 6 ? null : 1000 + at)) },
      },
    }),
    'day',
    START,
    { minutes: 1440 },
  ),
  ...Object.fromEntries(
    (
      [
        ['minutes', 'day', 45, { minutes: 1 }],
        ['hours', 'day', 30, { minutes: 60 }],
        ['six hours', 'day', 40, { minutes: 360 }],
        ['days', 'day', 12, { minutes: 1440 }],
        ['days of three months', 'day', 90, { minutes: 1440 }],
        ['weeks', 'week', 14, { minutes: 10_080 }],
        ['months', 'month', 14, { months: 1 }],
        ['months of ten years', 'month', 120, { months: 1 }],
        ['quarters', 'quarter', 12, { months: 3 }],
        ['years', 'year', 14, { months: 12 }],
        ['years of a century', 'year', 101, { months: 12 }],
      ] as [string, Grain, number, { minutes: number } | { months: number }][]
    ).flatMap(
      ([name, grain, points, step]) =>
        [
          [`${name}, a line`, timed(planOf({ points, shape: 'lines', unit: BRL }), grain, START, step)],
          [`${name}, 3 lines`, timed(planOf({ points, series: 3, shape: 'lines' }), grain, START, step)],
          ...(points <= 14
            ? [
                [
                  `${name}, bars`,
                  timed(planOf({ points, unit: BRL, value: (at) => wave(at) * 900 }), grain, START, step),
                ],
              ]
            : []),
        ] as [string, Plan][],
    ),
  ),
  'missing at both ends, bars': planOf({ labels: SHORT, value: (at) => gaps(at, 11), more: { ordered: true } }),
  'missing at both ends, a line': planOf({
    labels: SHORT,
    shape: 'lines',
    value: (at) => gaps(at, 11),
    more: { ordered: true },
  }),
  'missing at both ends, 3 lines': timed(
    planOf({ points: 40, series: 3, shape: 'lines', value: (at) => gaps(at, 39) }),
    'day',
    START,
    { minutes: 1440 },
  ),
  'the rest in one bar': planOf({ points: 16, letters: 24, unit: BRL, more: { others: 15 } }),
  'eight lines that cross': planOf({
    labels: SHORT,
    series: 8,
    names: 18,
    shape: 'lines',
    value: (at, of) => wave(at + of * 3),
    more: { ordered: true },
  }),
  'a label of 32,767 letters': planOf({ labels: ['x'.repeat(32_767), 'Norte', 'Sul'] }),
}
