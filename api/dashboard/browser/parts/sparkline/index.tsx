/** A small line of values, oldest first, without axes; a gap where there is none, and a dashed line at the target. */
interface Props {
  /** For screen readers. */
  label: string
  values: ReadonlyArray<number | null>
  target?: number
  tone: 'good' | 'bad' | 'calm'
}

const WIDTH = 200
const HEIGHT = 40
const EDGE = 3

export function Sparkline({ label, values, target, tone }: Props) {
  const known = values.filter((value) => value !== null)
  const [least, most] = boundsOf(target === undefined ? known : [...known, target])
  const x = (place: number) => (values.length < 2 ? WIDTH / 2 : (place / (values.length - 1)) * WIDTH)
  const y = (value: number) => HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE)
  const stretches = stretchesOf(values)
  return (
    <svg
      className={`sparkline ${tone}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {target !== undefined && known.length > 0 && (
        <line className="sparkline-target" x1="0" x2={WIDTH} y1={y(target)} y2={y(target)} />
      )}
      {stretches.map((stretch) => {
        const line = stretch.map(({ place, value }) => `${x(place)},${y(value)}`)
        const [first, last] = [stretch[0]!, stretch.at(-1)!]
        // One value makes no line: a short one.
        if (stretch.length === 1)
          return (
            <polyline
              key={first.place}
              className="sparkline-line"
              points={`${x(first.place) - 3},${y(first.value)} ${x(first.place) + 3},${y(first.value)}`}
            />
          )
        return (
          <g key={first.place}>
            <polygon
              className="sparkline-area"
              points={[`${x(first.place)},${HEIGHT}`, ...line, `${x(last.place)},${HEIGHT}`].join(' ')}
            />
            <polyline className="sparkline-line" points={line.join(' ')} />
          </g>
        )
      })}
    </svg>
  )
}

/** Never empty: a line of equal values is in the middle. */
function boundsOf(values: readonly number[]): [least: number, most: number] {
  if (values.length === 0) return [0, 1]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? [least - 1, most + 1] : [least, most]
}

/** The values without a gap between them. */
function stretchesOf(values: ReadonlyArray<number | null>) {
  const found: Array<Array<{ place: number; value: number }>> = []
  for (const [place, value] of values.entries())
    if (value !== null) {
      if (place === 0 || values[place - 1] === null) found.push([])
      found.at(-1)!.push({ place, value })
    }
  return found
}
