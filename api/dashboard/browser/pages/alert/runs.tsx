import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ask } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Panel } from '../../parts/panel.tsx'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

const SHOWN = 5

/** The last of the job that the alert is about: whether it still fails. */
export function Runs({ job }: { job: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const runs = useQuery({
    queryKey: ['jobs', job, 'runs of alert'],
    queryFn: () =>
      ask((api) => api.GET('/jobs/{name}/runs', { params: { path: { name: job }, query: { limit: SHOWN } } })),
    refetchInterval: whenTold(),
  })
  return (
    <Panel title={say(TEXTS.runs)} aside={<Link href={`/jobs/${job}`}>{say(TEXTS.all_runs)}</Link>} flush>
      <Loaded query={runs} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel-note muted">{say(TEXTS.no_runs)}</p>
          ) : (
            <Table
              label={say(TEXTS.runs)}
              rows={items}
              id={({ id }) => id}
              columns={[
                {
                  title: say(TEXTS.run),
                  cell: ({ id, queued_at }) => (
                    <Link href={`/runs/${id}`}>
                      <Time at={queued_at} />
                    </Link>
                  ),
                },
                { title: say(TEXTS.outcome), cell: ({ state }) => <RunBadge state={state} /> },
                {
                  title: say(TEXTS.why),
                  look: 'wide',
                  cell: ({ error }) =>
                    error !== null && (
                      <span className="clamp small">
                        <Said text={error} />
                      </span>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}
