import { expect, test } from 'bun:test'
import { quietUntil, type QuietHours } from '../../../db/alerts/settings.ts'

const ALL = [0, 1, 2, 3, 4, 5, 6]
const night: QuietHours = { from: 22 * 60, to: 7 * 60, days: ALL, timezone: 'America/Sao_Paulo' }
const weekend: QuietHours = { from: 0, to: 1440, days: [0, 6], timezone: 'America/Sao_Paulo' }

test.each([
  // A Friday; UTC-3.
  ['2026-11-27T21:59:00-03:00', null],
  ['2026-11-27T22:00:00-03:00', '2026-11-28T07:00:00-03:00'],
  ['2026-11-28T06:59:30-03:00', '2026-11-28T07:00:00-03:00'],
  ['2026-11-28T07:00:00-03:00', null],
])('nights are quiet over midnight: %s', (now, end) => {
  expect(quietUntil([night], new Date(now))).toEqual(end === null ? null : new Date(end))
})

test.each([
  ['2026-11-27T22:30:00-03:00', '2026-11-30T07:00:00-03:00'],
  ['2026-11-28T12:00:00-03:00', '2026-11-30T07:00:00-03:00'],
  ['2026-11-30T12:00:00-03:00', null],
])('hours that follow one another are one quiet time: %s', (now, end) => {
  expect(quietUntil([night, weekend], new Date(now))).toEqual(end === null ? null : new Date(end))
})

test('hours begin on their days alone', () => {
  const friday = { ...night, days: [5] }
  expect(quietUntil([friday], new Date('2026-11-28T06:00:00-03:00'))).not.toBeNull()
  expect(quietUntil([friday], new Date('2026-11-28T23:00:00-03:00'))).toBeNull()
  expect(quietUntil([friday], new Date('2026-11-29T06:00:00-03:00'))).toBeNull()
})

test('hours without an end are looked at no longer than two weeks', () => {
  const end = quietUntil([{ ...weekend, days: ALL }], new Date('2026-11-30T12:00:00Z'))!
  expect(end.getTime()).toBeLessThan(Date.parse('2026-12-20T00:00:00Z'))
})
