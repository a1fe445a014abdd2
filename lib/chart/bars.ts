/** Bars: vertical where the labels fit below them, horizontal where labels are long or many. */
import type { Mark, Spec } from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import { textWidth, truncateText, wrapText } from './font-metrics.ts'
import { frame, legend, valueScale, type ValueScale } from './frame.ts'
import { BASELINE, COLORS, FONT, HEIGHT, INK, OTHERS, SIZE, WIDTH } from './theme.ts'
import { timeText } from './ticks.ts'

/** Roughly the width beside axis and padding. */
const PLOT_WIDTH = WIDTH - 130
const LONGEST_LABEL = 270
const MOST_VERTICAL = 12
const MOST_ORDERED_VERTICAL = 24
/** More numbers than this beside the bars are clutter. */
const MOST_VALUE_TEXTS = 24

export function barsSpec(plan: Plan, locale: Locale): Spec {
  const labels = plan.points.map((point) =>
    point.time === undefined || !plan.grain ? point.label : timeText(point.time, plan.grain, locale),
  )
  return fitVertically(plan, labels) ? vertical(plan, labels, locale) : horizontal(plan, labels, locale)
}

/** The bars side by side at each label: one where the series are stacked. */
function besideOf(plan: Plan): Plan {
  if (!plan.stacked) return plan
  const values = plan.points.map((_, at) => plan.series.reduce((sum, series) => sum + (series.values[at] ?? 0), 0))
  return { ...plan, series: [{ ...plan.series[0]!, values }] }
}

function fitVertically(plan: Plan, labels: string[]): boolean {
  if (labels.length > (plan.ordered ? MOST_ORDERED_VERTICAL : MOST_VERTICAL)) return false
  const room = stepWidth(plan) - 8
  return labels.every((label) => wrapText(label, room, 2, SIZE.label).join(' ') === label)
}

function vertical(plan: Plan, labels: string[], locale: Locale): Spec {
  const scale = valueScale(besideOf(plan), locale, 'left', true)
  const beside = besideOf(plan).series.length
  const room = stepWidth(plan) - 8
  const texts = labels.map((label) => wrapText(label, room, 2, SIZE.label))
  const barWidth = (stepWidth(plan) / beside) * 0.7
  const values = valueTexts(plan, scale)
  if (scale.domain[0] < 0)
    scale.domain = [scale.domain[0] - (scale.domain[1] - scale.domain[0]) * 0.06, scale.domain[1]]
  const fits = values.every((text) => textWidth(text, SIZE.label) <= (beside > 1 ? barWidth : room) + 4)
  return {
    ...frame(plan),
    ...shared(plan, scale, texts),
    scales: [
      {
        name: 'x',
        type: 'band',
        domain: plan.points.map((_, at) => at),
        range: 'width',
        paddingInner: inner(plan),
        paddingOuter: outer(plan),
      },
      { name: 'y', domain: scale.domain, range: 'height', zero: false },
      color(plan),
    ],
    axes: [
      scale.axis,
      {
        orient: 'bottom',
        scale: 'x',
        ticks: false,
        domain: false,
        ...(plan.label_title ? { title: plan.label_title } : {}),
        encode: labelTexts,
      },
    ],
    marks: [zeroLine('y'), bars(plan, 'x', 'y', fits && values.length <= MOST_VALUE_TEXTS)],
  }
}

function horizontal(plan: Plan, labels: string[], locale: Locale): Spec {
  const scale = valueScale(besideOf(plan), locale, 'bottom', true)
  const beside = besideOf(plan).series.length
  const step = beside > 1 ? 14 * beside + 14 : 29
  const height = Math.max(HEIGHT, labels.length * step + 170)
  const texts = labels.map((label) => [truncateText(label, LONGEST_LABEL, SIZE.label)])
  const values = valueTexts(plan, scale)
  const withTexts = values.length <= MOST_VALUE_TEXTS * 2
  if (withTexts) makeRoom(scale, values)
  return {
    ...frame(plan, height),
    ...shared(plan, scale, texts),
    scales: [
      {
        name: 'y',
        type: 'band',
        domain: plan.points.map((_, at) => at),
        range: 'height',
        paddingInner: inner(plan),
        paddingOuter: outer(plan),
      },
      { name: 'x', domain: scale.domain, range: 'width', zero: false },
      color(plan),
    ],
    axes: [
      scale.axis,
      {
        orient: 'left',
        scale: 'y',
        ticks: false,
        domain: false,
        ...(plan.label_title ? { title: truncateText(plan.label_title, 360, SIZE.axis, true) } : {}),
        encode: labelTexts,
      },
    ],
    marks: [zeroLine('x'), bars(plan, 'y', 'x', withTexts)],
  }
}

/** The longest bar leaves room for the number beside it. */
function makeRoom(scale: ValueScale, values: string[]): void {
  const wide = values.reduce((most, text) => Math.max(most, textWidth(text, SIZE.label)), 0) + 10
  const share = wide / (WIDTH - 300)
  const [from, to] = scale.domain
  scale.domain = [from < 0 ? from - (to - from) * share : from, to > 0 ? to + (to - from) * share * 0.6 : to]
}

const labelTexts = {
  labels: { update: { text: { signal: 'label_text[datum.value]' } } },
}

