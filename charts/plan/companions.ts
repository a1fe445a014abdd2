/** Which measures share the chart with the chosen one: the same kind of quantity, of comparable size, at most four. */
import type { NumberColumn } from '../table/table.ts'
import type { Measure, Roles } from './roles.ts'
import { classOf, fold, isTotalHeader, sharedWords } from './words.ts'

export const MOST_SERIES = 4

/** How far apart the sizes of two series may be before one of them is a line along the bottom. */
const WITHOUT_KINSHIP = 5
const WITH_KINSHIP = 20

/** The measures to draw together, in the order of the sheet; the best one alone when nothing goes with it. */
export function chooseMeasures(roles: Roles, method: 'each' | 'grouped'): Measure[] {
  const [best, ...others] = roles.measures
  if (!best) return []
  const parts = method === 'each' ? partsOfTotal(best, others) : []
  if (parts.length >= 2) return parts
  if (isTotalHeader(best.column.header)) return [best]
  const company = others.filter((other) => goTogether(best, other, method) && !isTotalHeader(other.column.header))
  return [best, ...closest(best, company)].toSorted(byPlace)
}

/** Too many to draw: those whose names are most like the best one's, and none rather than some of many strangers. */
function closest(best: Measure, company: Measure[]): Measure[] {
  const likeness = (other: Measure) => sharedWords(best.column.header, other.column.header).length
  const most = Math.max(0, ...company.map(likeness))
  const kin = most === 0 ? company : company.filter((other) => likeness(other) === most)
  return (kin.length < MOST_SERIES || most > 0 ? kin : []).slice(0, MOST_SERIES - 1)
}

function goTogether(best: Measure, other: Measure, method: 'each' | 'grouped'): boolean {
  if (other.score < 2 || other.method !== best.method || !sameUnit(best.column, other.column)) return false
  const [a, b] = [classOf(best.column.header), classOf(other.column.header)]
  if (a && b && a !== b) return false
  const ratio = sizeOf(best.column) / sizeOf(other.column)
  const apart = Math.max(ratio, 1 / ratio)
  if (isKin(best, other)) return apart <= WITH_KINSHIP
  return method === 'each' && apart <= WITHOUT_KINSHIP
}

function isKin(a: Measure, b: Measure): boolean {
  return sharedWords(a.column.header, b.column.header).length > 0
}

function sameUnit(a: NumberColumn, b: NumberColumn): boolean {
  if (a.unit.kind !== b.unit.kind) return false
  if (a.unit.kind === 'money' && b.unit.kind === 'money') return a.unit.currency === b.unit.currency
  return true
}

/** Typical size: the mean of what is not zero. */
function sizeOf(column: NumberColumn): number {
  const known = column.values.filter((value) => value !== null && value !== 0) as number[]
  if (known.length === 0) return Number.NaN
  return known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length
}

/** The columns that a total column adds up, when there are few enough to show them instead of it. */
function partsOfTotal(best: Measure, others: Measure[]): Measure[] {
  if (!isTotalHeader(best.column.header)) return []
  const parts = others.filter((other) => sameUnit(best.column, other.column) && !isTotalHeader(other.column.header))
  if (parts.length < 2 || parts.length > MOST_SERIES || !addsUp(best.column, parts)) return []
  return parts.toSorted(byPlace)
}

function addsUp(total: NumberColumn, parts: Measure[]): boolean {
  return total.values.every((value, row) => {
    if (value === null) return true
    const sum = parts.reduce((all, part) => all + (part.column.values[row] ?? 0), 0)
    return Math.abs(sum - value) <= 0.01 * Math.abs(value) + 0.01
  })
}

const byPlace = (a: Measure, b: Measure) => a.column.index - b.column.index

/** `Sessions_lower` and `Sessions_upper` beside `Sessions`: the range around it. */
export function findBand(best: Measure, roles: Roles): { lower: NumberColumn; upper: NumberColumn } | undefined {
  const name = fold(best.column.header)
  if (name === '') return undefined
  const find = (words: string[]) =>
    roles.measures.find(({ column }) =>
      words.some((word) => [`${name} ${word}`, `${word} ${name}`].includes(fold(column.header))),
    )?.column
  const lower = find(['lower', 'min', 'minimo', 'low', 'inferior', 'limite inferior'])
  const upper = find(['upper', 'max', 'maximo', 'high', 'superior', 'limite superior'])
  return lower && upper ? { lower, upper } : undefined
}
