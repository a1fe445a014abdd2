/** The next times of a schedule as a person wants to see them: also by the local clock, with the effects of its changes. */
import { changeBetween, offsetOf, wallTime } from './local-time.ts'
import type { Translated } from '../../lib/texts.ts'
import type { JobRow } from './jobs.ts'
import { readSchedule, slotsBetween, type Schedule } from './schedule.ts'

export interface Upcoming {
  slot: Date
  /** `2026-03-08T03:00:00-04:00`, in the zone that was asked for. */
  local: string
  /** That it is a holiday's, and starts nothing; or the effect of a change of the clock in the schedule's own zone. */
  note: Translated | null
}

/** The next slot of a job that is to start a run; null for one that is paused or gone, or whose times are not known here. */
export function nextSlot(job: JobRow, now: Date): Date | null {
  const times = job.paused_at ? undefined : timesOf(job)
  let slot = times?.next(now) ?? null
  while (slot && holidayOf(job, slot)) slot = times!.next(slot)
  return slot
}

/** The holiday of the job's calendar that the slot is on, by the job's clock; null for a working day. */
export function holidayOf(
  { holidays, timezone }: Pick<JobRow, 'holidays' | 'timezone'>,
  slot: Date,
): Translated | null {
  return holidays?.[wallTime(slot, timezone).toISOString().slice(0, 10)] ?? null
}

/** The next `count` holidays of the job's calendar, today's included; none for a job without one. */
export function holidaysFrom(
  { holidays, timezone }: Pick<JobRow, 'holidays' | 'timezone'>,
  now: Date,
  count: number,
): Array<{ day: string; name: Translated }> {
  if (holidays === null) return []
  const today = wallTime(now, timezone).toISOString().slice(0, 10)
  const days = Object.entries(holidays).filter(([day]) => day >= today)
  return days
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, count)
    .map(([day, name]) => ({ day, name }))
}

/** The year of the slot, by the job's clock, if its calendar's holidays of that year are not known here. */
export function yearWithoutHolidays(
  { holidays, timezone }: Pick<JobRow, 'holidays' | 'timezone'>,
  slot: Date,
): number | null {
  if (holidays === null) return null
  const year = wallTime(slot, timezone).getUTCFullYear()
  return Object.keys(holidays).some((day) => day.startsWith(`${year}-`)) ? null : year
}

/** The next `count` slots of a job by its own clock; none for one whose times are not known here. */
export function nextSlots(job: JobRow, now: Date, count: number): Upcoming[] {
  return timesOf(job) ? upcoming(job, job.timezone, now, count) : []
}

/** undefined for a job that is gone or has no times of its own, and where a newer version of the jobs, or of their zones, knows more. */
function timesOf({ after, gone_at, schedule, timezone }: JobRow): Schedule | undefined {
  try {
    return after === null && gone_at === null ? readSchedule(schedule, timezone) : undefined
  } catch {
    return undefined
  }
}

const FAR = new Date(8.64e15)

/** The first `count` slots after `after`. */
export function upcoming(
  { schedule, timezone, holidays }: Pick<JobRow, 'schedule' | 'timezone' | 'holidays'>,
  shown_in: string,
  after: Date,
  count: number,
): Upcoming[] {
  const slots = slotsBetween(readSchedule(schedule, timezone), after, FAR, count)
  return slots.map((slot, n) => ({
    slot,
    local: localTime(slot, shown_in),
    note: holidayNote({ holidays, timezone }, slot) ?? clockNote(slots[n - 1] ?? after, slot, timezone),
  }))
}

/** ISO 8601 with the offset of the zone at that time. */
export function localTime(time: Date, timezone: string): string {
  const offset_s = offsetOf(time, timezone)
  const local = new Date(time.getTime() + offset_s * 1000).toISOString().slice(0, 19)
  const minutes = Math.abs(Math.round(offset_s / 60))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${local}${offset_s < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function holidayNote(job: Pick<JobRow, 'holidays' | 'timezone'>, slot: Date): Translated | null {
  const year = yearWithoutHolidays(job, slot)
  if (year !== null)
    return { en: `the holidays of ${year} are not known yet`, pt: `os feriados de ${year} ainda não são conhecidos` }
  const holiday = holidayOf(job, slot)
  return holiday && { en: `a holiday, ${holiday.en}: nothing starts`, pt: `feriado, ${holiday.pt}: nada inicia` }
}

function clockNote(before: Date, slot: Date, timezone: string): Translated | null {
  const twice = timesTwice(slot, timezone)
  if (twice) return twice
  const [was_s, is_s] = [offsetOf(before, timezone), offsetOf(slot, timezone)]
  if (was_s === is_s) return null
  const change = changeBetween(before, slot, timezone)
  const [day, from] = wall(change, was_s)
  const [, to] = wall(change, is_s)
  return is_s > was_s
    ? {
        en: `on ${day} the clock goes from ${from} to ${to}: what is between does not exist`,
        pt: `em ${day} o relógio passa de ${from} para ${to}: o que há entre os dois não existe`,
      }
    : {
        en: `on ${day} the clock goes back from ${from} to ${to}: what is between comes twice`,
        pt: `em ${day} o relógio volta de ${from} para ${to}: o que há entre os dois acontece duas vezes`,
      }
}

const DAY_MS = 86_400_000

/** When the clock goes back, its local times come twice; which of the two this is. */
function timesTwice(slot: Date, timezone: string): Translated | null {
  const [earlier_s, later_s] = [-DAY_MS, DAY_MS].map((ms) => offsetOf(new Date(slot.getTime() + ms), timezone))
  if (earlier_s! <= later_s!) return null
  const own_s = offsetOf(slot, timezone)
  const other = new Date(slot.getTime() + (own_s - (own_s === earlier_s ? later_s! : earlier_s!)) * 1000)
  if (offsetOf(other, timezone) === own_s) return null
  const [, clock] = wall(slot, own_s)
  return other > slot
    ? {
        en: `${clock} comes twice that day; this is the first`,
        pt: `${clock} acontece duas vezes nesse dia; esta é a primeira`,
      }
    : {
        en: `${clock} comes twice that day; this is the second`,
        pt: `${clock} acontece duas vezes nesse dia; esta é a segunda`,
      }
}

/** Day and time by a clock of that offset. */
function wall(time: Date, offset_s: number): [day: string, clock: string] {
  const text = new Date(time.getTime() + offset_s * 1000).toISOString()
  return [text.slice(0, 10), text.slice(11, 16)]
}
