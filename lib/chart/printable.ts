/**
 * Leaves out of a plan what the bundled fonts do not have and would draw as empty boxes. A label of which nothing is left, or not what
 * tells it from another, gets its number.
 */
import { graphemesOf } from './font-metrics.ts'
import { hasGlyph } from './fonts.ts'
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
  const [texts, shown] = [plan, withPrintableTexts(plan)].map(
    ({ title, subtitle, label_title, value_title, series, points }) => [
      title,
      subtitle,
      label_title,
      value_title,
      ...series.map(({ name }) => name),
      ...points.map(({ label }) => label),
    ],
  ) as [string[], string[]]
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
  const line = onOneLine(text)
  return /^[ -~]*$/.test(line) ? line : onOneLine(Array.from(graphemesOf(line), printableParts).join(''))
}

/** The whole of a character that is made of several where the fonts have all of them; otherwise what shows without the others. */
function printableParts(grapheme: string): string {
  const parts = Array.from(grapheme)
  const isKnown = (part: string) => hasGlyph(part.codePointAt(0)!)
  if (parts.every((part) => isKnown(part) || INVISIBLE.test(part))) return grapheme
  return parts.filter((part) => isKnown(part) && !JOINS.test(part)).join('')
}

/** Variation selectors and joiners. */
const INVISIBLE = /[\ufe0e\ufe0f\u200c\u200d]/
/** Without what they join they are nothing. */
const JOINS = /[\ufe0e\ufe0f\u200c\u200d\p{Emoji_Modifier}\p{Regional_Indicator}]/u
/** Marks of direction, soft hyphens and the like show nothing. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cf}\p{Cc}]/gu

const onOneLine = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').replace(UNSEEN, '').trim()