function shared(plan: Plan, scale: ValueScale, labels: string[][]): Partial<Spec> {
  return {
    signals: [
      { name: 'value_text', value: scale.ticks },
      { name: 'label_text', value: labels.map((lines) => (lines.length === 1 ? lines[0] : lines)) },
    ],
    data: [
      {
        name: 'values',
        values: plan.stacked ? stackedValues(plan, scale) : valuesBeside(plan, scale),
      },
    ],
    legends: legend(
      plan.series.map(({ name }) => name),
      'square',
    ),
  }
}

function valuesBeside(plan: Plan, scale: ValueScale) {
  return plan.series.flatMap((series, at) =>
    series.values.flatMap((value, point) =>
      value === null
        ? []
        : [{ point, from: 0, value, series: at, text: scale.texts.label(value), faint: point === plan.others }],
    ),
  )
}

/** Each part stands on the one before it; the number is that of the whole. */
function stackedValues(plan: Plan, scale: ValueScale) {
  const [whole] = besideOf(plan).series
  return plan.points.flatMap((_, point) => {
    let from = 0
    return plan.series.map((series, at) => {
      const value = from + (series.values[point] ?? 0)
      const part = { point, from, value, series: at, text: '', faint: false }
      if (at === plan.series.length - 1) part.text = scale.texts.label(whole!.values[point]!)
      from = value
      return part
    })
  })
}

function valueTexts(plan: Plan, scale: ValueScale): string[] {
  return besideOf(plan).series.flatMap(({ values }) =>
    values.flatMap((value) => (value === null ? [] : [scale.texts.label(value)])),
  )
}

/** Keeps a few bars from filling the page. */
const outer = (plan: Plan) => [0, 2, 1.2, 0.7][plan.points.length * besideOf(plan).series.length] ?? 0.2

/** From one label to the next, as Vega's band scale computes it. */
const stepWidth = (plan: Plan) => PLOT_WIDTH / (plan.points.length - inner(plan) + 2 * outer(plan))

const inner = (plan: Plan) => (besideOf(plan).series.length > 1 ? 0.28 : 0.34)

function color(plan: Plan) {
  return { name: 'color', type: 'ordinal' as const, domain: plan.series.map((_, at) => at), range: COLORS }
}

function zeroLine(scale: 'x' | 'y'): Mark {
  const across =
    scale === 'y' ? { x: { value: 0 }, x2: { signal: 'width' } } : { y: { value: 0 }, y2: { signal: 'height' } }
  return {
    type: 'rule',
    encode: { enter: { stroke: { value: BASELINE } }, update: { ...across, [scale]: { scale, value: 0 } } },
  }
}

/** The same text in thick white below it, so that no grid line runs through. */
export function haloOf(text: Mark): Mark {
  const halo = structuredClone(text)
  Object.assign(halo.encode!.update!, {
    fill: { value: 'white' },
    stroke: { value: 'white' },
    strokeWidth: { value: 4 },
  })
  return halo
}

/** One group per label along `along`, in it one bar per series, with its number at its end when `withTexts`. */
function bars(plan: Plan, along: 'x' | 'y', across: 'x' | 'y', withTexts: boolean): Mark {
  const size = along === 'x' ? 'width' : 'height'
  const fill = { condition: undefined, scale: 'color', field: 'series' }
  const isVertical = along === 'x'
  const bar = plan.stacked ? { value: 0 } : { field: 'series' }
  const center = { [`${along}`]: { scale: 'bar', ...bar, band: 0.5 } }
  const rects: Mark = {
    type: 'rect',
    from: { data: 'facet' },
    encode: {
      update: {
        [along]: { scale: 'bar', ...bar },
        [size]: { scale: 'bar', band: 1 },
        [across]: { scale: across, field: 'value' },
        [`${across}2`]: { scale: across, field: 'from' },
        fill: [
          { test: 'datum.faint', value: OTHERS },
          { scale: fill.scale, field: fill.field },
        ],
        ...(isVertical && !plan.stacked
          ? { cornerRadiusTopLeft: { value: 2 }, cornerRadiusTopRight: { value: 2 } }
          : {}),
      },
    },
  }
  const texts: Mark = {
    type: 'text',
    from: { data: 'facet' },
    encode: {
      update: {
        ...center,
        [across]: {
          scale: across,
          field: 'value',
          offset: { signal: isVertical ? '(datum.value < 0 ? 6 : -6)' : '(datum.value < 0 ? -6 : 6)' },
        },
        text: { field: 'text' },
        font: { value: FONT },
        fontSize: { value: SIZE.label },
        fill: { value: INK },
        align: isVertical ? { value: 'center' } : { signal: "datum.value < 0 ? 'right' : 'left'" },
        baseline: isVertical ? { signal: "datum.value < 0 ? 'top' : 'bottom'" } : { value: 'middle' },
      },
    },
  }
  return {
    type: 'group',
    from: { facet: { data: 'values', name: 'facet', groupby: 'point' } },
    encode: { update: { [along]: { scale: along, field: 'point' } } },
    signals: [{ name: size, update: `bandwidth('${along}')` }],
    scales: [
      { name: 'bar', type: 'band', range: size, domain: besideOf(plan).series.map((_, at) => at), paddingInner: 0.06 },
    ],
    marks: withTexts ? [rects, haloOf(texts), texts] : [rects],
  }
}
