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
import { lacksValues, missingValues } from './workbook/missing-values.ts'
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
  const { tables, cells, numbers, hidden_sheet, without_values } = await pickTables(readSheets(path, name, limits))
  const context: ChartContext = { locale, texts: CHART_TEXTS[locale], file_name: name }
  const habits = { decimal: locale === 'en' ? '.' : ',', dayOrder: locale === 'en' ? 'mdy' : 'dmy' } as const
  for (const table of tables) {
    const typed = typeColumns(table, habits)
    const plan = chooseChart(typed, context)
    if (!plan) continue
    if (without_values.includes(table.sheet) && lacksValues(table.sheet, plan.source.range, typed.columns))
      throw missingValues(table.sheet)
    return plan
  }
  if (without_values.length > 0) throw missingValues(without_values[0]!)
  if (tables.length > 0) throw new Refusal('no_measure')
  if (hidden_sheet !== undefined) throw new Refusal('hidden_sheets', { sheet: hidden_sheet })
  if (!cells) throw new Refusal('empty_sheets')
  throw new Refusal(numbers ? 'no_table' : 'no_numbers')
}
