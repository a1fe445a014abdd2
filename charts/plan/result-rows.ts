/**
 * An income statement, a cash flow or a balance sheet goes from top to bottom, and some of its rows sum up those above them, some
 * of which are below zero. Its rows keep their order, and over many periods its results are what is compared.
 */
import type { NumberColumn } from '../table/table.ts'

const FEWEST = 2
const MOST_ROWS = 200

/** The rows that are the sum of the rows right above them, in every column; none where this is no statement. */
export function resultRows(rows: number, numbers: NumberColumn[]): Set<number> {
  const added = numbers.filter((column) => column.unit.kind !== 'percent' && isFilled(column))
  const isMixed = added.some(({ values }) => values.some((value) => value! < 0) && values.some((value) => value! > 0))
  const results = new Set<number>()
  if (!isMixed || rows > MOST_ROWS) return results
  for (let row = 2; row < rows; row++) if (isResult(added, row, results)) results.add(row)
  return results.size >= FEWEST ? results : new Set()
}

/** Columns of notes and of percentages have few. */
const isFilled = ({ values }: NumberColumn) => values.filter((value) => value !== null).length >= values.length * 0.8

/** Upwards to where the sum is reached; a result on the way stands for all above it, or for nothing. */
function isResult(columns: NumberColumn[], row: number, results: Set<number>): boolean {
  const sums = columns.map(() => 0)
  const reaches = (from?: number) =>
    columns.every(({ values }, at) => {
      const value = values[row] ?? 0
      return Math.abs(sums[at]! + (from === undefined ? 0 : (values[from] ?? 0)) - value) <= rounding(value)
    })
  if (columns.every(({ values }) => !values[row])) return false
  for (let at = row - 1, added = 0; at >= 0; at--) {
    if (results.has(at)) {
      if (added > 0 && reaches(at)) return true
      continue
    }
    for (const [one, { values }] of columns.entries()) sums[one]! += values[at] ?? 0
    if (++added >= 2 && reaches()) return true
  }
  return false
}

/** Amounts in thousands are rounded one by one. */
const rounding = (value: number) => (Number.isInteger(value) && Math.abs(value) >= 1000 ? 1 : 1e-6 * Math.abs(value))
