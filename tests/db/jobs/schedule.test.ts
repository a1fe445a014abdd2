import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readSchedule, slotsBetween } from '../../../db/jobs/schedule.ts'
import { englishIn, refusal } from '../../kit/texts.ts'

setDefaultTimeout(120_000)

function slots(schedule: string, timezone: string, from: string, count: number): string[] {
  const far = new Date('2100-01-01T00:00:00Z')
  return slotsBetween(readSchedule(schedule, timezone), new Date(from), far, count).map((s) =>
    s.toISOString().slice(0, 19),
  )
}

test('a slot is strictly after the time asked for', () => {
  expect(slots('*/30 * * * *', 'UTC', '2026-01-01T00:30:00.000Z', 1)).toEqual(['2026-01-01T01:00:00'])
  expect(slots('*/30 * * * *', 'UTC', '2026-01-01T00:29:59.999Z', 1)).toEqual(['2026-01-01T00:30:00'])
  expect(slots('@every 30s', 'UTC', '2026-01-01T00:00:30Z', 1)).toEqual(['2026-01-01T00:01:00'])
})

test('@never has no slot', () => {
  expect(slots('@never', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual([])
})

test.each(['0 2\u00a0* * *', '@every\u202f30s', '@daily\u3000', '\ufeff@daily'])(
  '%j is refused: its blank is none',
  (schedule) => expect(() => readSchedule(schedule, 'UTC')).toThrow('only looks like a blank'),
)

test('blanks and tabs around and between fields do not count', () => {
  expect(slots(' 0\t2  * * * \n', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T02:00:00'])
})

test('six fields start with seconds', () => {
  expect(slots('15 30 2 * * *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual([
    '2026-01-01T02:30:15',
    '2026-01-02T02:30:15',
  ])
})

test.each([
  ['@hourly', '2026-01-01T01:00:00'],
  ['@daily', '2026-01-01T03:00:00'],
  ['@weekly', '2026-01-04T03:00:00'],
  ['@monthly', '2026-01-01T03:00:00'],
  ['@midnight', '2026-01-01T03:00:00'],
  ['@yearly', '2026-01-01T03:00:00'],
  ['@annually', '2026-01-01T03:00:00'],
])('%s goes by the zone', (schedule, first) => {
  expect(slots(schedule, 'America/Sao_Paulo', '2026-01-01T00:00:00Z', 1)).toEqual([first])
})

describe('across a change of the clock', () => {
  test('a fixed time that the change skips runs once, right after it', () => {
    // New York, 8 March 2026: 02:00 becomes 03:00.
    expect(slots('30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T07:00:00',
      '2026-03-09T06:30:00',
    ])
    expect(slots('30 2,14 * * *', 'America/New_York', '2026-03-07T22:00:00Z', 2)).toEqual([
      '2026-03-08T07:00:00',
      '2026-03-08T18:30:00',
    ])
  })

  test('a fixed time that comes twice runs once', () => {
    // 1 November 2026: 01:30 comes at 05:30Z and at 06:30Z.
    expect(slots('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T05:30:00',
      '2026-11-02T06:30:00',
    ])
  })

  test('an hourly job runs every hour that passes', () => {
    expect(slots('0 * * * *', 'America/New_York', '2026-11-01T04:30:00Z', 3)).toEqual([
      '2026-11-01T05:00:00',
      '2026-11-01T06:00:00',
      '2026-11-01T07:00:00',
    ])
  })
})

test.each([
  ['0 0 30 2 *', 'UTC', 'never matches'],
  ['61 * * * *', 'UTC', 'cannot be read'],
  ['* * * *', 'UTC', 'cannot be read'],
  ['* * * * * * *', 'UTC', 'cannot be read'],
  ['', 'UTC', 'cannot be read'],
  ['2026-12-01T00:00:00', 'UTC', 'cannot be read'],
  // croner would put in the time of reading, and each replica would have slots of its own.
  ['? * * * *', 'UTC', 'cannot be read'],
  ['@sometimes', 'UTC', 'not known'],
  ['@every 0s', 'UTC', 'not known'],
  ['@every 5 weeks', 'UTC', 'not known'],
  ['0 2 * * *', 'Mars/Base', 'timezone "Mars/Base" is not known'],
  ['0 2 * * *', '+03:00', 'timezone'],
  ['0 2 * * *', '', 'timezone'],
])('"%s" in "%s" is refused: %s', (schedule, timezone, sentence) => {
  const { en, pt } = refusal(() => readSchedule(schedule, timezone))
  expect(en).toContain(sentence)
  expect([englishIn(pt), pt]).toEqual([undefined, pt])
})
