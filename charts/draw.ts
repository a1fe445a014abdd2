/** From a file to a picture: read, find the table, decide the chart, render. Runs inside a drawing process. */
import { chooseChart } from './plan/choose-chart.ts'
import type { ChartContext, SourcedPlan } from './plan/draft.ts'
import type { Limits } from './limits.ts'
import { Refusal } from './refusal.ts'
import { summarise, type Summary } from './summary.ts'
import { pickTables } from './table/pick-table.ts'
import { typeColumns } from './table/type-columns.ts'
import type { Locale } from '../lib/texts.ts'
import { CHART_TEXTS } from './texts.ts'
import { readSheets } from './workbook/read-sheets.ts'

export interface DrawRequest {
  /** Where the bytes are. */
  path: string
  /** The file's name as its owner knows it. */
  name: string
  locale: Locale
  limits: Limits
}

export interface Drawing {
  svg: string
  png: Uint8Array
  summary: Summary
}

/** Throws Refusal for what cannot be drawn. */
export async function draw(request: DrawRequest): Promise<Drawing> {
  const plan = await planChart(request)
  const { render } = await import('../lib/chart/render.ts')
  return { ...(await render(plan, request.locale)), summary: summarise(plan, request.locale) }
}

/** Everything but the picture. */
export async function planChart(request: DrawRequest): Promise<SourcedPlan> {
  const { path, name, locale, limits } = request
  const { tables, cells, numbers } = await pickTables(readSheets(path, name, limits))
  if (!cells) throw new Refusal('empty_sheets')
  const context: ChartContext = { locale, texts: CHART_TEXTS[locale], file_name: name }
  const habits = { decimal: locale === 'en' ? '.' : ',', dayOrder: locale === 'en' ? 'mdy' : 'dmy' } as const
  for (const table of tables) {
    const plan = chooseChart(typeColumns(table, habits), context)
    if (plan) return plan
  }
  throw new Refusal(numbers ? 'no_table' : 'no_numbers')
}
