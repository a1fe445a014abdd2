/** Lines over time, or over any ordered labels too many for bars; with the range around the line where there is one. */
import type { Mark, Spec } from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import { haloOf } from './bars.ts'
import { textWidth, wrapText } from './font-metrics.ts'
import { axisTitle, frame, plotWidth, valueScale, type ValueScale } from './frame.ts'
import { placeTexts, type Spot } from './place-texts.ts'
import { BASELINE, COLORS, FAINT, FONT, INK, SIZE } from './theme.ts'
import { timeTicks, type Tick } from './ticks.ts'

/** Up to this many points each gets a mark. */
const MOST_MARKED = 40
const MOST_VALUE_TEXTS = 14
const MOST_TICKS = 12

export function linesSpec(plan: Plan, locale: Locale): Spec {
  const scale = valueScale(plan, locale, 'left', plan.from_zero === true)
  const times = plan.points.map((point, at) => (plan.grain ? point.time! : at))
  const ticks = plan.grain ? timeTicks(times, plan.grain, MOST_TICKS, locale) : labelTicks(plan, plotWidth(scale))
  const names = [...plan.series, ...(plan.trend ? [plan.trend] : []), ...(plan.band ? [plan.band] : [])].map(
    ({ name }) => name,
  )
  const alone = plan.series.length === 1 && !plan.trend
  const withTexts = alone && plan.points.length <= MOST_VALUE_TEXTS && !plan.band
  const texts = withTexts ? plan.series[0]!.values.map((value) => (value === null ? '' : scale.texts.label(value))) : []
  const widths = texts.map((text) => textWidth(text, SIZE.label))
  const padding = withTexts ? Math.max(...widths) / 2 + 8 : plan.points.length <= MOST_MARKED ? 14 : 0
  const placed = withTexts ? placeTexts(spotsOf(plan, times, scale, padding), widths, SIZE.label, plotOf(scale)) : []
  const rows = plan.series.flatMap((series, index) =>
    series.values.map((value, at) => ({
      time: times[at]!,
      value,
      series: index,
      ...(withTexts ? { text: texts[at], ...placed[at] } : {}),
    })),
  )
  return {
    ...frame(plan, { names, symbol: 'circle' }),
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
        padding,
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
        ...(plan.label_title ? { title: axisTitle(plan.label_title, 'bottom') } : {}),
        encode: { labels: { update: { text: { signal: "label_text['' + datum.value]" } } } },
      },
    ],
    marks: [
      ...(plan.band ? [band] : []),
      lines(plan),
      ...(plan.trend ? [trend] : []),
      ...(plan.points.length <= MOST_MARKED ? [points] : []),
      ...(withTexts ? [haloOf(valueTexts), valueTexts] : []),
    ],
  }
}

/** Roughly, below a title. */
const PLOT_HEIGHT = 355

const plotOf = (scale: ValueScale) => ({ width: plotWidth(scale), height: PLOT_HEIGHT })

/** Where the points of the only line will lie in the plot. */
function spotsOf(plan: Plan, times: number[], scale: ValueScale, padding: number): (Spot | null)[] {
  const { width, height } = plotOf(scale)
  const [first, last] = [times[0]!, times.at(-1)!]
  const [from, to] = scale.domain
  return plan.series[0]!.values.map((value, at) =>
    value === null
      ? null
      : {
          x: last === first ? width / 2 : padding + ((times[at]! - first) / (last - first)) * (width - 2 * padding),
          y: ((to - value) / (to - from)) * height,
        },
  )
}

/** Of a label below the axis, in px. */
const MOST_LABEL = 120
const LABEL_GAP = 14

/** As many of the labels as there is room for. */
function labelTicks(plan: Plan, width: number): Tick[] {
  const texts = plan.points.map(({ label }) => wrapText(label, MOST_LABEL, 2, SIZE.label))
  const widest = texts.flat().reduce((most, line) => Math.max(most, textWidth(line, SIZE.label)), 0)
  const every = Math.ceil(((widest + LABEL_GAP) * plan.points.length) / width)
  return texts.flatMap((text, at) => (at % every === 0 ? [{ value: at, text }] : []))
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

const valueTexts: Mark = {
  type: 'text',
  from: { data: 'values' },
  encode: {
    update: {
      ...at,
      y: { scale: 'y', field: 'value' },
      dx: { field: 'dx' },
      dy: { field: 'dy' },
      text: { field: 'text' },
      align: { field: 'align' },
      font: { value: FONT },
      fontSize: { value: SIZE.label },
      fill: { value: INK },
    },
  },
}
