/**
 * Decides what becomes of a job's due slots, without a statement: which start a run, and which are only accounted for. For
 * a slot that was due during a downtime the job's `catchup` decides, within its window; one that is merely late runs as usual.
 */
import type { Translated } from '../../lib/texts.ts'
import type { ScheduleState } from '../../db/jobs/jobs.ts'
import type { PlannedSlot, SlotPlan, SlotState } from '../../db/jobs/slots.ts'
import { slotsBetween, type Schedule } from '../../db/jobs/schedule.ts'
import { holidayOf } from '../../db/jobs/upcoming.ts'

/** A slot found later than this after its time was due during a downtime. A restart is shorter. */
const DOWNTIME_S = 60
/** croner takes about 50 µs a slot: this many at a time leave the event loop free. */
const MAX_DUE = 1000
/** A plan that is recorded later than this after it was made is made anew. */
const VALID_MS = 5000

/** null when nothing is due. `more`: this plan ends before `now`. */
export function planSlots(state: ScheduleState, times: Schedule): { plan: SlotPlan; more: boolean } | null {
  const passed = slotsBetween(times, state.scheduled_until, state.now, MAX_DUE)
  const until = passed.at(-1)
  if (!until) return null
  const more = passed.length === MAX_DUE
  const recorded = new Set(state.recorded.map(Number))
  const due = passed.filter((slot) => !recorded.has(slot.getTime()))
  const pause_end = state.paused ? state.now : state.resumed_at
  const during = pause_end ? due.filter((slot) => slot <= pause_end) : []
  const rest = due.slice(during.length)
  const working = state.holidays ? rest.filter((slot) => holidayOf(state, slot) === null) : rest
  const slots = [...asStretches(state, 'paused', during), ...chooseRuns(state, working, more)]
  if (working.length < rest.length) {
    slots.push(...onHolidays(state, rest))
    slots.sort((a, b) => a.slot.getTime() - b.slot.getTime())
  }
  const { scheduled_until: planned_from, paused: planned_paused } = state
  const valid_until = new Date(state.now.getTime() + VALID_MS)
  return { plan: { job: state.name, planned_from, planned_paused, until, valid_until, slots }, more }
}

function chooseRuns(job: ScheduleState, due: Date[], more: boolean): PlannedSlot[] {
  const { now } = job
  const downtimeEnd = now.getTime() - DOWNTIME_S * 1000
  const old = due.filter((slot) => slot.getTime() < downtimeEnd)
  const current = due.slice(old.length)
  // With 'last' the newest slot makes up for those before it; that may be one that is due now.
  const oldest = now.getTime() - (job.catchup_window_s ?? Infinity) * 1000
  const within = old.filter((slot) => slot.getTime() >= oldest)
  const madeUp =
    job.catchup === 'all' ? within : job.catchup === 'last' && current.length === 0 && !more ? within.slice(-1) : []
  const missed = old.slice(0, old.length - madeUp.length)
  // Of several at once, `skip` starts the first; `cancel_previous` the last, which cancels the others.
  const first = job.overlap === 'cancel_previous' ? Math.max(0, current.length - 1) : 0
  const started = current.slice(first, job.overlap === 'skip' ? 1 : undefined)
  return [
    ...asStretches(job, 'missed', missed),
    // With 'all' these wait for their turn instead of skipping one another.
    ...madeUp.map((slot) => asRun('caught_up', slot, job.overlap === 'skip' && job.catchup !== 'all')),
    ...asStretches(job, 'skipped', current.slice(0, first)),
    ...started.map((slot) => asRun('queued', slot, job.overlap === 'skip')),
    ...asStretches(job, 'skipped', current.slice(first + started.length)),
  ]
}

function asRun(state: SlotState, slot: Date, unless_active: boolean): PlannedSlot {
  return { slot, slot_until: null, count: 1, state, run_id: Bun.randomUUIDv7(), holiday: null, unless_active }
}

/** A row for each holiday that has slots; two days in a row may have one name. */
function onHolidays(job: ScheduleState, slots: Date[]): PlannedSlot[] {
  const stretches: Array<{ holiday: Translated; slots: Date[] }> = []
  for (const slot of slots) {
    const holiday = holidayOf(job, slot)
    if (holiday === null) continue
    const last = stretches.at(-1)
    if (last?.holiday.en === holiday.en) last.slots.push(slot)
    else stretches.push({ holiday, slots: [slot] })
  }
  return stretches.flatMap((one) => asStretches(job, 'holiday', one.slots, one.holiday))
}

/** One row for all of them, or one for those before and one for those after a slot that has its own already. */
function asStretches(
  { recorded }: ScheduleState,
  state: SlotState,
  slots: Date[],
  holiday: Translated | null = null,
): PlannedSlot[] {
  const rows: PlannedSlot[] = []
  let next = 0
  for (const slot of slots) {
    let row = rows.at(-1)
    for (; recorded[next]! < slot; next++) row = undefined
    if (row) {
      row.slot_until = slot
      row.count++
    } else rows.push({ slot, slot_until: null, count: 1, state, run_id: null, holiday, unless_active: false })
  }
  return rows
}
