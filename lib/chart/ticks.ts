/** Positions and texts of an axis' ticks. */
import type { Locale } from '../texts.ts'
import type { Grain } from './plan.ts'

export interface Tick {
  value: number
  /** One entry per line. */
  text: string[]
}

/**
 * Steps of 1, 2, 2.5 or 5 times a power of ten that cover `from` to `to` in about `count` steps; for hours those of a clock, for `whole`
 * values whole numbers.
 */
export function niceScale(
  from: number,
  to: number,
  count: number,
  { in_hours = false, whole = false } = {},
): { values: number[]; step: number } {
  const span = to - from || Math.abs(to) || 1
  const raw = span / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const wide = (steps: number[]) => steps.find((step) => step >= raw * (1 - 1e-9))
  const decimal = [1, 2, 2.5, 5, 10].map((factor) => factor * power).filter((step) => !whole || Number.isInteger(step))
  const step = (in_hours && wide(CLOCK_STEPS)) || (wide(decimal) ?? Math.max(10 * power, whole ? 1 : 0))
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(to / step - 1e-9)
  const values: number[] = []
  for (let at = first; at <= Math.max(last, first + 1); at++) values.push(Number((at * step).toPrecision(15)))
  return { values, step }
}

/** In hours: of a second and more, of a minute and more, of an hour to a day. */
const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds / 3600),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes / 60),
  ...[1, 2, 3, 4, 6, 8, 12, 24],
]

const DAY_MS = 86_400_000

/** Ticks of a time axis, at most `most` of them; the year stands below where it begins or changes. */
export function timeTicks(times: number[], grain: Grain, most: number, locale: Locale): Tick[] {
  const [from, to] = [times[0]!, times.at(-1)!]
  if (grain === 'day' && to - from < MOST_HOURS * HOUR_MS && times.length > 2) return hourTicks(from, to, most, locale)
  const values = times.length <= most && grain !== 'day' ? times : spread(from, to, grain, most)
  const shown = values.length >= 2 ? values : [...new Set([from, to])]
  const months = shown.every((time) => new Date(time).getUTCDate() === 1) || (grain !== 'day' && grain !== 'week')
  const yearly = grain === 'year' || (months && shown.every((time) => new Date(time).getUTCMonth() === 0))
  let lastYear: number | undefined
  return shown.map((value) => {
    const date = new Date(value)
    const year = date.getUTCFullYear()
    if (yearly) return { value, text: [String(year)] }
    const isNew = year !== lastYear
    lastYear = year
    const first =
      grain === 'quarter' ? quarterText(date, locale) : months ? monthText(date, locale) : dayText(date, locale)
    return { value, text: isNew ? [first, String(year)] : [first] }
  })
}

const HOUR_MS = 3_600_000
/** Over fewer hours than this, several points a day need the time of day. */
const MOST_HOURS = 48

/** The date stands below where a day begins, the year where it changes. */
function hourTicks(from: number, to: number, most: number, locale: Locale): Tick[] {
  const minutes = (to - from) / 60_000
  const step = ([5, 10, 15, 30, 60, 120, 180, 240, 360].find((one) => minutes / one <= most) ?? 720) * 60_000
  let lastDay: string | undefined
  let lastYear: number | undefined
  const ticks: Tick[] = []
  for (let value = Math.ceil(from / step) * step; value <= to; value += step) {
    const date = new Date(value)
    const day = dayText(date, locale)
    const year = date.getUTCFullYear()
    const time = date.toISOString().slice(11, 16)
    ticks.push({ value, text: day === lastDay ? [time] : [time, year === lastYear ? day : `${day} ${year}`] })
    lastDay = day
    lastYear = year
  }
  return ticks
}

function spread(from: number, to: number, grain: Grain, most: number): number[] {
  for (const step of STEPS) {
    if (step.days !== undefined && grain !== 'day' && grain !== 'week') continue
    if (grain === 'year' && (step.months ?? 12) % 12 !== 0) continue
    if ((to - from) / DAY_MS / (step.days ?? step.months! * 30.4) > most) continue
    return step.days === undefined ? everyMonths(from, to, step.months!) : everyDays(from, to, step.days)
  }
  return [from, to]
}

const STEPS: { days?: number; months?: number }[] = [
  { days: 1 },
  { days: 2 },
  { days: 7 },
  { days: 14 },
  { months: 1 },
  { months: 2 },
  { months: 3 },
  { months: 6 },
  { months: 12 },
  { months: 24 },
  { months: 60 },
  { months: 120 },
  { months: 240 },
  { months: 1200 },
]

function everyDays(from: number, to: number, days: number): number[] {
  const values: number[] = []
  for (let at = Math.ceil(from / DAY_MS) * DAY_MS; at <= to; at += days * DAY_MS) values.push(at)
  return values
}

function everyMonths(from: number, to: number, months: number): number[] {
  const values: number[] = []
  const start = new Date(from)
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth()
  for (let month = Math.floor(first / months) * months; ; month += months) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1)
    if (at > to) return values
    if (at >= from) values.push(at)
  }
}

function monthText(date: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' }).format(date).replace('.', '')
}

function dayText(date: Date, locale: Locale): string {
  const day = date.getUTCDate()
  return locale === 'en' ? `${monthText(date, locale)} ${day}` : `${day} ${monthText(date, locale)}`
}

function quarterText(date: Date, locale: Locale): string {
  const quarter = Math.floor(date.getUTCMonth() / 3) + 1
  return locale === 'en' ? `Q${quarter}` : `${quarter}º tri`
}

/** A time as the label of one bar or of the summary: `2026-01-31`, `jan 2026`, `2026`. */
export function timeText(time: number, grain: Grain, locale: Locale): string {
  const date = new Date(time)
  const year = date.getUTCFullYear()
  if (grain === 'year') return String(year)
  if (grain === 'quarter') return `${quarterText(date, locale)} ${year}`
  if (grain === 'month') return `${monthText(date, locale)} ${year}`
  return new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' }).format(date)
}
