/** The names below or beside bars, and the numbers at their ends: in how many lines, how large, and whether there is room for them. */
import { besideOf, inner } from './bar-steps.ts'
import { isWhole, textWidth, wrapText } from './font-metrics.ts'
import type { ValueScale } from './frame.ts'
import type { Plan } from './plan.ts'
import { SIZE } from './theme.ts'

const MOST_VERTICAL = 12
const MOST_ORDERED_VERTICAL = 24
/** More numbers than this above or beside the bars are clutter. */
export const MOST_ABOVE = 36
export const MOST_BESIDE = 48
/** Of labels below bars, with the space between two. */
const SIZES_BELOW: [size: number, gap: number][] = [
  [SIZE.label, 12],
  [SIZE.small, 7],
]

export interface Labels {
  /** One entry per line of each. */
  texts: string[][]
  size: number
}

/** In two lines at most; names that keep their order are drawn smaller before they are moved beside the bars. */
export function labelsBelow(plan: Plan, labels: string[], step: number): Labels | undefined {
  if (labels.length > (plan.ordered ? MOST_ORDERED_VERTICAL : MOST_VERTICAL)) return undefined
  for (const [size, gap] of plan.ordered ? SIZES_BELOW : SIZES_BELOW.slice(0, 1)) {
    const texts = labels.map((label) => wrapText(label, step - gap, 2, size))
    if (!texts.every((lines, at) => isWhole(lines, labels[at]!))) continue
    // `jul` above `2025` where `nov` is.
    const isBroken = texts.some((lines) => lines.length > 1) && labels.every((label) => / \d{4}$/.test(label))
    return { size, texts: isBroken ? labels.map((label) => label.split(/ (?=\S*$)/)) : texts }
  }
  return undefined
}

/** As Vega sets the lines of a label. */
export const LINE_HEIGHT = SIZE.label + 2
/** Widths to try for the labels beside bars, with how many lines. */
const BESIDE: [width: number, lines: number][] = [
  [270, 1],
  [270, 2],
  [400, 2],
]

export function labelsBeside(labels: string[]): string[][] {
  for (const [width, lines] of BESIDE) {
    const texts = labels.map((label) => wrapText(label, width, lines, SIZE.label))
    if (texts.every((text, at) => isWhole(text, labels[at]!))) return texts
  }
  return labels.map((label) => wrapText(label, 400, 2, SIZE.label, { anywhere: true }))
}

export const widestOf = (texts: string[]) =>
  texts.reduce((most, text) => Math.max(most, textWidth(text, SIZE.label)), 0)

/** The longest bars leave room for the numbers beside them in a plot of so many px. */
export function makeRoom(plan: Plan, scale: ValueScale, width: number): void {
  const all = besideOf(plan).series.flatMap(({ values }) => values.filter((value) => value !== null))
  const room = (values: number[]) => (values.length === 0 ? 0 : widestOf(values.map(scale.texts.label)) + 10)
  const [left, right] = [room(all.filter((value) => value < 0)), room(all.filter((value) => value >= 0))]
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)]
  let [from, to] = scale.domain
  // Room at one end narrows what the other end has.
  for (let times = 0; times < 6; times++) {
    const unit = (to - from) / width
    from = Math.min(from, least - left * unit)
    to = Math.max(to, most + right * unit)
  }
  scale.domain = [from, to]
}

export interface ValueTexts {
  write(value: number): string
  size: number
}

/** Roughly, of a plot with a legend. */
const PLOT_HEIGHT = 330

/** How the numbers above bars are written so that none meets another or a bar beside it; undefined where there is no room for them. */
export function valuesAbove(plan: Plan, scale: ValueScale, step: number): ValueTexts | undefined {
  const { series } = besideOf(plan)
  const values = series.flatMap((one) => one.values.filter((value) => value !== null))
  if (values.length > MOST_ABOVE) return undefined
  const { label, bare } = scale.texts
  const tries: ValueTexts[] = [
    { write: label, size: SIZE.label },
    { write: label, size: SIZE.small },
    { write: bare, size: SIZE.small },
  ]
  return tries.find((texts) => fitAbove(plan, scale, step, texts))
}

function fitAbove(plan: Plan, scale: ValueScale, step: number, { write, size }: ValueTexts): boolean {
  const { series } = besideOf(plan)
  const pitch = (step * (1 - inner(plan))) / series.length
  const unit = PLOT_HEIGHT / (scale.domain[1] - scale.domain[0])
  const boxes = plan.points.flatMap((_, point) =>
    series.flatMap(({ values }, at) => {
      const value = values[point] ?? null
      if (value === null) return []
      const center = point * step + (at + 0.5) * pitch
      return [{ center, half: textWidth(write(value), size) / 2 + 2, end: value * unit }]
    }),
  )
  // A number much wider than its bar could be that of the next one.
  if (boxes.some(({ half }) => half > pitch * 0.65)) return false
  const height = size + 4
  return boxes.every((one, at) =>
    boxes.slice(at + 1, at + 1 + 2 * series.length).every((other) => {
      const distance = other.center - one.center
      const together = one.half + other.half > distance && Math.abs(one.end - other.end) < height
      const covered = (text: typeof one, bar: typeof one) =>
        text.half + pitch / 2 > distance && (text.end >= 0 ? bar.end > text.end : bar.end < text.end)
      return !together && !covered(one, other) && !covered(other, one)
    }),
  )
}

export function valueTexts(plan: Plan, scale: ValueScale): string[] {
  return besideOf(plan).series.flatMap(({ values }) =>
    values.flatMap((value) => (value === null ? [] : [scale.texts.label(value)])),
  )
}
