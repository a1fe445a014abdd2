/** Turns the chosen label into a key per row, from which points are made. */
import type { Grain, Plan, Point } from '../../lib/chart/plan.ts'
import type { Label } from './choose-label.ts'
import { countDistinct, startOf } from './group-rows.ts'
import { nameOf, type ChartContext } from './draft.ts'

export type Key = string | number

export interface Axis {
  /** One per row; equal keys are one point. */
  keys: (Key | null)[]
  /** Set when keys are times. */
  grain?: Grain
  ordered: boolean
  ranks?: Map<string, number>
  listed?: true
  title: string
  column: string
}

/** `coarser`: bring times to this grain; without it they stay as they are. */
export function axisOf(label: Label, rows: number, context: ChartContext, coarser?: Grain): Axis {
  if (label.kind === 'rows') {
    const keys = Array.from({ length: rows }, (_, at) => at + 1)
    return { keys, ordered: true, title: context.texts.row, column: '' }
  }
  const names = { title: nameOf(label.column, context), column: label.column.header }
  if (label.kind === 'names') {
    const { ranks, listed } = label
    const order = { ...(ranks ? { ranks } : {}), ...(listed ? { listed } : {}) }
    return { ...names, keys: label.column.values, ordered: ranks !== undefined, ...order }
  }
  if (label.kind !== 'times') return { ...names, keys: label.column.values, ordered: true }
  const grain = coarser ?? label.column.grain
  const whole = coarser === undefined && countDistinct(label.column.values) === rows
  const keys = label.column.values.map((time) => (time === null || whole ? time : startOf(time, grain)))
  return { ...names, keys, grain, ordered: true }
}

export function pointOf(key: Key, axis: Axis): Point {
  return axis.grain ? { label: new Date(key as number).toISOString(), time: key as number } : { label: String(key) }
}

/** With this many ordered labels or more, a line reads better than bars. */
const LINE_FROM = 21
const LINES_FROM = 7
/** Bars of five series or more are a thicket. */
const MANY_LINES_FROM = 4

export function shapeOf(axis: Axis, points: number, series: number): Plan['shape'] {
  if (points < 3 || axis.listed) return 'bars'
  if (axis.grain) return 'lines'
  return axis.ordered && points >= (series > 4 ? MANY_LINES_FROM : series > 1 ? LINES_FROM : LINE_FROM)
    ? 'lines'
    : 'bars'
}
