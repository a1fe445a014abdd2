/**
 * When a job is due. croner only says when; whether a slot starts is decided in PostgreSQL (db/jobs/slots.ts).
 *
 * Local times that a change of the clock skips or repeats: a schedule for every hour (`*` in that field) goes by the time
 * that passes. Any other goes by the local clock: each of its times is a slot once, also where the clock shows it twice,
 * and those that are skipped are one slot, at the change. croner alone would lose every slot of a day whose hour is
 * skipped when another field has a wildcard (`0-59/15 2 * * *`), and repeat them when the hour is repeated.
 */
import { Cron } from 'croner'
import { isTimezone } from '../../lib/calendar.ts'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { firstInstantOf, wallTime } from './local-time.ts'

export interface Schedule {
  /** The first slot after `time`; null when there is none. */
  next(time: Date): Date | null
}

const NAMED: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}
const UNITS_S: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }
const NAMES = Object.keys(NAMED).join(', ')
const ACCEPTED = {
  en: `a cron expression of 5 or 6 fields, ${NAMES}, @every 30s (s, m, h or d) or @never`,
  pt: `uma expressão cron de 5 ou 6 campos, ${NAMES}, @every 30s (s, m, h ou d) ou @never`,
}

/** Reads a schedule; throws AppError schedule_invalid with a sentence on what is wrong with it. */
export function readSchedule(schedule: string, timezone: string): Schedule {
  if (!isTimezone(timezone))
    throw invalid({
      en: `timezone "${timezone}" is not known; name one of the IANA zones, such as America/Sao_Paulo or UTC.`,
      pt: `timezone "${timezone}" não é conhecido; use um dos fusos da IANA, como America/Sao_Paulo ou UTC.`,
    })
  // It looks like a blank, and comes with texts that are copied from a page or a document.
  const odd = /[^\S \t\r\n]/u.exec(schedule)?.[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  if (odd !== undefined)
    throw invalid({
      en: `schedule "${schedule}" has a character that only looks like a blank (U+${odd}); type a plain blank there.`,
      pt: `schedule "${schedule}" tem um caractere que só parece um espaço (U+${odd}); digite um espaço comum ali.`,
    })
  if (schedule === '@never') return { next: () => null }
  const every = /^@every\s+([1-9]\d{0,8})\s*([smhd])$/.exec(schedule)
  if (every) return everyInterval(Number(every[1]) * UNITS_S[every[2]!]! * 1000)
  const expression = NAMED[schedule] ?? schedule
  if (expression.startsWith('@'))
    throw invalid({
      en: `schedule "${schedule}" is not known; use ${ACCEPTED.en}.`,
      pt: `schedule "${schedule}" não é conhecido; use ${ACCEPTED.pt}.`,
    })
  return readCron(expression, timezone)
}

/** The slots after `after` up to and including `until`, at most `max`. */
export function slotsBetween(schedule: Schedule, after: Date, until: Date, max: number): Date[] {
  const slots: Date[] = []
  for (let slot = schedule.next(after); slot && slot <= until && slots.length < max; slot = schedule.next(slot))
    slots.push(slot)
  return slots
}

function readCron(expression: string, timezone: string): Schedule {
  // croner also takes a date, which would run once, and puts the time of reading for a `?`, so that replicas differ.
  if (![5, 6].includes(expression.trim().split(/\s+/).length) || expression.includes('?'))
    throw invalid({
      en: `schedule "${expression}" cannot be read; use ${ACCEPTED.en}.`,
      pt: `schedule "${expression}" não pode ser lido; use ${ACCEPTED.pt}.`,
    })
  const fields = expression.trim().split(/\s+/)
  const by_elapsed_time = EVERY_HOUR.has(fields.at(-4)!)
  if (by_elapsed_time) fields[fields.length - 4] = '*'
  let cron: Cron
  try {
    cron = new Cron(fields.join(' '), {
      timezone: by_elapsed_time ? timezone : 'UTC',
      paused: true,
      mode: '5-or-6-parts',
    })
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = {
      en: `schedule "${expression}" cannot be read (${why.en}); use ${ACCEPTED.en}.`,
      pt: `schedule "${expression}" não pode ser lido (${why.pt}); use ${ACCEPTED.pt}.`,
    }
    throw invalid(detail, cause)
  }
  if (!cron.nextRun(new Date()))
    throw invalid({
      en: `schedule "${expression}" never matches any date.`,
      pt: `schedule "${expression}" não corresponde a nenhuma data.`,
    })
  return { next: remember(by_elapsed_time ? (time) => cron.nextRun(time) : byLocalClock(cron, timezone)) }
}

const invalid = (detail: Translated, cause?: unknown) => new AppError('invalid', 'schedule_invalid', detail, { cause })

/** Values of the field of hours that mean every hour. */
const EVERY_HOUR = new Set(['*', '*/1', '0-23'])

/** `cron` reads wall times as if they were UTC's; their order is that of the instants at which they are slots. */
function byLocalClock(cron: Cron, timezone: string): Schedule['next'] {
  return (time) => {
    for (let wall = cron.nextRun(wallTime(time, timezone)); wall; wall = cron.nextRun(wall)) {
      const slot = firstInstantOf(wall, timezone)
      if (slot > time) return slot
    }
    return null
  }
}

/** croner takes about 70 µs, and a scheduler asks for the same slot when it looks, when it plans and when it looks again. */
function remember(next: Schedule['next']): Schedule['next'] {
  let known: Array<{ time: number; slot: Date | null }> = []
  return (time) => {
    const found = known.find((one) => one.time === time.getTime()) ?? { time: time.getTime(), slot: next(time) }
    known = [found, ...known.filter((one) => one !== found)].slice(0, 2)
    return found.slot && new Date(found.slot)
  }
}

/** Multiples of the interval since 1970, so that every replica, and every restart, has the same slots. */
function everyInterval(interval_ms: number): Schedule {
  return { next: (time) => new Date((Math.floor(time.getTime() / interval_ms) + 1) * interval_ms) }
}
