import { expect, test } from 'bun:test'
import { numberTexts } from '../../../lib/chart/number-text.ts'
import type { Unit } from '../../../lib/chart/plan.ts'
import { niceScale } from '../../../lib/chart/ticks.ts'

test('numbers are written as their reader does', () => {
  const brl = numberTexts('pt-BR', { kind: 'money', currency: 'R$' }, 2_000_000, 500_000)
  expect(brl.tick(1_500_000)).toBe('R$ 1,5\u00a0mi')
  expect(brl.label(1_234_567)).toBe('R$ 1,23\u00a0mi')
  expect(numberTexts('pt-BR', { kind: 'percent', fraction: true }, 0.5, 0.1).label(0.125)).toBe('12,5%')
  expect(numberTexts('en', { kind: 'money', currency: '$' }, 900, 100).label(-12.5)).toBe('−$12.50')
  expect(numberTexts('pt-BR', { kind: 'plain' }, 5000, 1000).label(1234)).toBe('1.234')
})

test.each([
  [{ kind: 'money', currency: 'R$' }, 12.5, 2.5, 'R$ 7,50'],
  [{ kind: 'money', currency: 'R$' }, 50, 10, 'R$ 30'],
  [{ kind: 'plain' }, 12.5, 2.5, '7,5'],
  [{ kind: 'plain' }, 1.25, 0.25, '0,75'],
  [{ kind: 'plain' }, 0.5, 0.1, '0,3'],
  [{ kind: 'percent', fraction: true }, 0.125, 0.025, '7,5%'],
  [{ kind: 'plain' }, 12_500, 2_500, '7,5\u00a0mil'],
] as const)('a tick of %p up to %d in steps of %d is the number that it stands for', (unit, largest, step, third) => {
  expect(numberTexts('pt-BR', unit, largest, step).tick(3 * step)).toBe(third)
})

test('ticks that lie close together far from zero are told apart', () => {
  const { tick } = numberTexts('pt-BR', { kind: 'plain' }, 10_010, 2)
  expect([10_000, 10_002, 10_010].map(tick)).toEqual(['10.000', '10.002', '10.010'])
})

test('no two ticks of a scale read the same, whatever the size of its values', () => {
  const units: Unit[] = [
    { kind: 'plain' },
    { kind: 'money', currency: 'R$' },
    { kind: 'percent', fraction: true },
    { kind: 'percent', fraction: false },
    { kind: 'hours' },
  ]
  for (const unit of units)
    for (let power = -15; power <= 300; power += power < 20 ? 1 : 40)
      for (const [from, to] of [
        [0, 1],
        [0, 3],
        [0, 7.3],
        [-4, 9],
        [-9, 0],
        [6, 9.1],
      ] as const) {
        const [low, high] = [from * 10 ** power, to * 10 ** power]
        const in_hours = unit.kind === 'hours'
        if (in_hours && (power < 0 || power > 6)) continue
        const { values, step } = niceScale(low, high, 5, { in_hours })
        const { tick } = numberTexts('pt-BR', unit, Math.max(Math.abs(low), high), step)
        const texts = values.map(tick)
        expect([power, texts]).toEqual([power, [...new Set(texts)]])
        for (const text of texts) expect(text.length).toBeLessThan(22)
      }
})

test('whole numbers have whole ticks', () => {
  expect(niceScale(0, 1, 5, { whole: true }).values).toEqual([0, 1])
  expect(niceScale(0, 2, 5, { whole: true }).values).toEqual([0, 1, 2])
  expect(niceScale(0, 0, 5, { whole: true }).values).toEqual([0, 1])
  expect(niceScale(0, 12, 5, { whole: true }).values).toEqual([0, 5, 10, 15])
  expect(niceScale(0, 110, 5, { whole: true }).values).toEqual([0, 25, 50, 75, 100, 125])
})

test('very small and very large numbers are written with their power of ten', () => {
  const { label } = numberTexts('pt-BR', { kind: 'plain' }, 1e15, 2e14)
  expect([1e15, 1e-9].map(label)).toEqual(['1000\u00a0tri', '1E-9'])
  expect(numberTexts('en', { kind: 'plain' }, 1.9e-9, 5e-10).label(1.25e-9)).toBe('1.3E-9')
  expect(numberTexts('en', { kind: 'plain' }, 1.9e300, 5e299).label(1.9e300)).toBe('1.9E300')
})

test('amounts have cents where one of them has', () => {
  const texts = (has_parts: boolean) => numberTexts('en', { kind: 'money', currency: '$' }, 820, 200, has_parts)
  expect([820, 640.5, 0].map(texts(true).label)).toEqual(['$820.00', '$640.50', '$0'])
  expect(texts(false).label(820)).toBe('$820')
})

test('currency and unit may be left to the axis', () => {
  const { bare } = numberTexts('pt-BR', { kind: 'money', currency: 'R$' }, 900, 100)
  expect([12.5, -3, 0].map(bare)).toEqual(['12,50', '−3', '0'])
  expect(numberTexts('pt-BR', { kind: 'percent', fraction: true }, 0.5, 0.1).bare(0.125)).toBe('12,5%')
})
