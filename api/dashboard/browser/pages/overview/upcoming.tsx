import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { jobsQuery } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Panel } from '../../parts/panel.tsx'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

const SHOWN = 6

export function Upcoming() {
  const say = useSay()
  const { whenTold } = useLive()
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.upcoming)} aside={<Link href="/jobs">{say(TEXTS.all_jobs)}</Link>} flush>
      <Loaded query={jobs}>
        {({ items }) => {
          const next = items
            .filter(({ next_slot, paused_at, gone_at }) => next_slot !== null && paused_at === null && gone_at === null)
            .toSorted((a, b) => Date.parse(a.next_slot!) - Date.parse(b.next_slot!))
            .slice(0, SHOWN)
          if (next.length === 0) return <Empty icon="clock" title={say(TEXTS.nothing_scheduled)} />
          return (
            <Table
              label={say(TEXTS.upcoming)}
              rows={next}
              id={({ name }) => name}
              columns={[
                {
                  title: say(TEXTS.job),
                  look: 'wide',
                  cell: ({ name }) => (
                    <Link className="name" href={`/jobs/${name}`}>
                      {name}
                    </Link>
                  ),
                },
                { title: say(TEXTS.when), cell: ({ next_slot }) => <Time at={next_slot!} /> },
                {
                  title: say(TEXTS.last),
                  cell: ({ last_run }) =>
                    last_run ? (
                      <Link href={`/runs/${last_run.id}`}>
                        <RunBadge state={last_run.state} />
                      </Link>
                    ) : (
                      <span className="muted">{say(TEXTS.never)}</span>
                    ),
                },
              ]}
            />
          )
        }}
      </Loaded>
    </Panel>
  )
}
