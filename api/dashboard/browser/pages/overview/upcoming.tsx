import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { jobsQuery, upcoming } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Panel } from '../../parts/panel.tsx'
import { RecentRuns } from '../../parts/recent-runs/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** On a large screen; on others the first six. */
const SHOWN = 12

export function Upcoming() {
  const say = useSay()
  const { whenTold } = useLive()
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.upcoming)} aside={<Link href="/jobs">{say(TEXTS.all_jobs)}</Link>} flush>
      <Loaded query={jobs}>
        {({ items }) => {
          const next = upcoming(items).slice(0, SHOWN)
          if (next.length === 0) return <Empty icon="clock" title={say(TEXTS.nothing_scheduled)} />
          return (
            <ul className="lines">
              {next.map(({ name, next_slot, recent_runs }) => (
                <li key={name} className="line-next">
                  <Link className="name" href={`/jobs/${name}`}>
                    {name}
                  </Link>
                  <RecentRuns runs={recent_runs} most={8} />
                  <span className="small muted">
                    <Time at={next_slot} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Panel>
  )
}
