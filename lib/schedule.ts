/**
 * When a job is due. croner only says when; whether a slot starts is decided in PostgreSQL (db/slots.ts).
 *
 * Local times that a clock change skips or repeats: a job at fixed times runs once each of them, one with a wildcard
 * goes by elapsed time. croner does so from version 11 on, and for lists (`30 2,14`) only with "no-wildcard".
 */
import { Cron } from 'croner'

export interface Schedule {
  /** The first slot after `time`; null when there is none. */
  next(time: Date): Date | null
}

const NAMED: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
}
const UNITS_S: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }
const ACCEPTED = `a cron expression of 5 or 6 fields, ${Object.keys(NAMED).join(', ')} or @every 30s (s, m, h or d)`

/** Reads a schedule; throws an Error whose message is a sentence on what is wrong with it. */
export function readSchedule(schedule: string, timezone: string): Schedule {
  if (!isTimezone(timezone))
    throw new Error(
      `timezone "${timezone}" is not known; name one of the IANA zones, such as America/Sao_Paulo or UTC.`,
    )
  const every = /^@every\s+([1-9]\d{0,8})\s*([smhd])$/.exec(schedule)
  if (every) return everyInterval(Number(every[1]) * UNITS_S[every[2]!]! * 1000)
  const expression = NAMED[schedule] ?? schedule
  if (expression.startsWith('@')) throw new Error(`schedule "${schedule}" is not known; use ${ACCEPTED}.`)
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
    throw new Error(`schedule "${expression}" cannot be read; use ${ACCEPTED}.`)
  let cron: Cron
  try {
    cron = new Cron(expression, { timezone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
  } catch (cause) {
    throw new Error(`schedule "${expression}" cannot be read (${(cause as Error).message}); use ${ACCEPTED}.`, {
      cause,
    })
  }
  if (!cron.nextRun(new Date())) throw new Error(`schedule "${expression}" never matches any date.`)
  return { next: remember((time) => cron.nextRun(time)) }
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

/** Whether `name` is an IANA zone. */
export function isTimezone(name: string): boolean {
  try {
    // Intl also takes offsets such as +03:00, which know no clock changes and which croner reads otherwise.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
