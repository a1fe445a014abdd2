/** Whatever is drawn can be read: charts with few and many points, long names, all scripts, and values of any size. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { unprintableTexts } from '../../../lib/chart/printable.ts'
import { renderSvg } from '../../../lib/chart/render.ts'
import { boxesOf, faultsOfPicture, legibilityFaults } from '../../kit/svg-boxes.ts'
import { HARD_PLANS, nameOf, planOf, wave } from './hard-plans.ts'

setDefaultTimeout(120_000)

test('in no picture do texts meet, lie on a bar, leave the frame or end in dots where there was room', async () => {
  const faults: string[] = []
  for (const [name, plan] of Object.entries(HARD_PLANS))
    for (const fault of await faultsOfPicture(plan)) faults.push(`${name}: ${fault}`)
  expect(faults).toEqual([])
})

test('all of it can be shown', () => {
  for (const [name, plan] of Object.entries(HARD_PLANS)) expect([name, unprintableTexts(plan)]).toEqual([name, []])
})

const textsOf = async (plan: Parameters<typeof renderSvg>[0]) => boxesOf(await renderSvg(plan, 'pt-BR')).texts
const rowsOf = (texts: { y1: number }[]) => new Set(texts.map(({ y1 }) => Math.round(y1))).size

test('a legend has as few rows as hold its names, and begins where the title does', async () => {
  const legendOf = async (series: number, names: number) => {
    const texts = await textsOf(planOf({ points: 3, series, names }))
    return texts.filter(({ role }) => role === 'legend-label')
  }
  expect(rowsOf(await legendOf(8, 2))).toBe(1)
  expect(rowsOf(await legendOf(6, 20))).toBe(2)
  expect(rowsOf(await legendOf(4, 60))).toBe(2)
  for (const { text } of await legendOf(12, 60)) expect(text).not.toContain('…')
  const [first] = await legendOf(3, 10)
  expect(first!.x1).toBeLessThan(60)
})

test('names of 60 letters and titles of 300 are shown whole', async () => {
  const long = { title: nameOf(300, 0), subtitle: nameOf(300, 1), label_title: nameOf(80, 2) }
  const texts = await textsOf(planOf({ points: 6, letters: 60, more: long }))
  const shown = texts.map(({ text }) => text).join(' ')
  expect(shown).not.toContain('…')
  for (const text of [long.title, long.subtitle, long.label_title, nameOf(60, 5)]) expect(shown).toContain(text)
})

test('every bar has its number, above it where there is room, else beside it', async () => {
  const numbersOf = async (series: number) => {
    const plan = planOf({ points: 4, series, value: (at, of) => wave(at, of) + 10_000 })
    return (await textsOf(plan)).filter(({ role }) => role === 'mark')
  }
  for (const series of [1, 2, 3, 4, 6, 8]) expect(await numbersOf(series)).toHaveLength(4 * series)
})

test('months stand below their bars, however long their names are', async () => {
  const plan = HARD_PLANS['3 bars at each of 12 months']!
  const labels = (await textsOf(plan)).filter(({ text }) => plan.points.some(({ label }) => label === text))
  expect(labels).toHaveLength(12)
  expect(rowsOf(labels)).toBe(1)
})

test('faults are found', async () => {
  const plan = planOf({ points: 2 })
  const svg = await renderSvg(plan, 'pt-BR')
  const text = (x: number, y: number, of: string) =>
    svg.replace(
      '</svg>',
      `<text x="0" transform="translate(${x},${y})" font-size="12px" fill="#000">${of}</text></svg>`,
    )
  expect(legibilityFaults(svg, plan)).toEqual([])
  expect(legibilityFaults(text(940, 20, 'outside'), plan).join()).toContain('is outside')
  expect(legibilityFaults(text(30, 50, 'title'), plan).join()).toContain('meets')
  expect(legibilityFaults(text(300, 400, 'on a bar'), plan).join()).toContain('lies on a bar')
  expect(legibilityFaults(text(500, 80, 'Vendas por…'), plan).join()).toContain('is cut with room')
})
