/** Small multiples: a panel with its own scale for each of many lines, which on one scale would lie upon one another. */
import type { Mark, Spec } from 'vega'
import type { Plan, Series } from './plan.ts'
import type { Locale } from '../texts.ts'
import { truncateText } from './font-metrics.ts'
import { frame, valueScale } from './frame.ts'
import { BASELINE, COLORS, HEIGHT, INK, PADDING, SIZE, SOFT_INK, WIDTH } from './theme.ts'
import { timeText } from './ticks.ts'

const GAP = 34
/** Beside the panels of a row, for the labels of their scales. */
const SCALE_WIDTH = 52
const LEAST_HEIGHT = 96
/** Title and padding. */
const AROUND = 150
/** Above and below the line: the name, the first and the last label. */
const PANEL_EXTRA = 66

export function panelsSpec(plan: Plan, locale: Locale): Spec {
  const columns = plan.series.length <= 4 ? 2 : plan.series.length <= 9 ? 3 : 4
  const rows = Math.ceil(plan.series.length / columns)
  const height = Math.max(LEAST_HEIGHT, Math.floor((HEIGHT - AROUND) / rows) - PANEL_EXTRA)
  const width = (WIDTH - 2 * PADDING - columns * SCALE_WIDTH - (columns - 1) * GAP) / columns
  return {
    ...frame(plan, rows * (height + PANEL_EXTRA) + AROUND),
    marks: plan.series.map((series, at) => {
      const x = (at % columns) * (width + GAP + SCALE_WIDTH) + SCALE_WIDTH
      const y = Math.floor(at / columns) * (height + PANEL_EXTRA) + 24
      return panel({ ...plan, series: [series] }, locale, { x, y, width, height })
    }),
  }
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

function panel(plan: Plan, locale: Locale, { x, y, width, height }: Box): Mark {
  const series: Series = plan.series[0]!
  const scale = valueScale({ ...plan, value_title: '' }, locale, 'left', true)
  const times = plan.points.map((point, at) => (plan.grain ? point.time! : at))
  const values = series.values.map((value, at) => ({ time: times[at]!, value }))
  const ends = [0, plan.points.length - 1]
  const labels = Object.fromEntries(ends.map((at) => [String(times[at]!), labelOf(plan, at, locale)]))
  const at = { x: { scale: 'x', field: 'time' }, y: { scale: 'y', field: 'value' } }
  const color = { value: COLORS[0]! }
  return {
    type: 'group',
    encode: {
      update: { x: { value: x }, y: { value: y }, width: { value: width }, height: { value: height } },
    },
    // The grid ends where the panel does.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    title: {
      text: truncateText(series.name, width + SCALE_WIDTH, SIZE.axis, true),
      anchor: 'start',
      frame: 'group',
      fontSize: SIZE.axis,
      color: INK,
      offset: 8,
    },
    data: [{ name: 'line', values }],
    scales: [
      { name: 'x', type: 'linear', domain: [times[0]!, times.at(-1)!], range: [0, width], zero: false, nice: false },
      { name: 'y', domain: scale.domain, range: [height, 0], zero: false },
    ],
    axes: [
      {
        ...scale.axis,
        values: [scale.domain[0], scale.domain[1]],
        encode: { labels: { update: { text: { signal: `${JSON.stringify(scale.ticks)}['' + datum.value]` } } } },
      },
      {
        orient: 'bottom',
        scale: 'x',
        values: ends.map((end) => times[end]!),
        domainColor: BASELINE,
        ticks: false,
        labelColor: SOFT_INK,
        labelFlush: true,
        encode: { labels: { update: { text: { signal: `${JSON.stringify(labels)}['' + datum.value]` } } } },
      },
    ],
    marks: [
      {
        type: 'line',
        from: { data: 'line' },
        encode: {
          update: {
            ...at,
            stroke: color,
            strokeWidth: { value: 2.2 },
            strokeJoin: { value: 'round' },
            defined: { signal: 'isValid(datum.value)' },
          },
        },
      },
    ],
  }
}

function labelOf({ points, grain }: Plan, at: number, locale: Locale): string {
  const { label, time } = points[at]!
  return time === undefined || !grain ? label : timeText(time, grain, locale)
}
