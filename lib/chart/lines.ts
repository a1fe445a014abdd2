/** Lines over time, or over any ordered labels too many for bars; with the range around the line where there is one. */
import type { Mark, Spec } from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import { haloOf } from './bars.ts'
import { textWidth } from './font-metrics.ts'
import { frame, legend, valueScale } from './frame.ts'
import { BASELINE, COLORS, FAINT, FONT, INK, SIZE, WIDTH } from './theme.ts'
import { timeTicks, type Tick } from './ticks.ts'

const PLOT_WIDTH = WIDTH - 130
/** Up to this many points each gets a mark. */
const MOST_MARKED = 40
const MOST_VALUE_TEXTS = 14
const MOST_TICKS = 12

export function linesSpec(plan: Plan, locale: Locale): Spec {
  const scale = valueScale(plan, locale, 'left', plan.from_zero === true)
  const times = plan.points.map((point, at) => (plan.grain ? point.time! : at))
  const ticks = plan.grain ? timeTicks(times, plan.grain, MOST_TICKS, locale) : labelTicks(plan)
  const rows = plan.series.flatMap((series, index) =>
    series.values.map((value, at) => ({
      time: times[at]!,
      value,
      series: index,
      text: value === null ? '' : scale.texts.label(value),
      below: isValley(series.values, at),
    })),
  )
  const names = [...plan.series, ...(plan.trend ? [plan.trend] : []), ...(plan.band ? [plan.band] : [])].map(
    ({ name }) => name,
  )
  const alone = plan.series.length === 1 && !plan.trend
  const withTexts = alone && plan.points.length <= MOST_VALUE_TEXTS && !plan.band
  return {
    ...frame(plan),
    signals: [
      { name: 'value_text', value: scale.ticks },
      {
        name: 'label_text',
        value: Object.fromEntries(ticks.map(({ value, text }) => [String(value), text.length === 1 ? text[0] : text])),
      },
    ],
    data: [
      { name: 'values', values: rows },
      { name: 'trend', values: plan.trend ? times.map((time, at) => ({ time, value: plan.trend!.values[at] })) : [] },
      {
        name: 'band',
        values: plan.band
          ? times.map((time, at) => ({ time, lower: plan.band!.lower[at], upper: plan.band!.upper[at] }))
          : [],
      },
    ],
    scales: [
      // Numbers throughout: ticks are ours, so nothing depends on the time zone of the machine.
      {
        name: 'x',
        type: 'linear',
        domain: [times[0]!, times.at(-1)!],
        range: 'width',
        zero: false,
        nice: false,
        padding: withTexts ? widestText(rows) / 2 + 8 : plan.points.length <= MOST_MARKED ? 14 : 0,
      },
      { name: 'y', domain: scale.domain, range: 'height', zero: false },
      {
        name: 'color',
        type: 'ordinal',
        domain: names.map((_, at) => at),
        range: plan.trend ? [FAINT, COLORS[0]!] : plan.band ? [COLORS[0]!, FAINT] : COLORS,
      },
    ],
    axes: [
      scale.axis,
      {
        orient: 'bottom',
        scale: 'x',
        values: ticks.map(({ value }) => value),
        domainColor: BASELINE,
        labelFlush: false,
        labelOverlap: false,
        ...(plan.label_title ? { title: plan.label_title } : {}),
        encode: { labels: { update: { text: { signal: "label_text['' + datum.value]" } } } },
      },
    ],
    legends: legend(names, 'circle'),
    marks: [
      ...(plan.band ? [band] : []),
      lines(plan),
      ...(plan.trend ? [trend] : []),
      ...(plan.points.length <= MOST_MARKED ? [points] : []),
      ...(withTexts ? [haloOf(texts), texts] : []),
    ],
  }
}

function widestText(rows: { text: string }[]): number {
  return rows.reduce((most, { text }) => Math.max(most, textWidth(text, SIZE.label)), 0)
}

/** Whether a point is lower than both beside it: its number goes below, where no line runs through it. */
function isValley(values: (number | null)[], at: number): boolean {
  const [before, here, after] = [values[at - 1], values[at], values[at + 1]]
  if (here == null || before == null || after == null) return false
  return here < before && here < after
}

/** As many of the labels as there is room for. */
function labelTicks(plan: Plan): Tick[] {
  const widest = plan.points.reduce((most, { label }) => Math.max(most, textWidth(label, SIZE.label)), 0)
  const every = Math.ceil(((widest + 14) * plan.points.length) / PLOT_WIDTH)
  return plan.points.flatMap(({ label }, at) => (at % every === 0 ? [{ value: at, text: [label] }] : []))
}

const at = { x: { scale: 'x', field: 'time' } }
const defined = { signal: 'isValid(datum.value)' }

const band: Mark = {
  type: 'area',
  from: { data: 'band' },
  encode: {
    update: {
      ...at,
      y: { scale: 'y', field: 'lower' },
      y2: { scale: 'y', field: 'upper' },
      fill: { value: FAINT },
      fillOpacity: { value: 0.75 },
      defined: { signal: 'isValid(datum.lower) && isValid(datum.upper)' },
    },
  },
}

function lines(plan: Plan): Mark {
  const many = plan.points.length > 300
  return {
    type: 'group',
    from: { facet: { data: 'values', name: 'facet', groupby: 'series' } },
    marks: [
      {
        type: 'line',
        from: { data: 'facet' },
        encode: {
          update: {
            ...at,
            y: { scale: 'y', field: 'value' },
            stroke: { scale: 'color', field: 'series' },
            strokeWidth: { value: many ? 1.4 : 2.4 },
            strokeJoin: { value: 'round' },
            defined,
          },
        },
      },
    ],
  }
}

const trend: Mark = {
  type: 'line',
  from: { data: 'trend' },
  encode: {
    update: {
      ...at,
      y: { scale: 'y', field: 'value' },
      stroke: { value: COLORS[0]! },
      strokeWidth: { value: 2.6 },
      strokeJoin: { value: 'round' },
      defined,
    },
  },
}

const points: Mark = {
  type: 'symbol',
  from: { data: 'values' },
  encode: {
    update: {
      ...at,
      y: { scale: 'y', field: 'value' },
      size: { value: 42 },
      fill: { scale: 'color', field: 'series' },
      stroke: { value: 'white' },
      strokeWidth: { value: 1.2 },
      opacity: { signal: 'isValid(datum.value) ? 1 : 0' },
    },
  },
}

const texts: Mark = {
  type: 'text',
  from: { data: 'values' },
  encode: {
    update: {
      ...at,
      y: { scale: 'y', field: 'value', offset: { signal: 'datum.below ? 10 : -10' } },
      text: { field: 'text' },
      align: { value: 'center' },
      baseline: { signal: "datum.below ? 'top' : 'bottom'" },
      font: { value: FONT },
      fontSize: { value: SIZE.label },
      fill: { value: INK },
    },
  },
}
