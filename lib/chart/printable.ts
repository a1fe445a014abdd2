/** Leaves emoji out of a plan: the bundled fonts have none, and would draw empty boxes. */
import type { Plan } from './plan.ts'

export function withPrintableTexts(plan: Plan): Plan {
  return {
    ...plan,
    title: printable(plan.title),
    subtitle: printable(plan.subtitle),
    label_title: printable(plan.label_title),
    value_title: printable(plan.value_title),
    points: plan.points.map((point) => ({ ...point, label: printable(point.label) })),
    series: plan.series.map((series) => ({ ...series, name: printable(series.name) })),
  }
}

function printable(text: string): string {
  return text
    .replace(/\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|[\ufe0f\u200d\p{Cc}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
}
