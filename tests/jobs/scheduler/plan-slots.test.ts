/** Whatever becomes of the slots of a downtime, each is in one row: also where some of them have a row already. */
import { expect, test } from 'bun:test'
import type { ScheduleState } from '../../../db/jobs/jobs.ts'
import { readSchedule, slotsBetween } from '../../../db/jobs/schedule.ts'
import { CATCHUPS, OVERLAPS } from '../../../db/jobs/table.ts'
import { planSlots } from '../../../jobs/scheduler/plan-slots.ts'

const EACH_SECOND = readSchedule('@every 1s', 'UTC')
const at = (second: number) => new Date(Date.UTC(2026, 10, 29, 10, 0, second))
const secondOf = (slot: Date) => (slot.getTime() - at(0).getTime()) / 1000

/** Slots 1 to 150 are due, those before 90 since a downtime. */
function stateWith(change: Partial<ScheduleState>): ScheduleState {
  return {
    ...{ name: 'j', schedule: '@every 1s', timezone: 'UTC', after: null, overlap: 'skip', catchup: 'none' },
    ...{ catchup_window_s: null, holidays: null, paused: false, resumed_at: null, recorded: [] },
    ...{ scheduled_until: at(0), now: at(150) },
    ...change,
  } as ScheduleState
}

/** The rows of the plan, with every slot between the first and the last of each. */
function planned(state: ScheduleState) {
  const { plan } = planSlots(state, EACH_SECOND)!
  expect(plan.until).toEqual(at(150))
  return plan.slots.map(({ slot, slot_until, count, state: becomes }) => {
    const within = slotsBetween(EACH_SECOND, new Date(slot.getTime() - 1), slot_until ?? slot, 1000).map(secondOf)
    expect(within).toHaveLength(count)
    return { becomes, within }
  })
}

test('a stretch ends before a slot that has a row, and goes on after it', () => {
  const recorded = [10, 11, 50, 120, 150].map(at)
  expect(planned(stateWith({ recorded })).map(({ becomes, within }) => [becomes, within[0], within.at(-1)])).toEqual([
    ['missed', 1, 9],
    ['missed', 12, 49],
    ['missed', 51, 89],
    ['queued', 90, 90],
    ['skipped', 91, 119],
    ['skipped', 121, 149],
  ])
})

const states = OVERLAPS.flatMap((overlap) => CATCHUPS.map((catchup) => ({ overlap, catchup })))
test.each([
  ...states,
  { paused: true },
  { resumed_at: at(70) },
  { holidays: { '2026-11-29': { en: 'Holiday', pt: 'Feriado' } } },
])('each slot is in one row: %j', (change) => {
  for (const recorded of [[], [1], [150], [10, 11, 50, 120], Array.from({ length: 150 }, (_, i) => i + 1)]) {
    const rows = planned(stateWith({ ...change, recorded: recorded.map(at) }))
    const all = [...rows.flatMap(({ within }) => within), ...recorded].toSorted((a, b) => a - b)
    expect(all).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
  }
})
