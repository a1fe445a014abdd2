/** Rules that no chart may break: Draco's hard ones, as far as they are about bars and lines. */
import { lastHeader } from '../table/table.ts'
import type { Draft } from './draft.ts'
import { classOf } from './words.ts'

export type Rule =
  | 'nothing_drawn'
  | 'labels_repeat'
  | 'line_through_names'
  | 'units_share_an_axis'
  | 'quantities_share_an_axis'
  | 'rates_summed'
  | 'parts_that_make_no_whole'
  | 'too_many_series'
  | 'not_finite'

const MOST_SERIES = 12

/** `chosen`: its owner named what is drawn. */
export function brokenRules(draft: Draft, chosen = false): Rule[] {
  const { points, series, shape, stacked, panels, ordered, grain, method } = draft
  const values = series.flatMap((one) => one.values)
  const known = values.filter((value) => value !== null)
  const units = new Set(series.map(({ unit }) => (unit.kind === 'money' ? `money ${unit.currency}` : unit.kind)))
  const keys = points.map(({ label, time }) => time ?? label)
  const broken: Record<Rule, boolean> = {
    nothing_drawn: !known.some((value) => value !== 0),
    labels_repeat: new Set(keys).size < keys.length,
    line_through_names: shape === 'lines' && !ordered && grain === undefined,
    units_share_an_axis: units.size > 1 && !panels,
    quantities_share_an_axis: !chosen && mixesQuantities(draft),
    rates_summed: method === 'sum' && units.has('percent'),
    parts_that_make_no_whole:
      stacked === true && (method === 'mean' || units.has('percent') || known.some((value) => value < 0)),
    too_many_series: series.length > MOST_SERIES,
    not_finite: !known.every(Number.isFinite),
  }
  return (Object.keys(broken) as Rule[]).filter((rule) => broken[rule])
}

/** Unit prices beside totals, rates beside amounts: their sizes say nothing of one another. */
function mixesQuantities({ used, panels }: Draft): boolean {
  if (panels || used.length < 2 || used.some(({ unit }) => unit.kind !== 'plain')) return false
  const quantities = new Set(used.map((column) => quantityOf(lastHeader(column))))
  quantities.delete(undefined)
  return quantities.size > 1
}

/** What a thing costs stands beside its price and beside its sales, what was sold beside how many. */
function quantityOf(header: string): string | undefined {
  const quantity = classOf(header)
  return /^(custo|cost)\b/i.test(header) ? undefined : quantity === 'count' ? 'amount' : quantity
}
