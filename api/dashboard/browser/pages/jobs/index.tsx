/** Every job: those that fail first, then by name. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import type { Schemas } from '../../api/client.ts'
import { jobsQuery } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Schedule } from '../../parts/schedule/index.tsx'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { RecentRuns } from './recent-runs.tsx'
import { TEXTS } from './texts.ts'

type Job = Schemas['Job']

export default function Jobs() {
  const say = useSay()
  const { whenTold } = useLive()
  const [text] = useParameter('q')
  const [shown] = useParameter('show')
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.show)}
          parameter="show"
          options={[
            ['', say(TEXTS.all)],
            ['failing', say(TEXTS.failing)],
            ['running', say(TEXTS.running)],
            ['paused', say(TEXTS.paused)],
          ]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={jobs} lines={8}>
          {({ items }) => {
            if (items.length === 0)
              return (
                <Empty icon="clock" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              )
            const found = items.filter((job) => job.name.includes(text.toLowerCase()) && (SHOWS[shown]?.(job) ?? true))
            if (found.length === 0)
              return (
                <Empty icon="unknown" title={say(COMMON.nothing_found)}>
                  <Link href="/jobs">{say(COMMON.clear_filter)}</Link>
                </Empty>
              )
            return <JobTable jobs={found.toSorted(byNeed)} />
          }}
        </Loaded>
      </div>
    </>
  )
}

const isFailing = ({ problem, gone_at, last_run }: Job) =>
  problem !== null || gone_at !== null || last_run?.state === 'failed'

const SHOWS: Record<string, (job: Job) => boolean> = {
  failing: isFailing,
  running: ({ last_run }) => last_run?.state === 'running' || last_run?.state === 'queued',
  paused: ({ paused_at }) => paused_at !== null,
}

const byNeed = (a: Job, b: Job) => Number(isFailing(b)) - Number(isFailing(a)) || (a.name < b.name ? -1 : 1)

function JobTable({ jobs }: { jobs: Job[] }) {
  const say = useSay()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={jobs}
      id={({ name }) => name}
      columns={[
        {
          title: say(TEXTS.job),
          cell: (job) => (
            <span className="row">
              <Link className="name" href={`/jobs/${job.name}`}>
                {job.name}
              </Link>
              <JobNote job={job} />
            </span>
          ),
        },
        { title: say(TEXTS.schedule), can_wait: true, cell: (job) => <Schedule of={job} /> },
        {
          title: say(TEXTS.next),
          can_wait: true,
          cell: ({ next_slot, paused_at }) =>
            next_slot && paused_at === null ? <Time at={next_slot} /> : <span className="muted">—</span>,
        },
        {
          title: say(TEXTS.recent),
          can_wait: true,
          cell: ({ name, last_run }) => last_run && <RecentRuns job={name} />,
        },
        {
          title: say(TEXTS.last),
          cell: ({ last_run }) =>
            last_run ? (
              <Link className="row" href={`/runs/${last_run.id}`}>
                <RunBadge state={last_run.state} />
                <span className="muted small">
                  <Time at={last_run.at} />
                </span>
              </Link>
            ) : (
              <span className="muted">{say(TEXTS.never)}</span>
            ),
        },
      ]}
    />
  )
}

function JobNote({ job: { paused_at, gone_at, problem } }: { job: Job }) {
  const say = useSay()
  if (gone_at !== null)
    return (
      <Badge tone="warn" icon="unknown">
        {say(TEXTS.gone)}
      </Badge>
    )
  if (problem)
    return (
      <Badge tone="bad" icon="warning">
        {say(TEXTS.problem)}
      </Badge>
    )
  if (paused_at !== null)
    return (
      <Badge tone="calm" icon="pause">
        {say(TEXTS.paused)}
      </Badge>
    )
  return null
}
