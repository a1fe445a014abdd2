/** Bars: vertical where the labels fit below them, horizontal where labels are long or many. */
import type { Axis, Mark, Spec } from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import {
  labelsBelow,
  labelsBeside,
  LINE_HEIGHT,
  makeRoom,
  MOST_ABOVE,
  MOST_BESIDE,
  valuesAbove,
  valueTexts,
  widestOf,
  type Labels,
  type ValueTexts,
} from './bar-labels.ts'
import { besideOf, inner, outer, stepsOf } from './bar-steps.ts'
import { axisTitle, frame, INNER_WIDTH, plotWidth, titleRoom, valueScale, type ValueScale } from './frame.ts'
import { BASELINE, COLORS, FONT, HEIGHT, INK, OTHERS, SIZE } from './theme.ts'
import { timeText } from './ticks.ts'

export function barsSpec(plan: Plan, locale: Locale): Spec {
  const labels = plan.points.map((point) =>
    point.time === undefined || !plan.grain ? point.label : timeText(point.time, plan.grain, locale),
  )
  const scale = valueScale(besideOf(plan), locale, 'left', true)
  const step = plotWidth(scale) / stepsOf(plan)
  const below = labelsBelow(plan, labels, step)
  if (!below) return horizontal(plan, labels, locale)
  const values = valuesAbove(plan, scale, step)
  // Names may as well stand beside bars, where every number has room.
  const isMovable = !plan.ordered && !plan.grain && valueTexts(plan, scale).length <= MOST_ABOVE
  return values || !isMovable ? vertical(plan, scale, below, values) : horizontal(plan, labels, locale)
}

function vertical(plan: Plan, scale: ValueScale, labels: Labels, values: ValueTexts | undefined): Spec {
  const [from, to] = scale.domain
  // The numbers below bars stay clear of the labels.
  if (from < 0) scale.domain = [from - (to - from) * 0.07, to]
  return {
    ...frame(plan, namesOf(plan)),
    ...shared(plan, scale, labels.texts, values),
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
        labelFontSize: labels.size,
        ...(plan.label_title ? { title: axisTitle(plan.label_title, 'bottom') } : {}),
        encode: labelTexts,
      },
    ],
    marks: [zeroLine('y'), bars(plan, 'x', 'y', values)],
  }
}

/** Padding, title, legend and the value axis. */
const AROUND_PLOT = 205

function horizontal(plan: Plan, labels: string[], locale: Locale): Spec {
  const scale = valueScale(besideOf(plan), locale, 'bottom', true)
  const beside = besideOf(plan).series.length
  const texts = labelsBeside(labels)
  const lines = texts.reduce((most, { length }) => Math.max(most, length), 1)
  const values = valueTexts(plan, scale)
  const title = plan.label_title ? axisTitle(plan.label_title, 'left') : []
  const shown = values.length <= MOST_BESIDE ? { write: scale.texts.label, size: SIZE.label } : undefined
  const bar = beside === 1 ? 18 : shown ? LINE_HEIGHT : 10
  const step = Math.max((bar * beside) / (1 - inner(plan)), lines * LINE_HEIGHT + 10)
  const height = Math.max(HEIGHT, Math.ceil(stepsOf(plan) * step) + AROUND_PLOT)
  if (shown) makeRoom(plan, scale, INNER_WIDTH - widestOf(texts.flat()) - 8 - titleRoom({ title } as Axis))
  return {
    ...frame(plan, namesOf(plan), height),
    ...shared(plan, scale, texts, shown),
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
        ...(plan.label_title ? { title } : {}),
        encode: {
          labels: {
            update: {
              ...labelTexts.labels.update,
              // Vega sets the first of several lines where a single one would be.
              dy: { signal: `isArray(label_text[datum.value]) ? ${-LINE_HEIGHT / 2} : 0` },
            },
          },
        },
      },
    ],
    marks: [zeroLine('x'), bars(plan, 'y', 'x', shown)],
  }
}

const namesOf = (plan: Plan) => ({ names: plan.series.map(({ name }) => name), symbol: 'square' as const })

const labelTexts = {
  labels: { update: { text: { signal: 'label_text[datum.value]' } } },
}

function shared(plan: Plan, scale: ValueScale, labels: string[][], values: ValueTexts | undefined): Partial<Spec> {
  const write = values?.write ?? scale.texts.label
  return {
    signals: [
      { name: 'value_text', value: scale.ticks },
      { name: 'label_text', value: labels.map((lines) => (lines.length === 1 ? lines[0] : lines)) },
    ],
    data: [
      {
        name: 'values',
        values: plan.stacked ? stackedValues(plan, write) : valuesBeside(plan, write),
      },
    ],
  }
}

function valuesBeside(plan: Plan, write: ValueTexts['write']) {
  return plan.series.flatMap((series, at) =>
    series.values.flatMap((value, point) =>
      value === null ? [] : [{ point, from: 0, value, series: at, text: write(value), faint: point === plan.others }],
    ),
  )
}

/** Each part stands on the one before it; the number is that of the whole. */
function stackedValues(plan: Plan, write: ValueTexts['write']) {
  const [whole] = besideOf(plan).series
  return plan.points.flatMap((_, point) => {
    let from = 0
    return plan.series.map((series, at) => {
      const value = from + (series.values[point] ?? 0)
      const part = { point, from, value, series: at, text: '', faint: false }
      if (at === plan.series.length - 1) part.text = write(whole!.values[point]!)
      from = value
      return part
    })
  })
}

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

/** One group per label along `along`, in it one bar per series, with its number at its end when `shown`. */
function bars(plan: Plan, along: 'x' | 'y', across: 'x' | 'y', shown: ValueTexts | undefined): Mark {
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
        fontSize: { value: shown?.size ?? SIZE.label },
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
    marks: shown ? [rects, haloOf(texts), texts] : [rects],
  }
}
