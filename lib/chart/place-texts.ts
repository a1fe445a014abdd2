/** Finds a place for the number of each point of a line where neither the line nor another number is. */

export interface Spot {
  x: number
  y: number
}

export interface Placed {
  dx: number
  dy: number
  align: 'left' | 'center' | 'right'
}

interface Box {
  x1: number
  y1: number
  x2: number
  y2: number
}

const UP = -10
const DOWN = 10 + 9
/** Of the baseline, in the order in which they are tried. */
const PLACES: Placed[] = [
  { dx: 0, dy: UP, align: 'center' },
  { dx: 0, dy: DOWN, align: 'center' },
  { dx: 8, dy: UP + 2, align: 'left' },
  { dx: -8, dy: UP + 2, align: 'right' },
  { dx: 8, dy: DOWN - 2, align: 'left' },
  { dx: -8, dy: DOWN - 2, align: 'right' },
  { dx: 10, dy: 4, align: 'left' },
  { dx: -10, dy: 4, align: 'right' },
]

/**
 * One entry for each spot (px from the top left of the plot); null for a gap in the line. `widths` are those of the texts, `size` their
 * letters', `plot` what the texts must not leave at the bottom and the sides.
 */
export function placeTexts(
  spots: (Spot | null)[],
  widths: number[],
  size: number,
  plot: { width: number; height: number },
): Placed[] {
  const taken: Box[] = []
  return spots.map((spot, at) => {
    if (!spot) return PLACES[0]!
    const beside = [spots[at - 1], spots[at + 1]].filter((other) => other != null)
    const isValley = beside.length > 0 && beside.every((other) => other.y < spot.y - 1)
    const order = isValley ? [PLACES[1]!, PLACES[0]!, ...PLACES.slice(2)] : PLACES
    const rated = order.map((place, rank) => {
      const box = boxOf(spot, place, widths[at]!, size)
      return { place, box, cost: costOf(box, spots, at, taken, plot) + rank * 0.1 }
    })
    const best = rated.reduce((a, b) => (b.cost < a.cost ? b : a))
    taken.push(best.box)
    return best.place
  })
}

function boxOf({ x, y }: Spot, { dx, dy, align }: Placed, width: number, size: number): Box {
  const x1 = x + dx - (align === 'center' ? width / 2 : align === 'right' ? width : 0)
  return { x1, x2: x1 + width, y1: y + dy - 0.76 * size, y2: y + dy + 0.2 * size }
}

/** Upon another number is worse than upon the line, and outside worst of all. */
function costOf(
  box: Box,
  spots: (Spot | null)[],
  at: number,
  taken: Box[],
  plot: { width: number; height: number },
): number {
  let cost = 0
  if (box.y2 > plot.height - 1 || box.x1 < -30 || box.x2 > plot.width + 20) cost += 20
  for (const other of taken)
    if (box.x1 < other.x2 + 4 && other.x1 < box.x2 + 4 && box.y1 < other.y2 && other.y1 < box.y2) cost += 10
  for (let from = Math.max(0, at - 2); from < at + 2; from++) {
    const [a, b] = [spots[from], spots[from + 1]]
    if (a && b) cost += 4 * lengthWithin(a, b, box)
  }
  return cost
}

/** How much of a straight line lies in a box, as a share of the box's width and height: 0 to about 1. */
function lengthWithin(a: Spot, b: Spot, { x1, y1, x2, y2 }: Box): number {
  let [from, to] = [0, 1]
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  for (const [start, delta, low, high] of [
    [a.x, dx, x1, x2],
    [a.y, dy, y1, y2],
  ] as const) {
    if (delta === 0) {
      if (start < low || start > high) return 0
      continue
    }
    const [near, far] = [(low - start) / delta, (high - start) / delta].toSorted((p, q) => p - q) as [number, number]
    from = Math.max(from, near)
    to = Math.min(to, far)
  }
  return from >= to ? 0 : 0.3 + ((to - from) * Math.hypot(dx, dy)) / Math.hypot(x2 - x1, y2 - y1)
}
