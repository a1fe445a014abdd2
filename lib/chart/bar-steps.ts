/** Where bars stand: how far labels are apart, and how many bars each has. */
import type { Plan } from './plan.ts'

/** The bars side by side at each label: one where the series are stacked. */
export function besideOf(plan: Plan): Plan {
  if (!plan.stacked) return plan
  const values = plan.points.map((_, at) => plan.series.reduce((sum, series) => sum + (series.values[at] ?? 0), 0))
  return { ...plan, series: [{ ...plan.series[0]!, values }] }
}

/** Keeps a few bars from filling the page. */
export const outer = (plan: Plan) => [0, 2, 1.2, 0.7][plan.points.length * besideOf(plan).series.length] ?? 0.2

/** How many times the distance from one label to the next goes into the axis, as Vega's band scale computes it. */
export const stepsOf = (plan: Plan) => plan.points.length - inner(plan) + 2 * outer(plan)

/** As a share of a step. */
export const inner = (plan: Plan) => (besideOf(plan).series.length > 1 ? 0.28 : 0.34)
