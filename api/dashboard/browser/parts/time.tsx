/** A time as people say it, with the exact one of the viewer's zone on hover; and a duration. */
import { useEffect, useState } from 'react'
import { durationIn } from '../../../../lib/texts.ts'
import { now_ms } from '../clock.ts'
import { useLocale, useSay, type Locale } from '../languages.ts'
import { TEXTS } from './texts.ts'

/** `at`: ISO 8601. */
export function Time({ at }: { at: string }) {
  const locale = useLocale()
  const say = useSay()
  useEveryHalfMinute()
  const away_s = (Date.parse(at) - now_ms()) / 1000
  return (
    <time dateTime={at} title={exactTime(at, locale)}>
      {Math.abs(away_s) < JUST_S ? say(TEXTS.now) : relativeTime(away_s, locale)}
    </time>
  )
}

const JUST_S = 10

export const exactTime = (at: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(new Date(at))

/** To the minute, with the day of the week, and with the year where it is another. */
export function dayAndTime(at: string, locale: Locale): string {
  const time = new Date(at)
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    ...(time.getFullYear() !== new Date(now_ms()).getFullYear() && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(time)
}

/** The day is left out where it is today. */
export function shortTime(at: string, locale: Locale): string {
  const time = new Date(at)
  const today = time.toDateString() === new Date(now_ms()).toDateString()
  return new Intl.DateTimeFormat(locale, {
    ...(!today && { day: '2-digit', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(time)
}

/** `away_s`: negative for what has been. */
export function relativeTime(away_s: number, locale: Locale): string {
  const [unit, unit_s] = UNITS.find(([, , least_s]) => Math.abs(away_s) >= least_s) ?? (['second', 1] as const)
  // "Last year" and "last month" are said of a calendar's.
  const numeric = unit === 'year' || unit === 'month' ? 'always' : 'auto'
  return new Intl.RelativeTimeFormat(locale, { numeric, style: 'short' }).format(Math.trunc(away_s / unit_s), unit)
}

const DAY_S = 86_400
const YEAR_S = 365 * DAY_S
/** How long each is, and from when on it is said: "in 40 days" is more than "in 1 month". */
const UNITS = [
  ['year', YEAR_S, YEAR_S],
  ['month', YEAR_S / 12, YEAR_S / 6],
  ['day', DAY_S, DAY_S],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
] as const

function useEveryHalfMinute(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
}

/** Between two times, or since one; to a tenth below ten seconds. */
export function Duration({ from, to }: { from: string; to: string | null }) {
  const locale = useLocale()
  return <>{lengthIn(Math.max(0, (to === null ? now_ms() : Date.parse(to)) - Date.parse(from)), locale)}</>
}

export function lengthIn(length_ms: number, locale: Locale): string {
  if (length_ms >= 10_000) return durationIn(length_ms, locale)
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: length_ms < 100 ? 3 : 1 }).format(length_ms / 1000)}\u00a0s`
}
