/**
 * Leaves out of a plan what the bundled fonts do not have (emoji, East Asian scripts), and would draw as empty boxes. A label of
 * which nothing is left, or not what tells it from another, gets its number.
 */
import { hasGlyph } from './font-metrics.ts'
import type { Plan } from './plan.ts'

export function withPrintableTexts(plan: Plan): Plan {
  const labels = distinct(plan.points.map(({ label }) => label))
  const names = distinct(plan.series.map(({ name }) => name))
  return {
    ...plan,
    title: printable(plan.title),
    subtitle: printable(plan.subtitle),
    label_title: printable(plan.label_title),
    value_title: printable(plan.value_title),
    points: plan.points.map((point, at) => ({ ...point, label: labels[at]! })),
    series: plan.series.map((series, at) => ({ ...series, name: names[at]! })),
  }
}

/** Texts of the plan that its picture cannot show as they are, each once, with what it shows. */
export function unprintableTexts(plan: Plan): { text: string; shown: string }[] {
  const [texts, shown] = [plan, withPrintableTexts(plan)].map(({ title, label_title, series, points }) => [
    title,
    label_title,
    ...series.map(({ name }) => name),
    ...points.map(({ label }) => label),
  ]) as [string[], string[]]
  const found = new Map<string, string>()
  for (const [at, text] of texts.entries()) if (printable(text) !== onOneLine(text)) found.set(text, shown[at]!)
  return [...found].map(([text, shown]) => ({ text, shown }))
}

function distinct(texts: string[]): string[] {
  const printed = texts.map(printable)
  const originals = new Map<string, Set<string>>()
  for (const [at, text] of printed.entries())
    originals.set(text, (originals.get(text) ?? new Set()).add(onOneLine(texts[at]!)))
  return printed.map((text, at) => {
    const is_lossy = text !== onOneLine(texts[at]!)
    return is_lossy && (text === '' || originals.get(text)!.size > 1) ? `${text} #${at + 1}`.trim() : text
  })
}

function printable(text: string): string {
  const kept = Array.from(text).filter((one) => /\s/.test(one) || (hasGlyph(one.codePointAt(0)!) && !JOINS.test(one)))
  return onOneLine(kept.join(''))
}

/** Without what they join they are nothing. */
const JOINS = /[\ufe0e\ufe0f\u200d\p{Emoji_Modifier}\p{Regional_Indicator}\p{Cc}]/u

const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
