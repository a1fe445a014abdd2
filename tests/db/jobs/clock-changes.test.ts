/**
 * Schedules across changes of the clock. Beside a table that a person can check, every schedule is compared with what
 * follows from looking at the zone's clock minute by minute.
 */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readSchedule, slotsBetween } from '../../../db/jobs/schedule.ts'
import { upcoming } from '../../../db/jobs/upcoming.ts'

setDefaultTimeout(120_000)

/** The first minute by the new clock, in UTC. */
const CHANGES = [
  ['America/New_York', 'forward', '2026-03-08T07:00:00Z'],
  ['America/New_York', 'back', '2026-11-01T06:00:00Z'],
  ['Europe/Lisbon', 'forward', '2026-03-29T01:00:00Z'],
  ['Europe/Lisbon', 'back', '2026-10-25T01:00:00Z'],
  // By half an hour.
  ['Australia/Lord_Howe', 'forward', '2026-10-03T15:30:00Z'],
  ['Australia/Lord_Howe', 'back', '2026-04-04T15:00:00Z'],
  // At midnight, so that a day had no 00:00, and a 23:00 came twice; the country has had none since 2019.
  ['America/Sao_Paulo', 'forward', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', 'back', '2019-02-17T02:00:00Z'],
  ['America/Sao_Paulo', 'forward', '2017-10-15T03:00:00Z'],
  ['America/Sao_Paulo', 'back', '2018-02-18T02:00:00Z'],
] as const

interface Clock {
  hour: number
  minute: number
}

/** Goes by the local clock: each of its times once. */
const FIXED: Array<[string, (clock: Clock) => boolean]> = [
  ['30 2 * * *', ({ hour, minute }) => hour === 2 && minute === 30],
  ['30 1 * * *', ({ hour, minute }) => hour === 1 && minute === 30],
  ['15 0 * * *', ({ hour, minute }) => hour === 0 && minute === 15],
  ['45 23 * * *', ({ hour, minute }) => hour === 23 && minute === 45],
  ['0 0 * * *', ({ hour, minute }) => hour === 0 && minute === 0],
  ['30 0,1,2,3,14,23 * * *', ({ hour, minute }) => [0, 1, 2, 3, 14, 23].includes(hour) && minute === 30],
  ['15,45 1-2 * * *', ({ hour, minute }) => [1, 2].includes(hour) && [15, 45].includes(minute)],
  ['*/15 2 * * *', ({ hour, minute }) => hour === 2 && minute % 15 === 0],
  ['*/20 1,23 * * *', ({ hour, minute }) => [1, 23].includes(hour) && minute % 20 === 0],
  ['30 */2 * * *', ({ hour, minute }) => hour % 2 === 0 && minute === 30],
]
/** Goes by the time that passes: whenever the clock shows it, also twice, and never where it does not. */
const EVERY_HOUR: Array<[string, (clock: Clock) => boolean]> = [
  ['0 * * * *', ({ minute }) => minute === 0],
  ['@hourly', ({ minute }) => minute === 0],
  ['*/15 * * * *', ({ minute }) => minute % 15 === 0],
  ['30 * * * *', ({ minute }) => minute === 30],
  ['5,35 0-23 * * *', ({ minute }) => [5, 35].includes(minute)],
]

const MINUTE_MS = 60_000
const iso = (time: number | Date) => new Date(time).toISOString().slice(0, 16)

/** Every minute of a day and a half before and after, with what the clock shows, by Intl's own words. */
function minutesAround(timezone: string, change: string): Array<{ at: number; wall: string }> {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
  const middle = Date.parse(change)
  return Array.from({ length: 72 * 60 }, (_, n) => {
    const at = middle + (n - 36 * 60) * MINUTE_MS
    return { at, wall: clock.format(at).replace(' ', 'T') }
  })
}
const clockOf = (wall: string): Clock => ({ hour: Number(wall.slice(11, 13)), minute: Number(wall.slice(14, 16)) })

function expectedOnce(minutes: ReturnType<typeof minutesAround>, change: string, matches: (clock: Clock) => boolean) {
  const shown = new Map<string, number>()
  for (const { at, wall } of minutes) if (!shown.has(wall)) shown.set(wall, at)
  const slots = new Set<string>()
  // Every minute of the calendar, whether or not the clock showed it.
  const [first, last] = [minutes[0]!.wall, minutes.at(-1)!.wall].map((wall) => Date.parse(`${wall}Z`)) as [
    number,
    number,
  ]
  for (let wall = first; wall <= last; wall += MINUTE_MS)
    if (matches(clockOf(iso(wall)))) slots.add(iso(shown.get(iso(wall)) ?? Date.parse(change)))
  return [...slots].toSorted()
}

describe.each(CHANGES)('%s, clock %s at %s', (timezone, _, change) => {
  const minutes = minutesAround(timezone, change)
  const [from, to] = [new Date(minutes[0]!.at - 1), new Date(minutes.at(-1)!.at)]
  const slotsOf = (schedule: string) => slotsBetween(readSchedule(schedule, timezone), from, to, 10_000).map(iso)

  test('the clock really changes then', () => {
    const at = minutes.findIndex((minute) => minute.at === Date.parse(change))
    const [before, after] = [minutes[at - 1]!.wall, minutes[at]!.wall].map((wall) => Date.parse(`${wall}Z`))
    expect(after! - before!).not.toBe(MINUTE_MS)
  })

  test.each(FIXED)('%s: every local time once, none lost, those skipped at the change', (schedule, matches) => {
    const slots = slotsOf(schedule)
    expect(slots).toEqual(expectedOnce(minutes, change, matches))
    expect(slots.length).toBeGreaterThan(1)
  })

  test.each(EVERY_HOUR)('%s goes by the time that passes', (schedule, matches) => {
    const expected = minutes.filter(({ wall }) => matches(clockOf(wall))).map(({ at }) => iso(at))
    expect(slotsOf(schedule)).toEqual(expected)
  })

  test.each([
    ['@every 15m', 15],
    ['@every 1h', 60],
  ])('%s knows no clock', (schedule, every) => {
    const slots = slotsOf(schedule).map((slot) => Date.parse(`${slot}Z`))
    expect(slots.length).toBeGreaterThan(70)
    for (const [n, slot] of slots.entries()) expect(slot - slots[0]!).toBe(n * every * MINUTE_MS)
  })

  test('asked from any minute, the next slot is the same', () => {
    for (const schedule of ['30 2 * * *', '*/20 1,23 * * *', '30 * * * *']) {
      const slots = slotsOf(schedule)
      const read = readSchedule(schedule, timezone)
      // Around the change itself, where wall times alone would mislead.
      const middle = minutes.findIndex(({ at }) => at === Date.parse(change))
      for (const { at } of minutes.slice(middle - 180, middle + 180))
        expect(iso(read.next(new Date(at))!)).toBe(slots.find((slot) => Date.parse(`${slot}Z`) > at)!)
    }
  })
})

test('next shows what the change does: a skipped time, a repeated one, and which of the two it is', () => {
  const shown = (schedule: string, timezone: string, after: string, count: number) =>
    upcoming({ schedule, timezone, holidays: null }, timezone, new Date(after), count).map(({ local, note }) => [
      local,
      note?.en ?? null,
    ])
  expect(shown('30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
    ['2026-03-08T03:00:00-04:00', 'on 2026-03-08 the clock goes from 02:00 to 03:00: what is between does not exist'],
    ['2026-03-09T02:30:00-04:00', null],
  ])
  expect(shown('0 * * * *', 'Europe/Lisbon', '2026-10-24T23:30:00Z', 3)).toEqual([
    ['2026-10-25T01:00:00+01:00', '01:00 comes twice that day; this is the first'],
    ['2026-10-25T01:00:00+00:00', '01:00 comes twice that day; this is the second'],
    ['2026-10-25T02:00:00+00:00', null],
  ])
  expect(shown('0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', 1)).toEqual([
    ['2018-11-04T01:00:00-02:00', 'on 2018-11-04 the clock goes from 00:00 to 01:00: what is between does not exist'],
  ])
  expect(shown('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T12:00:00Z', 2)).toEqual([
    ['2026-04-05T01:45:00+11:00', '01:45 comes twice that day; this is the first'],
    ['2026-04-06T01:45:00+10:30', 'on 2026-04-05 the clock goes back from 02:00 to 01:30: what is between comes twice'],
  ])
})

test('a day that a zone left out is one slot, at the change', () => {
  // Samoa had no 30 December 2011.
  const slots = slotsBetween(
    readSchedule('0 9 * * *', 'Pacific/Apia'),
    new Date('2011-12-29T00:00:00Z'),
    new Date('2012-01-01T00:00:00Z'),
    10,
  )
  expect(slots.map((slot) => slot.toISOString())).toEqual([
    '2011-12-29T19:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
    '2011-12-30T19:00:00.000Z',
    '2011-12-31T19:00:00.000Z',
  ])
})
