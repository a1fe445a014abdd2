/** The lines of the drawing: from the side of one box to that of another, whichever way they lie. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface Line {
  from: string
  to: string
  /** Of SVG. */
  path: string
  /** The arrow at its end. */
  head: string
}

const BETWEEN: ReadonlyArray<readonly [from: string, to: string]> = [
  ['waiting', 'output'],
  ['waiting', 'retrying'],
  ['retrying', 'output'],
  ['retrying', 'dead'],
  ['dead', 'purged'],
]

/** `boxes`: by name; those of the systems begin with `system `. */
export function linesBetween(boxes: ReadonlyMap<string, Box>): Line[] {
  const systems = [...boxes.keys()].filter((name) => name.startsWith('system '))
  const pairs = [...systems.map((system) => [system, 'waiting'] as const), ...BETWEEN]
  return pairs.flatMap(([from, to]) => {
    const [one, other] = [boxes.get(from), boxes.get(to)]
    return one && other ? [{ from, to, ...drawn(one, other) }] : []
  })
}

function drawn(one: Box, other: Box): Pick<Line, 'path' | 'head'> {
  if (other.x >= one.x + one.width) {
    const [x1, y1, x2, y2] = [one.x + one.width, one.y + one.height / 2, other.x, other.y + other.height / 2]
    const bend = (x2 - x1) / 2
    return {
      path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      head: `M${x2 - 7} ${y2 - 4}l7 4-7 4`,
    }
  }
  const [x1, y1, x2, y2] = [one.x + one.width / 2, one.y + one.height, other.x + other.width / 2, other.y]
  const bend = (y2 - y1) / 2
  return {
    path: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`,
    head: `M${x2 - 4} ${y2 - 7}l4 7 4-7`,
  }
}
