/**
 * Where the texts and bars of a rendered chart lie, read from its SVG with the widths of the bundled fonts, and what makes them hard to
 * read: texts upon one another, upon a bar, outside the picture, or cut where there was room.
 */
import { textWidth } from '../../lib/chart/font-metrics.ts'
import type { Plan } from '../../lib/chart/plan.ts'
import { withPrintableTexts } from '../../lib/chart/printable.ts'
import { renderSvg } from '../../lib/chart/render.ts'
import type { Locale } from '../../lib/texts.ts'

export interface Box {
  x1: number
  y1: number
  x2: number
  y2: number
}

export interface TextLine extends Box {
  text: string
  /** Of the mark: `axis-label`, `legend-label`, `title-text`, `mark`. */
  role: string
  /** Lines of one text have one number. */
  of: number
}

export interface Boxes {
  width: number
  height: number
  texts: TextLine[]
  bars: Box[]
  symbols: Box[]
}

type Matrix = [number, number, number, number, number, number]

const TAG = /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g

export function boxesOf(svg: string): Boxes {
  const boxes: Boxes = { width: 0, height: 0, texts: [], bars: [], symbols: [] }
  const stack: { matrix: Matrix; role: string }[] = [{ matrix: [1, 0, 0, 1, 0, 0], role: '' }]
  let text: { attributes: Record<string, string>; matrix: Matrix; role: string; line: number } | undefined
  let texts = 0
  for (const [, end, tag, written, alone, content] of svg.matchAll(TAG)) {
    if (content !== undefined) {
      if (text && content.trim() !== '') boxes.texts.push(...lineOf(content, text, texts))
      continue
    }
    if (end) {
      stack.pop()
      if (tag === 'text') text = undefined
      continue
    }
    const attributes = Object.fromEntries([...written!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, k, v]) => [k, v!]))
    const { matrix, role } = stack.at(-1)!
    const here = {
      matrix: multiply(matrix, matrixOf(attributes['transform'] ?? '')),
      role: attributes['class']?.match(/role-([\w-]+)/)?.[1] ?? role,
    }
    const mark = attributes['class']?.match(/^mark-(\w+)/)?.[1]
    if (!alone) stack.push({ ...here, role: mark ? `${mark} ${here.role}` : here.role })
    if (tag === 'svg')
      Object.assign(boxes, { width: Number(attributes['width']), height: Number(attributes['height']) })
    if (tag === 'text') {
      texts++
      text = { attributes, ...here, line: 0 }
    }
    if (tag === 'tspan' && text && attributes['dy']) text.line += Number(attributes['dy'])
    if (tag === 'path' && here.role === 'rect mark') boxes.bars.push(pathBox(attributes['d']!, here.matrix))
    if (tag === 'path' && here.role === 'symbol legend-symbol')
      boxes.symbols.push(cornersBox({ x1: -6, y1: -6, x2: 6, y2: 6 }, here.matrix))
  }
  return boxes
}

function lineOf(
  content: string,
  {
    attributes,
    matrix,
    role,
    line,
  }: { attributes: Record<string, string>; matrix: Matrix; role: string; line: number },
  of: number,
): TextLine[] {
  // A halo lies below the text itself.
  if (attributes['fill'] === 'white') return []
  const size = Number(attributes['font-size']!.replace('px', ''))
  const text = content.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => SIGNS[name]!)
  const width = textWidth(
    text,
    size,
    Number(attributes['font-weight'] ?? 400) >= 600 || attributes['font-weight'] === 'bold',
  )
  const x1 = attributes['text-anchor'] === 'middle' ? -width / 2 : attributes['text-anchor'] === 'end' ? -width : 0
  const box = { x1, x2: x1 + width, y1: line - 0.74 * size, y2: line + 0.2 * size }
  return [{ text, role: role.replace(/^text /, ''), of, ...cornersBox(box, matrix) }]
}

const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }

function matrixOf(transform: string): Matrix {
  let matrix: Matrix = [1, 0, 0, 1, 0, 0]
  for (const [, name, written] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b = 0] = written!.split(/[\s,]+/).map(Number)
    const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]
    matrix = multiply(matrix, name === 'translate' ? [1, 0, 0, 1, a, b] : [cos, sin, -sin, cos, 0, 0])
  }
  return matrix
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

