/** The parts around a chart's marks: size, background, title, legend, and a value axis with its grid. */
import type { Axis, Legend, Spec, TitleAnchor } from 'vega'
import type { Plan } from './plan.ts'
import type { Locale } from '../texts.ts'
import { truncateText, wrapText } from './font-metrics.ts'
import { numberTexts, type NumberTexts } from './number-text.ts'
import { BASELINE, FONT, GRID, HEIGHT, INK, PADDING, SIZE, SOFT_INK, WIDTH } from './theme.ts'
import { niceScale } from './ticks.ts'

const INNER_WIDTH = WIDTH - 2 * PADDING

export function frame(plan: Plan, height = HEIGHT): Spec {
  return {
    width: WIDTH,
    height,
    padding: PADDING,
    autosize: { type: 'fit', contains: 'padding' },
    background: 'white',
    title: {
      text: wrapText(plan.title, INNER_WIDTH, 2, SIZE.title, true),
      ...(plan.subtitle ? { subtitle: wrapText(plan.subtitle, INNER_WIDTH, 2, SIZE.subtitle) } : {}),
      anchor: 'start' as TitleAnchor,
      frame: 'bounds',
      offset: 18,
      subtitlePadding: 6,
    },
    config: {
      title: {
        font: FONT,
        fontSize: SIZE.title,
        fontWeight: 600,
        color: INK,
        lineHeight: SIZE.title * 1.25,
        subtitleFont: FONT,
        subtitleFontSize: SIZE.subtitle,
        subtitleLineHeight: SIZE.subtitle * 1.3,
        subtitleColor: SOFT_INK,
      },
      axis: {
        labelFont: FONT,
        labelFontSize: SIZE.label,
        labelColor: SOFT_INK,
        labelLimit: 0,
        // Vega's own 200 px would push the title into long labels.
        maxExtent: 480,
        titleFont: FONT,
        titleFontSize: SIZE.axis,
        titleFontWeight: 600,
        titleColor: SOFT_INK,
        titlePadding: 12,
        titleLimit: 0,
        domainColor: BASELINE,
        tickColor: BASELINE,
        gridColor: GRID,
        labelPadding: 6,
      },
      legend: {
        labelFont: FONT,
        labelFontSize: SIZE.axis,
        labelColor: INK,
        labelLimit: 0,
        symbolSize: 130,
        columnPadding: 22,
        offset: 14,
      },
    },
  }
}

export interface ValueScale {
  domain: [number, number]
  axis: Axis
  texts: NumberTexts
  /** Label of each tick, for the signal `value_text`. */
  ticks: Record<string, string>
}

/** `fromZero`: bars must stand on zero; a line may not when its values lie close together far from it. */
export function valueScale(plan: Plan, locale: Locale, orient: 'left' | 'bottom', fromZero: boolean): ValueScale {
  const values = [
    ...plan.series.flatMap((series) => series.values),
    ...(plan.trend?.values ?? []),
    ...bandValues(plan),
  ].filter((value) => value !== null)
  const lowest = values.reduce((a, b) => Math.min(a, b), Infinity)
  const highest = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const near = !fromZero && lowest > 0 && lowest > highest * 0.6
  const [from, to] = [near ? lowest : Math.min(0, lowest), Math.max(0, highest)]
  const { values: at, step } = niceScale(from, to, 5, plan.series[0]!.unit.kind === 'hours')
  const texts = numberTexts(locale, plan.series[0]!.unit, Math.max(Math.abs(from), Math.abs(to)), step)
  return {
    domain: [at[0]!, at.at(-1)!],
    texts,
    ticks: Object.fromEntries(at.map((value) => [String(value), texts.tick(value)])),
    axis: {
      orient,
      scale: orient === 'left' ? 'y' : 'x',
      values: at,
      grid: true,
      domain: false,
      ticks: false,
      zindex: 0,
      ...(plan.value_title
        ? { title: truncateText(plan.value_title, orient === 'left' ? 320 : 600, SIZE.axis, true) }
        : {}),
      encode: { labels: { update: { text: { signal: "value_text['' + datum.value]" } } } },
    },
  }
}

function bandValues(plan: Plan): (number | null)[] {
  return plan.band ? [...plan.band.lower, ...plan.band.upper] : []
}

const LEGEND_COLUMNS = 3

/** Names of the series (the scale `color` knows them by index) above the chart; none for a single series, which title and axis name. */
export function legend(names: string[], symbol: 'square' | 'circle'): Legend[] {
  if (names.length < 2) return []
  const columns = names.length > 4 ? LEGEND_COLUMNS : names.length
  const room = INNER_WIDTH / columns - 50
  const texts = names.map((name) => truncateText(name, room, SIZE.axis))
  return [
    {
      fill: 'color',
      orient: 'top',
      direction: 'horizontal',
      columns,
      symbolType: symbol,
      symbolStrokeWidth: 0,
      values: names.map((_, at) => at),
      encode: { labels: { update: { text: { signal: `${JSON.stringify(texts)}[datum.value]` } } } },
    },
  ]
}
