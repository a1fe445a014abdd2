import { expect, test } from 'bun:test'
import { holidaysOf } from '../../lib/holidays.ts'

test('the holidays of a state are those of its country and its own, in both languages; other days are none', async () => {
  const days = await holidaysOf('BR-SP', 2026, 2027)
  expect(days['2026-12-25']).toEqual({ en: 'Christmas Day', pt: 'Natal' })
  expect(days['2026-07-09']!.pt).toBe('Revolução Constitucionalista')
  expect(days['2026-11-20']!.pt).toBe('Dia da Consciência Negra')
  // Good Friday and Carnival move.
  expect([days['2026-04-03'], days['2027-03-26']].map((day) => day?.pt)).toEqual([
    'Sexta-Feira Santa',
    'Sexta-Feira Santa',
  ])
  expect(days['2027-02-09']!.pt).toBe('Carnaval')
  // Facultative, observed, or of another state.
  for (const day of ['2026-02-18', '2026-05-10', '2026-12-24', '2026-04-23', '2025-12-25'])
    expect(days[day]).toBeUndefined()
  expect((await holidaysOf('BR-RJ', 2026, 2026))['2026-04-23']).toBeDefined()
  expect((await holidaysOf('BR', 2023, 2023))['2023-11-20']).toBeUndefined()
})

test.each([
  ['XX', 'Countries are'],
  ['BR-ZZ', 'Parts of BR are AC, '],
  ['BR-AC-1', 'BR-AC has no parts here.'],
])('the calendar %s is not known, and which are is said', async (calendar, sentence) => {
  await expect(holidaysOf(calendar, 2026, 2026)).rejects.toThrow(sentence)
})
