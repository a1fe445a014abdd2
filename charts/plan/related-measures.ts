/** Measures that share the chart with the best one: related by name or unit, of comparable size, at most four. */
import type { NumberColumn } from '../table/table.ts'
import type { Measure, ColumnKinds } from './column-kinds.ts'
import { classOf, fold, isTotalHeader, sharedWords } from './words.ts'

export const MOST_SERIES = 4

/** The largest ratio of two series' sizes: beyond it the smaller one is a line along the bottom. */
const UNRELATED_RATIO = 5
const RELATED_RATIO = 20

/** The measures to draw together, in the order of the sheet; the best one alone when nothing goes with it. */
export function chooseMeasures(kinds: ColumnKinds, method: 'each' | 'grouped'): Measure[] {
  const [best, ...others] = kinds.measures
  if (!best) return []
  const parts = method === 'each' ? partsOfTotal(best, others) : []
  if (parts.length >= 2) return parts
  if (isTotalHeader(best.column.header)) return [best]
  const candidates = others.filter((other) => goTogether(best, other, method) && !isTotalHeader(other.column.header))
  return [best, ...closest(best, candidates)].toSorted(bySheetOrder)
}

/** The candidates whose names share most words with the best one's; none where that leaves too many of them. */
function closest(best: Measure, candidates: Measure[]): Measure[] {
  const likeness = (other: Measure) => sharedWords(best.column.header, other.column.header).length
  const most = Math.max(0, ...candidates.map(likeness))
  const alike = most === 0 ? candidates : candidates.filter((other) => likeness(other) === most)
  return (alike.length < MOST_SERIES || most > 0 ? alike : []).slice(0, MOST_SERIES - 1)
}

function goTogether(best: Measure, other: Measure, method: 'each' | 'grouped'): boolean {
  if (other.score < 2 || other.method !== best.method || !sameUnit(best.column, other.column)) return false
  const [a, b] = [classOf(best.column.header), classOf(other.column.header)]
  if (a && b && a !== b) return false
  const ratio = sizeOf(best.column) / sizeOf(other.column)
  const apart = Math.max(ratio, 1 / ratio)
  if (areRelated(best, other)) return apart <= RELATED_RATIO
  return method === 'each' && apart <= UNRELATED_RATIO
}

function areRelated(a: Measure, b: Measure): boolean {
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
  return parts.toSorted(bySheetOrder)
}

function addsUp(total: NumberColumn, parts: Measure[]): boolean {
  return total.values.every((value, row) => {
    if (value === null) return true
    const sum = parts.reduce((all, part) => all + (part.column.values[row] ?? 0), 0)
    return Math.abs(sum - value) <= 0.01 * Math.abs(value) + 0.01
  })
}

const bySheetOrder = (a: Measure, b: Measure) => a.column.index - b.column.index

/** `Sessions_lower` and `Sessions_upper` beside `Sessions`: the range around it. */
export function findBand(best: Measure, kinds: ColumnKinds): { lower: NumberColumn; upper: NumberColumn } | undefined {
  const name = fold(best.column.header)
  if (name === '') return undefined
  const find = (words: string[]) =>
    kinds.measures.find(({ column }) =>
      words.some((word) => [`${name} ${word}`, `${word} ${name}`].includes(fold(column.header))),
    )?.column
  const lower = find(['lower', 'min', 'minimo', 'low', 'inferior', 'limite inferior'])
  const upper = find(['upper', 'max', 'maximo', 'high', 'superior', 'limite superior'])
  return lower && upper ? { lower, upper } : undefined
}
