/** A chart half decided: points and values are set; their order, number and title are not. */
import type { Grain, Plan, Point, Series } from '../../lib/chart/plan.ts'
import type { Locale } from '../../lib/texts.ts'
import type { Doubt } from '../doubts.ts'
import type { ChartTexts } from '../texts.ts'
import type { Column, NumberColumn } from '../table/table.ts'
import { columnName } from '../../lib/spreadsheet/cells.ts'
import { readable } from './words.ts'

export interface Draft {
  shape: Plan['shape']
  points: Point[]
  series: Series[]
  band?: Plan['band']
  grain?: Grain
  /** Labels have an order of their own; otherwise bars go by size. */
  ordered: boolean
  ranks?: Map<string, number>
  /** Values may be added up, so what is left out can become one bar. */
  additive: boolean
  label_title: string
  value_title: string
  /** The measured quantity for the title, where the series' names do not say it. */
  subject?: string
  label_column: string
  measures: string[]
  /** The columns whose values are drawn. */
  used: NumberColumn[]
  /** Names of rows or series that are not drawn by themselves. */
  left?: string[]
  /** Names beyond those that there is room for, which the picture counts and the JSON tells. */
  cut?: string[]
  /** Series are parts of a whole, drawn on top of one another. */
  stacked?: true
  /** Each series has a panel of its own. */
  panels?: true
  /** Names of series that are drawn as one. */
  together?: string[]
  method: Source['method']
  /** Index of the point that sums up all that were left out. */
  others?: number
  /** For the subtitle: what was summed, averaged or left out. */
  notes: string[]
}

/** A decided chart, with where its values come from. */
export interface SourcedPlan extends Plan {
  source: Source
}

/** Lets a person check the chart against the workbook. */
export interface Source {
  sheet: string
  range: string
  label_column: string
  measures: string[]
  /** How several rows came together in one value. */
  method: 'each' | 'sum' | 'mean' | 'count'
  rows: number
  /** What the table holds and the chart does not show. */
  left_out: string[]
  /** 0 to 1, and what was taken from it. */
  confidence: number
  doubts: Doubt[]
}

export interface ChartContext {
  locale: Locale
  texts: ChartTexts
  /** Of the workbook, for a title where the sheet has none. */
  file_name: string
}

/** A column's name in the chart: its header, or its letter. */
export function nameOf(column: Column, context: ChartContext): string {
  return readable(column.header) || context.texts.column(columnName(column.index))
}

/** Times, years and months rise along the axis, whichever order the sheet has them in. */
export function inOrder(draft: Draft): Draft {
  if (!draft.ordered) return draft
  const rank = (point: Point) => point.time ?? draft.ranks?.get(point.label) ?? Number(point.label)
  const order = draft.points.map((_, at) => at).toSorted((a, b) => rank(draft.points[a]!) - rank(draft.points[b]!))
  return pick(draft, order)
}

/** More bars than this are too many to read. Then fewer are shown, so that "others" holds more than one or two. */
const MOST_BARS = 20
const MOST_GROUPS = 12
const CUT_BARS = 15
const CUT_GROUPS = 10

/** Sorts names by size. Of too many, the largest stay; the others become one bar, or a note where that bar would dwarf them. */
export function bySize(draft: Draft, context: ChartContext): Draft {
  // A label that lacks the first value goes by its second.
  const main = draft.stacked
    ? totalsOf(draft)
    : draft.points.map((_, at) => draft.series.find(({ values }) => values[at] !== null)?.values[at] ?? null)
  const drawable = draft.points.flatMap((_, at) => (draft.series.some(({ values }) => values[at] !== null) ? [at] : []))
  const order = drawable.toSorted((a, b) => (main[b] ?? -Infinity) - (main[a] ?? -Infinity))
  const [most, cut] = draft.series.length > 1 ? [MOST_GROUPS, CUT_GROUPS] : [MOST_BARS, CUT_BARS]
  const lacking = draft.points.filter((_, at) => !draft.series.some(({ values }) => values[at] !== null))
  if (lacking.length > 0) draft = { ...draft, left: [...(draft.left ?? []), ...lacking.map(({ label }) => label)] }
  if (order.length <= most) return pick(draft, order)
  const [kept, left] = [order.slice(0, cut), order.slice(cut)]
  const shown = { ...pick(draft, kept), cut: left.map((at) => draft.points[at]!.label) }
  const by = draft.series.length > 1 && !draft.stacked ? draft.series[0]!.name : undefined
  const note = context.texts.largest(cut, order.length, by)
  const sums = draft.series.map(({ values }) => left.reduce((sum, at) => sum + (values[at] ?? 0), 0))
  const largest = Math.max(...shown.series.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0))))
  if (
    !draft.additive ||
    !left.every((at) => isWhole(draft, at, sums)) ||
    sums.some((sum) => Math.abs(sum) > largest * 1.25)
  )
    return { ...shown, notes: [...draft.notes, note] }
  return {
    ...shown,
    points: [...shown.points, { label: context.texts.others(left.length) }],
    others: shown.points.length,
    series: shown.series.map((series, at) => ({ ...series, values: [...series.values, sums[at]!] })),
  }
}

/** A row without a value, or with one of the other sign, makes of the rest a sum that says nothing. */
const isWhole = ({ series }: Draft, at: number, sums: number[]) =>
  series.every(({ values }, one) => values[at] !== null && values[at]! * sums[one]! >= 0)

function pick(draft: Draft, order: number[]): Draft {
  const of = <T>(values: T[]) => order.map((at) => values[at]!)
  return {
    ...draft,
    points: of(draft.points),
    series: draft.series.map((series) => ({ ...series, values: of(series.values) })),
    ...(draft.band ? { band: { ...draft.band, lower: of(draft.band.lower), upper: of(draft.band.upper) } } : {}),
  }
}

/** Of each point, over all series. */
const totalsOf = ({ points, series }: Draft): number[] =>
  points.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0))
