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
const ACCEPTED = `a cron expression of 5 or 6 fields, ${Object.keys(NAMED).join(', ')}, @every 30s (s, m, h or d) or @never`

/** Reads a schedule; throws an Error whose message is a sentence on what is wrong with it. */
export function readSchedule(schedule: string, timezone: string): Schedule {
  if (!isTimezone(timezone))
    throw new Error(
      `timezone "${timezone}" is not known; name one of the IANA zones, such as America/Sao_Paulo or UTC.`,
    )
  // It looks like a blank, and comes with texts that are copied from a page or a document.
  const odd = /[^\S \t\r\n]/u.exec(schedule)?.[0].codePointAt(0)
  if (odd !== undefined)
    throw new Error(
      `schedule "${schedule}" has a character that only looks like a blank (U+${odd.toString(16).toUpperCase().padStart(4, '0')}); type a plain blank there.`,
    )
  if (schedule === '@never') return { next: () => null }
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
    throw new Error(`schedule "${expression}" cannot be read (${(cause as Error).message}); use ${ACCEPTED}.`, {
      cause,
    })
  }
  if (!cron.nextRun(new Date())) throw new Error(`schedule "${expression}" never matches any date.`)
  return { next: remember(by_elapsed_time ? (time) => cron.nextRun(time) : byLocalClock(cron, timezone)) }
}

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
