/** Small multiples: a panel with its own scale for each of many lines, which on one scale would lie upon one another. */
import type { Mark, Spec } from 'vega'
import type { Plan, Series } from './plan.ts'
import type { Locale } from '../texts.ts'
import { isWhole, truncateText, wrapText } from './font-metrics.ts'
import { frame, valueScale } from './frame.ts'
import { BASELINE, COLORS, HEIGHT, INK, PADDING, SIZE, SOFT_INK, WIDTH } from './theme.ts'
import { timeText } from './ticks.ts'

const GAP = 34
/** Beside the panels of a row, for the labels of their scales. */
const SCALE_WIDTH = 52
const LEAST_HEIGHT = 96
/** Title, padding and what is above the first panel, less what would be below the last. */
const AROUND = 112
/** Above and below the line: the name, the first and the last label. */
const PANEL_EXTRA = 66

export function panelsSpec(plan: Plan, locale: Locale): Spec {
  const columns = columnsOf(plan.series)
  const rows = Math.ceil(plan.series.length / columns)
  const width = widthOf(columns)
  const lines = Math.max(...plan.series.map(({ name }) => nameLines(name, width).length))
  const extra = PANEL_EXTRA + (lines - 1) * NAME_LINE
  const height = Math.max(LEAST_HEIGHT, Math.floor((HEIGHT - AROUND) / rows) - extra)
  return {
    ...frame(plan, { names: [], symbol: 'circle' }, rows * (height + extra) + AROUND),
    marks: plan.series.map((series, at) => {
      const x = (at % columns) * (width + GAP + SCALE_WIDTH) + SCALE_WIDTH
      const y = Math.floor(at / columns) * (height + extra) + 24 + (extra - PANEL_EXTRA)
      return panel({ ...plan, series: [series] }, locale, { x, y, width, height })
    }),
  }
}

/** Fewer where names would be cut. */
function columnsOf(series: Series[]): number {
  const most = series.length <= 4 ? 2 : series.length <= 9 ? 3 : 4
  const fits = (columns: number) => series.every(({ name }) => isWhole(nameLines(name, widthOf(columns)), name))
  return [4, 3, 2].find((columns) => columns <= most && fits(columns)) ?? 2
}

const widthOf = (columns: number) => (WIDTH - 2 * PADDING - columns * SCALE_WIDTH - (columns - 1) * GAP) / columns

const NAME_LINE = SIZE.axis + 3
/** The name begins so far left of the plot. */
const INDENT = SCALE_WIDTH - 10

/** In two lines at most. */
function nameLines(name: string, width: number): string[] {
  return wrapText(name, width + INDENT, 2, SIZE.axis, { bold: true, anywhere: true })
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
  const labels = Object.fromEntries(
    ends.map((at) => [String(times[at]!), truncateText(labelOf(plan, at, locale), width / 2 - 8, SIZE.label)]),
  )
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
      text: nameLines(series.name, width),
      // Above the labels of the scale.
      dx: -INDENT,
      lineHeight: NAME_LINE,
      anchor: 'start',
      frame: 'group',
      fontSize: SIZE.axis,
      color: INK,
      offset: 8,
    },
    data: [
      { name: 'line', values },
      { name: 'alone', values: values.filter((_, at) => isAlone(series.values, at)) },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [times[0]!, times.at(-1)!], range: [0, width], zero: false, nice: false },
      { name: 'y', domain: scale.domain, range: [height, 0], zero: false },
    ],
    axes: [
      {
        ...scale.axis,
        values: [scale.domain[0], ...(scale.domain[0] < 0 && scale.domain[1] > 0 ? [0] : []), scale.domain[1]],
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
      // A value between gaps is no line.
      { type: 'symbol', from: { data: 'alone' }, encode: { update: { ...at, fill: color, size: { value: 22 } } } },
    ],
  }
}

const isAlone = (values: (number | null)[], at: number) =>
  values[at] !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null

function labelOf({ points, grain }: Plan, at: number, locale: Locale): string {
  const { label, time } = points[at]!
  return time === undefined || !grain ? label : timeText(time, grain, locale)
}
