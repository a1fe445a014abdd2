import { expect, test } from 'bun:test'
import { numberTexts } from '../../../lib/chart/number-text.ts'

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
