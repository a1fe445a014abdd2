import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { runsQuery } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

/** On a large screen; on others the first six. */
const SHOWN = 12

export function Failures() {
  const say = useSay()
  const { whenTold } = useLive()
  const runs = useInfiniteQuery({ ...runsQuery(null, { state: 'failed' }, SHOWN), refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.failures)} aside={<Link href="/runs?state=failed">{say(TEXTS.all_failures)}</Link>} flush>
      <Loaded query={runs}>
        {({ pages: [page] }) =>
          page!.items.length === 0 ? (
            <p className="all-well">
              <Icon name="check" />
              <span className="muted">{say(TEXTS.no_failures)}</span>
            </p>
          ) : (
            <ul className="lines">
              {page!.items.map(({ id, job, error, finished_at, queued_at }) => (
                <li key={id}>
                  <span className="line-mark bad">
                    <Icon name="cross" size={14} />
                  </span>
                  <div>
                    <Link className="name" href={`/runs/${id}`}>
                      {job}
                    </Link>
                    {error && (
                      <p className="small muted clamp">
                        <Said text={error} />
                      </p>
                    )}
                  </div>
                  <span className="small muted">
                    <Time at={finished_at ?? queued_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}
