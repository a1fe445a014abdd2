/** How several series share a picture: parts of a whole on top of one another, many lines in panels of their own. */
import { ranksOf, timeRanksOf } from '../table/ordered-labels.ts'
import type { Table } from '../table/table.ts'
import type { ChartContext, Draft } from './draft.ts'
import { addsUp } from './sums-of-columns.ts'
import { mayBeTotalHeader } from './words.ts'

const FEWEST_PARTS = 4
/** More lines than this are told apart by nobody. */
const MOST_LINES = 8
/** A line whose highest value is a smaller share of the highest of all lies on the axis. */
const FLAT = 0.04
const FEWEST_PANELS = 4

export function arrangeSeries(draft: Draft, table: Table, { texts }: ChartContext): Draft {
  if (makeHundred(draft)) return { ...draft, stacked: true, ordered: true }
  if (draft.stacked || isStack(draft, table)) return { ...draft, stacked: true }
  if (!needsPanels(draft)) return draft
  return { ...draft, panels: true, notes: [...draft.notes, texts.own_scales] }
}

const MOST_WHOLES = 20

/** Shares of 100 for each label: all bars are as long, so their order is the sheet's. */
function makeHundred({ shape, series, points, method }: Draft): boolean {
  if (shape !== 'bars' || method === 'mean' || series.length < 3 || points.length > MOST_WHOLES) return false
  const arePlain = series.every(
    ({ unit, values }) => unit.kind === 'plain' && values.every((value) => (value ?? 0) >= 0),
  )
  const sums = points.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0))
  return arePlain && sums.every((sum) => Math.abs(sum - 100) <= 1.1)
}

/** Amounts by age or by answer, or the parts of a total that the table has. */
function isStack({ shape, series, additive, method, used }: Draft, table: Table): boolean {
  if (shape !== 'bars' || !additive || method === 'mean' || series.length < FEWEST_PARTS) return false
  if (!series.every(({ unit, values }) => unit.kind !== 'percent' && values.every((value) => (value ?? 0) >= 0)))
    return false
  const names = series.map(({ name }) => name)
  // Prices for 100, 250 and 500 sheets, rooms 101 to 104 are no parts of a sum.
  if (timeRanksOf(names) || names.every((name) => /^[\d.,]+%?$/.test(name))) return false
  if (risesInEachRow(series)) return false
  // `A vencer` before the bands of days, `Não respondeu` behind the answers.
  if (ranksOf(names) ?? ranksOf(names.slice(1)) ?? ranksOf(names.slice(0, -1))) return true
  const totals = table.columns.filter((column) => column.kind === 'number' && mayBeTotalHeader(column.header))
  return totals.some((total) => total.kind === 'number' && addsUp(total, used))
}

/** Each dearer than the one before, in all rows: a tariff, of which one pays one step. */
function risesInEachRow(series: Draft['series']): boolean {
  return series[0]!.values.every((_, row) => {
    const known = series.flatMap(({ values }) => values[row] ?? [])
    return known.every((value, at) => at === 0 || value > known[at - 1]!)
  })
}

function needsPanels({ shape, series, band }: Draft): boolean {
  if (shape !== 'lines' || band) return false
  if (new Set(series.map(({ unit }) => unit.kind)).size > 1) return true
  if (series.length < FEWEST_PANELS) return false
  const highest = series.map(({ values }) => Math.max(...values.map((value) => Math.abs(value ?? 0))))
  return series.length > MOST_LINES || highest.some((one) => one < FLAT * Math.max(...highest))
}
