/** Brings the rows of one label together: sums or averages their values; days become weeks, months or years. */
import type { Grain } from '../../lib/chart/plan.ts'

export interface Groups<Key> {
  keys: Key[]
  /** Group of each row; -1 for a row without label. */
  groupOf: Int32Array
}

/** Groups in the order in which they first appear. */
export function groupRows<Key>(labels: readonly (Key | null)[]): Groups<Key> {
  const index = new Map<Key, number>()
  const groupOf = new Int32Array(labels.length).fill(-1)
  for (const [row, label] of labels.entries()) {
    if (label === null) continue
    let group = index.get(label)
    if (group === undefined) index.set(label, (group = index.size))
    groupOf[row] = group
  }
  return { keys: [...index.keys()], groupOf }
}

/** One value per group; null where no row of the group has one. */
export function reduceGroups(
  groups: Groups<unknown>,
  values: readonly (number | null)[],
  method: 'sum' | 'mean',
  keep: (row: number) => boolean = () => true,
): (number | null)[] {
  const sums = new Float64Array(groups.keys.length)
  const counts = new Int32Array(groups.keys.length)
  for (const [row, value] of values.entries()) {
    const group = groups.groupOf[row]!
    if (value === null || group < 0 || !keep(row)) continue
    sums[group]! += value
    counts[group]!++
  }
  return groups.keys.map((_, group) => {
    if (counts[group] === 0) return null
    // Adding 0.1 ten times must not end in 0.9999999999999999.
    const sum = Number(sums[group]!.toPrecision(13))
    return method === 'sum' ? sum : sum / counts[group]!
  })
}

/** Without those that are missing. Known lists are not counted again: one choice asks for the same column some ten times. */
export function countDistinct(values: readonly unknown[]): number {
  const known = counted.get(values)
  if (known !== undefined) return known
  const distinct = new Set(values)
  distinct.delete(null)
  counted.set(values, distinct.size)
  return distinct.size
}
const counted = new WeakMap<readonly unknown[], number>()

const DAY_MS = 86_400_000

/** The finest grain that leaves a number of points one can read. */
export function grainFor(times: readonly (number | null)[], finest: Grain): Grain {
  const known = times.filter((time) => time !== null)
  const span_days =
    (known.reduce((a, b) => Math.max(a, b), -Infinity) - known.reduce((a, b) => Math.min(a, b), Infinity)) / DAY_MS
  if (finest === 'year' || span_days > 366 * 12) return 'year'
  if (finest === 'quarter') return 'quarter'
  if (finest === 'month' || span_days > 100) return 'month'
  return 'day'
}

/** The start of the day, week (Monday), month, quarter or year of a time. */
export function startOf(time: number, grain: Grain): number {
  const date = new Date(time)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  switch (grain) {
    case 'year':
      return Date.UTC(year, 0, 1)
    case 'quarter':
      return Date.UTC(year, month - (month % 3), 1)
    case 'month':
      return Date.UTC(year, month, 1)
    case 'week': {
      const day = Date.UTC(year, month, date.getUTCDate())
      return day - ((date.getUTCDay() + 6) % 7) * DAY_MS
    }
    case 'day':
      return Date.UTC(year, month, date.getUTCDate())
  }
}
