/** The last runs as bars, oldest first: their height is how long they took, their colour how they ended. */
import { useQuery } from '@tanstack/react-query'
import { runsQuery } from '../../data/jobs.ts'
import { now_ms } from '../../clock.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { RUN_LOOK } from '../../parts/state-badges/index.tsx'
import { TEXTS } from './texts.ts'

const SHOWN = 20
const BAR = { width: 5, gap: 2, height: 22, least: 4 }

export function RecentRuns({ job }: { job: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const { data } = useQuery({ ...runsQuery(job, undefined, SHOWN), refetchInterval: whenTold() })
  if (!data) return null
  const runs = data.items.toReversed().map(({ id, state, started_at, finished_at }) => {
    const end_ms = finished_at === null ? now_ms() : Date.parse(finished_at)
    return { id, state, took_ms: started_at === null ? 0 : Math.max(0, end_ms - Date.parse(started_at)) }
  })
  const longest_ms = Math.max(1, ...runs.map(({ took_ms }) => took_ms))
  const label = say(TEXTS.recent_of, {
    count: runs.length,
    failed: runs.filter(({ state }) => state === 'failed').length,
  })
  return (
    <svg className="bars" width={SHOWN * (BAR.width + BAR.gap)} height={BAR.height} role="img" aria-label={label}>
      <title>{label}</title>
      {runs.map(({ id, state, took_ms }, place) => {
        const height = Math.max(BAR.least, (took_ms / longest_ms) * BAR.height)
        const x = (SHOWN - runs.length + place) * (BAR.width + BAR.gap)
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
