/** Columns that add up others: totals, balances, shares of a whole, and the groups of a header that repeat the others. */
import type { NumberColumn } from '../table/table.ts'
import { bySheetOrder, type Measure } from './column-kinds.ts'
import { isTotalHeader, mayBeTotalHeader } from './words.ts'

/** Lines in a chart of times; a whole has no more parts. */
export const MOST_LINES = 12

/** A measure's header without the name of its group. */
export const belowGroup = ({ column }: Pick<Measure, 'column'>) => column.header_path!.slice(1).join(' ')

/** The columns that a total column adds up: all, or those right beside it. */
export function partsOfTotal(best: Measure, others: Measure[]): Measure[] {
  if (!mayBeTotalHeader(best.column.header)) return partsOfBalance(best, others)
  const addsUpTo = (parts: Measure[]) =>
    parts.length >= 2 &&
    addsUp(
      best.column,
      parts.map(({ column }) => column),
    )
  // From the right: a share of 0,04 in front of amounts would not be missed in their sum.
  const before = others.filter(({ column }) => column.index < best.column.index).toSorted(bySheetOrder)
  const beside = before.map((_, at) => before.slice(before.length - at - 1)).find(addsUpTo)
  return beside ?? (addsUpTo(others) ? others : [])
}

/** `Balance` beside what is not due, 30 and 60 days old: its neighbours, three or more, are its parts in each row. */
function partsOfBalance({ column }: Measure, others: Measure[]): Measure[] {
  if (column.values.length < 3) return []
  const inOrder = others.toSorted(bySheetOrder)
  const before = inOrder.filter((other) => other.column.index < column.index).toReversed()
  const after = inOrder.filter((other) => other.column.index > column.index)
  const areParts = (some: Measure[]) =>
    some.length >= 3 &&
    some.every((part) => part.column.values.every((value) => (value ?? 0) >= 0)) &&
    addsUpExactly(
      column,
      some.map((part) => part.column),
    )
  for (const side of [before, after])
    for (let count = Math.min(side.length, MOST_LINES); count >= 3; count--)
      if (areParts(side.slice(0, count))) return side.slice(0, count)
  return []
}

const MOST_PARTS = 12

/** By its name, or because it adds up the columns to its left, or all to its right. */
export function isTotal(column: NumberColumn, columns: NumberColumn[]): boolean {
  if (isTotalHeader(column.header) || !mayBeTotalHeader(column.header)) return isTotalHeader(column.header)
  const right = columns.filter(({ index }) => index > column.index).slice(0, MOST_PARTS)
  if (right.length > 2 && addsUp(column, right)) return true
  const left = columns.filter(({ index }) => index < column.index).toSorted((a, b) => b.index - a.index)
  return left.slice(1, MOST_PARTS).some((_, at) => addsUp(column, left.slice(0, at + 2)))
}

export function addsUp(total: NumberColumn, parts: NumberColumn[]): boolean {
  let suppressed = 0
  const adds = total.values.every((value, row) => {
    if (value === null) return true
    const sum = parts.reduce((all, part) => all + (part.values[row] ?? 0), 0)
    if (Math.abs(sum - value) <= 0.01 * Math.abs(value) + 0.01) return true
    // `[c]`, `X`: one part is kept secret.
    const hasWord = parts.some((part) => part.words?.has(row))
    if (hasWord) suppressed++
    return hasWord && sum >= 0 && sum < value
  })
  return adds && suppressed * 2 < total.values.length
}

const addsUpExactly = ({ values }: NumberColumn, parts: NumberColumn[]) =>
  values.every(
    (value, row) =>
      value !== null && Math.abs(parts.reduce((sum, part) => sum + (part.values[row] ?? 0), 0) - value) < 1e-6,
  )

/** The answers of a survey, the shares of parties: neighbours that make 100 (or 1) in every row. */
export function sharesOfRows(measures: Measure[]): Measure[] {
  const inOrder = measures.toSorted(bySheetOrder).filter(({ column }) => column.unit.kind !== 'money')
  const rows = inOrder[0]?.column.values.length ?? 0
  if (rows < 2 || inOrder.length > MOST_LINES) return []
  const sumAt = (some: Measure[], row: number) => some.reduce((sum, { column }) => sum + (column.values[row] ?? 0), 0)
  const areWhole = (some: Measure[], whole: number) => {
    for (let row = 0; row < rows; row++) if (Math.abs(sumAt(some, row) - whole) > 0.011 * whole) return false
    return true
  }
  const makeWhole = (some: Measure[]) => areWhole(some, 1) || areWhole(some, 100)
  for (let length = inOrder.length; length >= 3; length--)
    for (let from = 0; from + length <= inOrder.length; from++) {
      const some = inOrder.slice(from, from + length)
      if (makeWhole(some) && some.every(({ column }) => column.values.every((value) => (value ?? 0) >= 0))) return some
    }
  return []
}

/** `Ensemble` behind `Hommes` and `Femmes`, whatever it is called: the last of them adds up all others. */
export function wholeOf(measures: Measure[]): Measure | undefined {
  const inOrder = measures.toSorted(bySheetOrder).map(({ column }) => column)
  const last = inOrder.pop()!
  if (inOrder.length < 2 || last.values.length < 3 || !addsUpExactly(last, inOrder)) return undefined
  return measures.find(({ column }) => column === last)
}

/** `Q1` to `Q4` and `FY` under each of two years: the last column of each group, where it adds up the others under one name. */
export function withoutSumsOfGroups(measures: Measure[]): Measure[] {
  const grouped = measures.filter(({ column: { header_path } }) => header_path?.length === 2).toSorted(bySheetOrder)
  const groups = [...Map.groupBy(grouped, ({ column }) => column.header_path![0]!).values()]
  const sums = groups.map((group) => group.at(-1)!)
  const isSum = (group: Measure[]) => {
    const [total, ...parts] = group.map(({ column }) => column).toReversed()
    return parts.length >= 3 && addsUp(total!, parts)
  }
  const names = new Set(sums.map(({ column }) => column.header_path![1]))
  return groups.length >= 2 && names.size === 1 && groups.every(isSum)
    ? measures.filter((one) => !sums.includes(one))
    : measures
}

/** `Total`, `Homens` and `Mulheres`, each over its years: without the group that adds up the others. */
export function withoutTotalGroup(measures: Measure[]): Measure[] {
  const names = [...new Set(measures.map(({ column }) => column.header_path?.[0]))]
  if (names.length < 3 || names.includes(undefined)) return measures
  const addsUpOthers = (name: string | undefined) =>
    measures
      .filter(({ column }) => column.header_path![0] === name)
      .every(({ column }) => {
        const parts = measures.filter((one) => one.column !== column && belowGroup(one) === belowGroup({ column }))
        return (
          parts.length === names.length - 1 &&
          addsUp(
            column,
            parts.map((one) => one.column),
          )
        )
      })
  const total = names.find(addsUpOthers)
  return total === undefined ? measures : measures.filter(({ column }) => column.header_path![0] !== total)
}
