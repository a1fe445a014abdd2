import { expect, test } from 'bun:test'
import { ratesOf, ratesOfAll, trendOf } from '../../../db/streams/rates.ts'

const at = (seconds: number, committed: number, end: number) => ({ at_ms: seconds * 1000, committed, end })

test('rates are measured from the oldest reading to now, and say when the lag is cleared', () => {
  const past = [at(0, 0, 500), at(15, 100, 530), at(30, 400, 560)]
  expect(ratesOf(at(60, 600, 620), past)).toEqual({
    produced_per_s: 2,
    finished_per_s: 10,
    lag_before: 500,
    clear_s: 20 / 8,
  })
})

test('a lag that does not shrink is never cleared; none is cleared already', () => {
  expect(ratesOf(at(60, 0, 500), [at(0, 0, 500)]).clear_s).toBeNull()
  expect(ratesOf(at(60, 60, 500), [at(0, 0, 300)]).clear_s).toBeNull()
  expect(ratesOf(at(60, 500, 500), [at(0, 0, 300)]).clear_s).toBe(0)
})

test('without an earlier reading there is no rate, and nothing is guessed', () => {
  const unknown = { produced_per_s: null, finished_per_s: null, lag_before: null }
  expect(ratesOf(at(60, 0, 5), [])).toEqual({ ...unknown, clear_s: null })
  expect(ratesOf(at(60, 5, 5), [at(58, 0, 5)])).toEqual({ ...unknown, clear_s: 0 })
})

test('what was before the topic was made anew, or the group set back, does not count', () => {
  const past = [at(0, 9000, 9000), at(15, 0, 10), at(30, 15, 25)]
  expect(ratesOf(at(45, 40, 40), past)).toMatchObject({ produced_per_s: 1, lag_before: 10 })
  expect(ratesOf(at(45, 10, 9010), [at(0, 9000, 9000), at(30, 9000, 9000)]).produced_per_s).toBeNull()
})

test('rates of partitions add up; the slowest says when all is cleared, and one that never is says never', () => {
  const one = { produced_per_s: 1, finished_per_s: 3, lag_before: 10, clear_s: 5 }
  expect(ratesOfAll([one, { ...one, clear_s: 60 }])).toEqual({
    produced_per_s: 2,
    finished_per_s: 6,
    lag_before: 20,
    clear_s: 60,
  })
  expect(ratesOfAll([one, { ...one, clear_s: null }]).clear_s).toBeNull()
  expect(ratesOfAll([one, { ...one, produced_per_s: null }]).produced_per_s).toBeNull()
})

test.each([
  [100, null, null],
  [100, 100, 'steady'],
  [104, 100, 'steady'],
  [110, 100, 'growing'],
  [0, 3, 'falling'],
  [0, 0, 'steady'],
] as const)('a lag of %p after one of %p is %p', (lag, before, trend) => expect(trendOf(lag, before)).toBe(trend))
