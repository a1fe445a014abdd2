import { expect, test } from 'bun:test'
import { createWriteTimes } from '../../../../../db/engines/history/cassandra/write-times.ts'

const NOW = 1_767_268_800_000

test('each call of one moment is later than the one before, and its rows share a time', () => {
  const begin = createWriteTimes(() => NOW)
  const first = begin()
  expect([first(undefined), first(undefined), first(new Date(NOW))]).toEqual([NOW * 1000, NOW * 1000, NOW * 1000])
  expect(begin()(undefined)).toBe(NOW * 1000 + 1)
  expect(begin()(new Date(5))).toBe(5000)
  expect(begin()(undefined)).toBe(NOW * 1000 + 2)
  expect(begin()(new Date(5))).toBe(5001)
})

test('a time in the future is now, and never reaches the next millisecond', () => {
  const begin = createWriteTimes(() => NOW)
  for (let call = 0; call < 2000; call++) expect(begin()(new Date(NOW + 1e9))).toBeLessThan((NOW + 1) * 1000)
})

test('a clock that was set back sets the times back, so that none lies in the future', () => {
  let now = NOW
  const begin = createWriteTimes(() => now)
  begin()(undefined)
  now -= 3_600_000
  expect(begin()(undefined)).toBe(now * 1000)
})
