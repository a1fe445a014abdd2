/** A list of single events (invoices, payables, purchases): a line from one to the next would mean nothing. */
import { namesCode, namesIdentifier } from '../table/code-words.ts'
import { timeRanksOf } from '../table/ordered-labels.ts'
import type { Column, DateColumn, Table } from '../table/table.ts'
import { countDistinct } from './group-rows.ts'

const DAY_MS = 86_400_000
const FEWEST = 5

/** Whether dates are those of single events: at uneven distances or numbered, with a column that says of whom or of what. */
export function isList(table: Table, { values }: DateColumn): boolean {
  const days = [...new Set(values.filter((value) => value !== null).map((time) => Math.floor(time / DAY_MS)))]
  if (days.length < FEWEST || !table.columns.some((column) => column.kind === 'text')) return false
  if (table.columns.some((column) => namesEvents(column)) && table.columns.some((column) => repeats(column)))
    return true
  // One day after the other, each with its vehicle, its driver and its station.
  if (table.columns.filter((column) => sortsAll(column)).length >= 2) return true
  const gaps = days.toSorted((a, b) => a - b).flatMap((day, at, all) => (at === 0 ? [] : [day - all[at - 1]!]))
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!
  const even = gaps.filter((gap) => Math.abs(gap - median) <= Math.max(0.5, median * 0.15)).length
  return even < gaps.length * 0.7
}

/** The number of an invoice or an order, another one in each row. */
function namesEvents(column: Column): boolean {
  if (column.kind === 'date' || !(namesIdentifier(column.header) || namesCode(column.header))) return false
  return countDistinct(column.values) === column.values.length
}

function repeats(column: Column): boolean {
  return column.kind === 'text' && countDistinct(column.values) <= column.values.length * 0.7
}

/** A category that every row has; the days of the week are none. */
function sortsAll(column: Column): boolean {
  if (column.kind !== 'text' || !repeats(column) || column.values.includes(null)) return false
  const distinct = [...new Set(column.values as string[])]
  return distinct.length >= 3 && timeRanksOf(distinct) === undefined
}

/** How many calendar months the dates touch. */
export function monthsTouched({ values }: DateColumn): number {
  return new Set(values.filter((value) => value !== null).map((time) => new Date(time).toISOString().slice(0, 7))).size
}
