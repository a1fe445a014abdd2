/** The parts around a chart's marks: size, background, title, legend, and a value axis with its grid. */
import type { Axis, Legend, Spec, TitleAnchor } from 'vega'
import type { Plan, Unit } from './plan.ts'
import type { Locale } from '../texts.ts'
import { isWhole, textWidth, truncateText, wrapText } from './font-metrics.ts'
import { numberTexts, type NumberTexts } from './number-text.ts'
import { BASELINE, FONT, GRID, HEIGHT, INK, PADDING, SIZE, SOFT_INK, WIDTH } from './theme.ts'
import { niceScale } from './ticks.ts'

export const INNER_WIDTH = WIDTH - 2 * PADDING

export interface Names {
  /** Of the series, by their index in the scale `color`. */
  names: string[]
  symbol: 'square' | 'circle'
}

/** `height`: with a title, a subtitle and a legend of one line each; what is longer makes the picture higher. */
export function frame(plan: Plan, { names, symbol }: Names, height = HEIGHT): Spec {
  const title = titleLines(plan.title)
  const subtitle = wrapText(plan.subtitle, INNER_WIDTH, MOST_SUBTITLE_LINES, SIZE.subtitle, { anywhere: true })
  const rows = legendRows(names)
  const more =
    Math.max(0, title.lines.length - 1) * title.size * TITLE_LINE +
    Math.max(0, subtitle.length - 1) * SIZE.subtitle * SUBTITLE_LINE +
    Math.max(0, rows.height - LEGEND_LINE)
  return {
    width: WIDTH,
    height: height + Math.ceil(more),
    padding: PADDING,
    autosize: { type: 'fit', contains: 'padding' },
    background: 'white',
    legends: legend(names, rows, symbol),
    title: {
      text: title.lines,
      ...(plan.subtitle ? { subtitle } : {}),
      anchor: 'start' as TitleAnchor,
      frame: 'bounds',
      offset: 18,
      subtitlePadding: 6,
    },
    config: {
      title: {
        font: FONT,
        fontSize: title.size,
        fontWeight: 600,
        color: INK,
        lineHeight: title.size * TITLE_LINE,
        subtitleFont: FONT,
        subtitleFontSize: SIZE.subtitle,
        subtitleLineHeight: SIZE.subtitle * SUBTITLE_LINE,
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
        columnPadding: COLUMN_GAP,
        rowPadding: ROW_GAP,
        offset: 14,
        // Below the title's first letter, wherever the plot begins.
        layout: { top: { anchor: 'start', frame: 'bounds' } },
      },
    },
  }
}

const TITLE_LINE = 1.25
const SUBTITLE_LINE = 1.3
const MOST_SUBTITLE_LINES = 6

/** In two lines; a longer one in smaller letters. */
function titleLines(text: string): { lines: string[]; size: number } {
  const options = { bold: true, anywhere: true }
  const lines = wrapText(text, INNER_WIDTH, 2, SIZE.title, options)
  if (isWhole(lines, text)) return { lines, size: SIZE.title }
  return { lines: wrapText(text, INNER_WIDTH, 4, SIZE.long_title, options), size: SIZE.long_title }
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
  const near = !fromZero && lowest > 0 && lowest > highest * 0.6 && lowest < highest
  const [from, to] = [near ? lowest : Math.min(0, lowest), Math.max(0, highest)]
  const { unit } = plan.series[0]!
  const whole = values.every(Number.isInteger) && !isFraction(unit)
  const { values: at, step } = niceScale(from, to, 5, { in_hours: unit.kind === 'hours', whole })
  const texts = numberTexts(locale, unit, Math.max(Math.abs(from), Math.abs(to)), step, !values.every(Number.isInteger))
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
      ...(plan.value_title ? { title: axisTitle(plan.value_title, orient) } : {}),
      encode: { labels: { update: { text: { signal: "value_text['' + datum.value]" } } } },
    },
  }
}

/** Width of the plot beside a value axis on the left, in px. */
export function plotWidth({ ticks, axis }: ValueScale): number {
  const widest = Object.values(ticks).reduce((most, text) => Math.max(most, textWidth(text, SIZE.label)), 0)
  return INNER_WIDTH - widest - 8 - titleRoom(axis)
}

/** Its lines and the space before them. */
export function titleRoom({ title }: Axis): number {
  return Array.isArray(title) ? title.length * (SIZE.axis + 2) + 14 : 0
}

/** Beside an axis, in two lines at most. */
export function axisTitle(text: string, orient: 'left' | 'bottom'): string[] {
  return wrapText(text, orient === 'left' ? 320 : 760, 2, SIZE.axis, { bold: true, anywhere: true })
}

/** Ticks between whole numbers make sense where all values are whole. */
const isFraction = (unit: Unit) => unit.kind === 'hours' || (unit.kind === 'percent' && unit.fraction)

function bandValues(plan: Plan): (number | null)[] {
  return plan.band ? [...plan.band.lower, ...plan.band.upper] : []
}

/** The symbol and the space beside it. */
const SYMBOL_WIDTH = 20
const COLUMN_GAP = 22
const ROW_GAP = 5
const LEGEND_LINE = SIZE.axis + ROW_GAP

interface Rows {
  columns: number
  texts: string[]
  height: number
}

/** As few rows as hold all names whole; a name longer than a row is cut. */
function legendRows(names: string[]): Rows {
  const widths = names.map((name) => Math.min(INNER_WIDTH, SYMBOL_WIDTH + textWidth(name, SIZE.axis)))
  const fits = (columns: number) => columns <= 1 || columnsWidth(widths, columns) <= INNER_WIDTH
  let most = names.length
  while (!fits(most)) most--
  const rows = Math.ceil(names.length / Math.max(1, most))
  // 3 and 3 rather than 5 and 1.
  const even = Math.ceil(names.length / Math.max(1, rows))
  return {
    columns: fits(even) ? even : most,
    texts: names.map((name) => truncateText(name, INNER_WIDTH - SYMBOL_WIDTH, SIZE.axis)),
    height: names.length < 2 ? 0 : rows * LEGEND_LINE,
  }
}

function columnsWidth(widths: number[], columns: number): number {
  const each = Array.from({ length: columns }, (_, column) =>
    widths.filter((_, at) => at % columns === column).reduce((most, width) => Math.max(most, width), 0),
  )
  return each.reduce((sum, width) => sum + width, 0) + (columns - 1) * COLUMN_GAP
}

/** Names of the series above the chart; none for a single series, which title and axis name. */
function legend(names: string[], { columns, texts }: Rows, symbol: Names['symbol']): Legend[] {
  if (names.length < 2) return []
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