function around(points: [number, number][], [a, b, c, d, e, f]: Matrix): Box {
  const xs = points.map(([x, y]) => a * x + c * y + e)
  const ys = points.map(([x, y]) => b * x + d * y + f)
  return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) }
}

const cornersBox = ({ x1, y1, x2, y2 }: Box, matrix: Matrix) =>
  around([[x1, y1], [x2, y1], [x1, y2], [x2, y2]], matrix) // prettier-ignore

/** Of straight lines and curves: `M`, `L`, `C` to points, `h` and `v` by distances. */
function pathBox(path: string, matrix: Matrix): Box {
  const points: [number, number][] = []
  let [x, y] = [0, 0]
  for (const [, command, written] of path.matchAll(/([MLChv])([^A-Za-z]*)/g)) {
    const numbers = written!.match(/-?[\d.]+(e-?\d+)?/g)!.map(Number)
    if (command === 'h') points.push([(x += numbers[0]!), y])
    else if (command === 'v') points.push([x, (y += numbers[0]!)])
    else for (let at = 0; at < numbers.length; at += 2) points.push([(x = numbers[at]!), (y = numbers[at + 1]!)])
  }
  return around(points, matrix)
}

/** Between two texts on one line; less reads as one text. */
const LEAST_GAP = 3
const BORDER = 4

const meet = (a: Box, b: Box, gap: number) =>
  Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) > -gap && Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) > 0.5

/** A sentence for everything that is hard to read in the picture of a plan. */
export async function faultsOfPicture(plan: Plan, locale: Locale = 'pt-BR'): Promise<string[]> {
  return legibilityFaults(await renderSvg(plan, locale), withPrintableTexts(plan))
}

export function legibilityFaults(svg: string, plan: Plan): string[] {
  const { width, height, texts, bars, symbols } = boxesOf(svg)
  const isOutside = ({ x1, y1, x2, y2 }: Box) =>
    x1 < BORDER || y1 < BORDER || x2 > width - BORDER || y2 > height - BORDER
  const others = (one: TextLine) => texts.filter(({ of }) => of !== one.of)
  const isFree = (box: Box, one: TextLine) =>
    !isOutside(box) &&
    ![...others(one), ...symbols].some((other) => meet(box, other, LEAST_GAP)) &&
    !bars.some((bar) => meet(box, bar, 0))
  const faults: string[] = []
  for (const [at, one] of texts.entries()) {
    for (const other of texts.slice(at + 1))
      if (other.of !== one.of && meet(one, other, LEAST_GAP))
        faults.push(`${one.role} "${one.text}" meets ${other.role} "${other.text}"`)
    if (isOutside(one)) faults.push(`${one.role} "${one.text}" is outside`)
    if (bars.some((bar) => meet({ ...one, y1: one.y1 + 1, y2: one.y2 - 1 }, bar, -1)))
      faults.push(`${one.role} "${one.text}" lies on a bar`)
    if (symbols.some((symbol) => meet(one, symbol, 0))) faults.push(`${one.role} "${one.text}" lies on a symbol`)
    const whole = one.text.endsWith('…') ? wholeText(one.text.slice(0, -1), plan) : undefined
    if (whole !== undefined && isFree(extended(one, whole), one))
      faults.push(`${one.role} "${one.text}" is cut with room for all of it`)
  }
  return faults
}

function wholeText(beginning: string, plan: Plan): string | undefined {
  const all = [plan.title, plan.subtitle, plan.label_title, plan.value_title]
  return [...all, ...plan.series.map(({ name }) => name), ...plan.points.map(({ label }) => label)].find(
    (text) => text.startsWith(beginning) && text.length > beginning.length + 1,
  )
}

/** Where the text would lie in its whole length, in the direction in which it grows. */
function extended(one: TextLine, whole: string): Box {
  const isUpright = one.y2 - one.y1 > 30 && one.x2 - one.x1 < 30
  const times = textWidth(whole, 10) / textWidth(one.text, 10)
  if (isUpright) {
    const more = ((one.y2 - one.y1) * (times - 1)) / 2
    return { ...one, y1: one.y1 - more, y2: one.y2 + more }
  }
  const more = (one.x2 - one.x1) * (times - 1)
  if (one.role === 'axis-label') return { ...one, x1: one.x1 - more }
  return { ...one, x2: one.x2 + more }
}
