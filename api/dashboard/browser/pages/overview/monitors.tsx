import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { monitorsQuery, worstMonitorsFirst } from '../../data/monitors.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Panel } from '../../parts/panel.tsx'
import { MonitorBadge } from '../../parts/state-badges/monitor.tsx'
import { TEXTS } from './texts.ts'

/** On a large screen; on others the first six. */
const SHOWN = 12

/** Nothing where nothing is monitored. */
export function Monitors() {
  const say = useSay()
  const { every } = useLive()
  const monitors = useQuery({ ...monitorsQuery, refetchInterval: every(10_000) })
  if (!monitors.data || monitors.data.items.length === 0) return null
  return (
    <Panel title={say(TEXTS.monitors)} aside={<Link href="/monitors">{say(TEXTS.all_monitors)}</Link>} flush>
      <ul className="lines">
        {worstMonitorsFirst(monitors.data.items)
          .slice(0, SHOWN)
          .map(({ name, state }) => (
            <li key={name} className="line-two">
              <Link className="name" href={`/monitors/${name}`}>
                {name}
              </Link>
              <MonitorBadge state={state} />
            </li>
          ))}
      </ul>
    </Panel>
  )
}
