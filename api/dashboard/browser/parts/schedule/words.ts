import { durationIn } from '../../../../../lib/texts.ts'
import { sayIn, type Locale } from '../../languages.ts'
import { TEXTS } from './texts.ts'

const NAMED: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
}

/** null where it takes more than a few words. */
export function scheduleIn(schedule: string, locale: Locale): string | null {
  const every = /^@every (\d+)(s|m|h)$/.exec(schedule)
  if (every) {
    const unit_ms = { s: 1000, m: 60_000, h: 3_600_000 }[every[2] as 's' | 'm' | 'h']
    return sayIn(locale, TEXTS.every, { time: durationIn(Number(every[1]) * unit_ms, locale) })
  }
  if (schedule === '@never') return sayIn(locale, TEXTS.never)
  if (schedule === '@yearly' || schedule === '@annually') return sayIn(locale, TEXTS.yearly)
  const fields = (NAMED[schedule] ?? schedule).trim().split(/\s+/)
  if (fields.length !== 5) return null
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  if (month !== '*') return null
  const isEachDay = day === '*' && weekday === '*'
  if (hour === '*' && isEachDay) {
    if (minute === '*' || minute === '*/1') return sayIn(locale, TEXTS.every_minute)
    const step = /^\*\/(\d+)$/.exec(minute)
    if (step && 60 % Number(step[1]) === 0) return sayIn(locale, TEXTS.every_minutes, { count: Number(step[1]) })
    return isNumber(minute) ? sayIn(locale, TEXTS.hourly, { minute: minute.padStart(2, '0') }) : null
  }
  const step = /^\*\/(\d+)$/.exec(hour)
  if (step && minute === '0' && isEachDay && 24 % Number(step[1]) === 0)
    return sayIn(locale, TEXTS.every_hours, { count: Number(step[1]) })
  if (!isNumber(minute) || !isNumber(hour)) return null
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(
    Date.UTC(2026, 0, 1, Number(hour), Number(minute)),
  )
  if (isEachDay) return sayIn(locale, TEXTS.daily, { time })
  if (weekday === '*' && isNumber(day)) return sayIn(locale, TEXTS.monthly, { day, time })
  if (day !== '*') return null
  if (/^(?:1-5|MON-FRI)$/i.test(weekday)) return sayIn(locale, TEXTS.workdays, { time })
  const named = WEEKDAYS.indexOf(weekday.toUpperCase())
  if (named === -1 && !/^[0-7]$/.test(weekday)) return null
  return sayIn(locale, TEXTS.weekly, { day: dayName(named === -1 ? Number(weekday) : named, locale), time })
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const isNumber = (field: string) => /^\d{1,2}$/.test(field)

/** 0 and 7 are Sunday; 4 January 2026 was one. */
const dayName = (weekday: number, locale: Locale) =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 4 + weekday))
