/**
 * The clock of a zone, and its changes. A wall time is kept as the Date that has the same digits in UTC.
 */
import { isCalendarDay } from '../../lib/calendar.ts'

/** The zone's clock at `time`. */
export function wallTime(time: Date, timezone: string): Date {
  return new Date(time.getTime() + offsetOf(time, timezone) * 1000)
}

/**
 * When the zone's clock shows `wall`: the first time, if that comes twice; the time of the change, if a change of the clock
 * skips it.
 */
export function firstInstantOf(wall: Date, timezone: string): Date {
  // Far enough on both sides of any change; no zone has two within such a time.
  const [before_s, after_s] = [-DAY_MS, DAY_MS].map((ms) => offsetOf(new Date(wall.getTime() + ms), timezone))
  const early = new Date(wall.getTime() - before_s! * 1000)
  if (before_s === after_s || offsetOf(early, timezone) === before_s) return early
  const late = new Date(wall.getTime() - after_s! * 1000)
  if (offsetOf(late, timezone) === after_s) return late
  return changeBetween(late, early, timezone)
}

/**
 * The time that a person writes as `2026-11-29 10:15`, with seconds or without, on the zone's clock; or with an offset or Z of its
 * own. null: it is none.
 */
export function readTime(text: string, timezone: string): Date | null {
  const [, day, clock, offset] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/i.exec(text.trim()) ?? []
  if (!day || !isCalendarDay(day)) return null
  const time = new Date(`${day}T${clock}${offset ?? 'Z'}`)
  if (Number.isNaN(time.getTime())) return null
  return offset ? time : firstInstantOf(time, timezone)
}

const DAY_MS = 86_400_000

/** The first second of the new offset; `before` and `after` must be on both sides of one change. */
export function changeBetween(before: Date, after: Date, timezone: string): Date {
  const old_s = offsetOf(before, timezone)
  let [low, high] = [Math.floor(before.getTime() / 1000), Math.ceil(after.getTime() / 1000)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetOf(new Date(middle * 1000), timezone) === old_s) low = middle
    else high = middle
  }
  return new Date(high * 1000)
}

/** Seconds that the zone's clock is ahead of UTC. */
export function offsetOf(time: Date, timezone: string): number {
  if (timezone === 'UTC') return 0
  const { year, month, day, hour, minute, second } = Object.fromEntries(
    formatter(timezone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>
  const wall_s = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) / 1000
  return wall_s - Math.floor(time.getTime() / 1000)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const digits = '2-digit' as const
  const date = { year: 'numeric', month: digits, day: digits } as const
  const clock = { hour: digits, minute: digits, second: digits, hourCycle: 'h23' } as const
  const made = new Intl.DateTimeFormat('en-US', { timeZone, ...date, ...clock })
  formatters.set(timeZone, made)
  return made
}
