/** The report's chart: the value of the stock by material, in the main currency. */
import type { Plan } from '../../../lib/chart/plan.ts'
import type { Locale } from '../../../lib/texts.ts'
import type { Group, Summary } from './summarise.ts'

const TEXTS = {
  'pt-BR': {
    title: 'Valor do estoque por material',
    subtitle: (items: number, low: number) =>
      `${number(items, 'pt-BR')} ${items === 1 ? 'item' : 'itens'}, ${number(low, 'pt-BR')} a repor`,
    label: 'Material',
    value: 'Valor do estoque',
    materials: {
      paper: 'Papel',
      plastic: 'Plástico',
      glass: 'Vidro',
      metal: 'Metal',
      wood: 'Madeira',
      other: 'Outros',
    },
  },
  en: {
    title: 'Stock value by material',
    subtitle: (items: number, low: number) =>
      `${number(items, 'en')} ${items === 1 ? 'item' : 'items'}, ${number(low, 'en')} to reorder`,
    label: 'Material',
    value: 'Stock value',
    materials: { paper: 'Paper', plastic: 'Plastic', glass: 'Glass', metal: 'Metal', wood: 'Wood', other: 'Other' },
  },
} as const

export function reportChart(summary: Summary, locale: Locale): Plan {
  const texts = TEXTS[locale]
  const currency = mainCurrency(summary)
  const groups = summary.by_material
    .map((group) => ({ name: materialName(group, texts.materials), value: Number(group.stock_value[currency] ?? 0) }))
    .toSorted((a, b) => b.value - a.value)
  // An empty catalogue has a chart, too.
  if (groups.length === 0) groups.push({ name: texts.materials.other, value: 0 })
  const unit = { kind: 'money' as const, currency: currency === 'BRL' ? 'R$' : currency }
  return {
    shape: 'bars',
    points: groups.map(({ name }) => ({ label: name })),
    series: [{ name: texts.value, unit, decimals: 2, values: groups.map(({ value }) => value) }],
    ordered: false,
    title: texts.title,
    subtitle: texts.subtitle(summary.items, summary.low_stock),
    label_title: texts.label,
    value_title: texts.value,
  }
}

/** The currency of most items; the sums of the others are in the report's other files. */
function mainCurrency({ by_material }: Summary): string {
  const counts = new Map<string, number>()
  for (const { stock_value, items } of by_material)
    for (const currency of Object.keys(stock_value)) counts.set(currency, (counts.get(currency) ?? 0) + items)
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? 'BRL'
}

function materialName({ name }: Group, names: Record<string, string>): string {
  return names[name ?? ''] ?? name ?? ''
}

function number(value: number, locale: Locale): string {
  return value.toLocaleString(locale)
}
