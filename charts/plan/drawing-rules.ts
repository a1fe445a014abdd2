/** Rules that no chart may break: Draco's hard ones, as far as they are about bars and lines. */
import type { Draft } from './draft.ts'

export type Rule =
  | 'nothing_drawn'
  | 'labels_repeat'
  | 'line_through_names'
  | 'units_share_an_axis'
  | 'rates_summed'
  | 'parts_that_make_no_whole'
  | 'too_many_series'
  | 'not_finite'

const MOST_SERIES = 12

export function brokenRules(draft: Draft): Rule[] {
  const { points, series, shape, stacked, panels, ordered, grain, method } = draft
  const values = series.flatMap((one) => one.values)
  const known = values.filter((value) => value !== null)
  const units = new Set(series.map(({ unit }) => (unit.kind === 'money' ? `money ${unit.currency}` : unit.kind)))
  const keys = points.map(({ label, time }) => time ?? label)
  const broken: Record<Rule, boolean> = {
    nothing_drawn: known.length === 0,
    labels_repeat: new Set(keys).size < keys.length,
    line_through_names: shape === 'lines' && !ordered && grain === undefined,
    units_share_an_axis: units.size > 1 && !panels,
    rates_summed: method === 'sum' && units.has('percent'),
    parts_that_make_no_whole:
      stacked === true && (method === 'mean' || units.has('percent') || known.some((value) => value < 0)),
    too_many_series: series.length > MOST_SERIES,
    not_finite: !known.every(Number.isFinite),
  }
  return (Object.keys(broken) as Rule[]).filter((rule) => broken[rule])
}
