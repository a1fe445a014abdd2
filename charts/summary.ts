/** The JSON beside a chart: it tells a program, or a person who checks the chart against the workbook, what was drawn. */
import { numberTexts } from '../lib/chart/number-text.ts'
import type { Grain, Plan, Series } from '../lib/chart/plan.ts'
import { unprintableTexts } from '../lib/chart/printable.ts'
import { timeText } from '../lib/chart/ticks.ts'
import type { Locale } from '../lib/texts.ts'
import type { SourcedPlan } from './plan/draft.ts'

export interface Summary {
  title: string
  chart: 'bars' | 'lines'
  sheet: string
  /** Header and data: `A5:F15`. */
  range: string
  label_column: string
  measures: string[]
  /** `each`: one row, one value; otherwise how rows of one label came together. */
  method: 'each' | 'sum' | 'mean' | 'count'
  /** Names of rows, columns and series of the table that the picture does not show. */
  left_out: string[]
  /** 0 to 1: how sure it is that the picture says what the table says. Below 0.4 there is none. */
  confidence: number
  /** Codes of what was taken from the confidence. */
  doubts: string[]
  /** Texts that the picture shows without some of their characters, or by a number (`#3`), since no bundled font has them. */
  unprintable: { text: string; shown: string }[]
  /** How fine times are drawn; null where labels are names. */
  grain: Grain | null
  /** Rows of data in the table. */
  rows: number
  /** Labels along the axis. */
  points: number
  first: DrawnPoint
  last: DrawnPoint
}

export interface DrawnPoint {
  label: string
  /** Hours as the picture writes them: `7:30 h`. */
  values: Record<string, number | string | null>
}

export function summarise(plan: SourcedPlan, locale: Locale): Summary {
  const { source } = plan
  return {
    title: plan.title,
    chart: plan.shape,
    sheet: source.sheet,
    range: source.range,
    label_column: source.label_column,
    measures: source.measures,
    method: source.method,
    left_out: source.left_out,
    confidence: Math.round(source.confidence * 100) / 100,
    doubts: source.doubts,
    unprintable: unprintableTexts(plan),
    grain: plan.grain ?? null,
    rows: source.rows,
    points: plan.points.length,
    first: pointAt(plan, 0, locale),
    last: pointAt(plan, plan.points.length - 1, locale),
  }
}

function pointAt(plan: Plan, at: number, locale: Locale): DrawnPoint {
  const { label, time } = plan.points[at]!
  return {
    label:
      time === undefined || !plan.grain
        ? label
        : plan.grain === 'day'
          ? new Date(time).toISOString().slice(0, 10)
          : timeText(time, plan.grain, locale),
    values: Object.fromEntries(plan.series.map((series) => [series.name, valueAt(series, at, locale)])),
  }
}

function valueAt({ unit, values }: Series, at: number, locale: Locale): number | string | null {
  const value = values[at] ?? null
  if (value === null || unit.kind !== 'hours') return value
  const largest = values.reduce<number>((most, one) => Math.max(most, Math.abs(one ?? 0)), 0)
  return numberTexts(locale, unit, largest, 1).label(value)
}
