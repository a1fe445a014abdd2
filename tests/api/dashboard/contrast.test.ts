/** Texts and marks stand out from their grounds in both themes: WCAG 2.2, 1.4.3 (4.5) and 1.4.11 (3). */
import { expect, test } from 'bun:test'
import { join } from 'node:path'

const TOKENS = join(import.meta.dir, '../../../api/dashboard/browser/design/tokens.css')
const css = await Bun.file(TOKENS).text()
const pairs = [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)]
const colours = new Map(pairs.map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }]))

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string, theme: 'light' | 'dark'): number {
  const [low, high] = [one, other].map((name) => luminance(colours.get(name)![theme])).toSorted((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

const GROUNDS = ['ground', 'surface', 'raised', 'sunken']
const TEXTS = ['text', 'muted', 'accent', 'bad', 'warn', 'good']
const BADGES = ['good', 'warn', 'bad', 'worst', 'info', 'calm']

test.each(['light', 'dark'] as const)('texts in the %s theme', (theme) => {
  const faint = [
    ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
    ...BADGES.map((tone) => [tone, `${tone}-soft`] as const),
    ['on-accent', 'accent'] as const,
    ['on-accent', 'accent-hover'] as const,
    ['accent', 'accent-soft'] as const,
  ].flatMap(([text, ground]) => {
    const found = contrast(text, ground, theme)
    return found < 4.5 ? [`${text} on ${ground}: ${found.toFixed(2)}`] : []
  })
  expect(faint).toEqual([])
})

test.each(['light', 'dark'] as const)('edges of fields and the ring of the focus in the %s theme', (theme) => {
  const faint = ['line-strong', 'accent'].flatMap((line) =>
    GROUNDS.flatMap((ground) => {
      const found = contrast(line, ground, theme)
      return found < 3 ? [`${line} on ${ground}: ${found.toFixed(2)}`] : []
    }),
  )
  expect(faint).toEqual([])
})
