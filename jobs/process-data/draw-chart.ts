/**
 * charts/render is another program's folder; it holds no state and starts nothing, and the fonts and the look are to be
 * one for every picture. This file and types are all that jobs/ takes from there.
 */
import type { Plan } from '../../charts/plan/plan.ts'
import type { Locale } from '../../lib/texts.ts'

/** The plan as PNG. It takes half a second in which nothing else happens: process_data has a process of its own. */
export async function drawChart(plan: Plan, locale: Locale): Promise<Uint8Array> {
  // Only now: Vega need not be in memory while the catalogue is read.
  const { render } = await import('../../charts/render/render.ts')
  const { png } = await render(plan, locale)
  return png
}
