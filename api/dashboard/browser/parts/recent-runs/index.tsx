/** The last runs as bars, oldest first: their height is how long they took, their colour how they ended. */
import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { RUN_LOOK } from '../state-badges/index.tsx'
import { TEXTS } from './texts.ts'

/** As many as the API sends. */
const SENT = 20
const BAR = { width: 5, gap: 2, height: 22, least: 4 }

interface Props {
  runs: Schemas['Job']['recent_runs']
  /** No more than these, where there is little room. */
  most?: number
}

export function RecentRuns({ runs: sent, most = SENT }: Props) {
  const runs = sent.slice(0, most)
  const say = useSay()
  const longest_ms = Math.max(1, ...runs.map(({ took_ms }) => took_ms ?? 0))
  const failed = runs.filter(({ state }) => state === 'failed').length
  const label = say(TEXTS.recent_of, { count: runs.length, failed })
  return (
    <svg className="bars" width={most * (BAR.width + BAR.gap)} height={BAR.height} role="img" aria-label={label}>
      <title>{label}</title>
      {runs.toReversed().map(({ id, state, took_ms }, place) => {
        const height = Math.max(BAR.least, ((took_ms ?? 0) / longest_ms) * BAR.height)
        const x = (most - runs.length + place) * (BAR.width + BAR.gap)
        return (
          <rect
            key={id}
            className={`bar ${RUN_LOOK[state][0]}`}
            x={x}
            y={BAR.height - height}
            width={BAR.width}
            height={height}
            rx="1"
          />
        )
      })}
    </svg>
  )
}
