import { Link } from 'wouter'
import type { Job } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { RecentRuns } from '../../parts/recent-runs/index.tsx'
import { Schedule } from '../../parts/schedule/index.tsx'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** With whether nobody schedules it, as the alert says. */
export type ListedJob = Job & { is_silent: boolean }

export function JobTable({ jobs }: { jobs: ListedJob[] }) {
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
              <Note job={job} />
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
        { title: say(TEXTS.active), can_wait: true, cell: (job) => <Active job={job} /> },
        { title: say(TEXTS.recent), can_wait: true, cell: (job) => <Recent job={job} /> },
        {
          title: say(TEXTS.last),
          cell: ({ last_run }) =>
            last_run ? (
              <Link className="jobs-line" href={`/runs/${last_run.id}`}>
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

function Active({ job: { name, running, queued } }: { job: ListedJob }) {
  const say = useSay()
  return (
    <span className="jobs-line small">
      {running > 0 && <Link href={`/jobs/${name}?state=running`}>{say(TEXTS.running_count, { count: running })}</Link>}
      {queued > 0 && <Link href={`/jobs/${name}?state=queued`}>{say(TEXTS.queued_count, { count: queued })}</Link>}
    </span>
  )
}

function Recent({ job: { name, recent_runs } }: { job: ListedJob }) {
  const say = useSay()
  if (recent_runs.length === 0) return null
  const failed = recent_runs.filter(({ state }) => state === 'failed').length
  return (
    <span className="jobs-recent">
      <RecentRuns runs={recent_runs} />
      {failed > 0 && (
        <Link className="small" href={`/jobs/${name}?state=failed`}>
          {say(TEXTS.failed_of, { failed })}
        </Link>
      )}
    </span>
  )
}

function Note({ job: { paused_at, pause_reason, gone_at, problem, is_silent } }: { job: ListedJob }) {
  const say = useSay()
  if (gone_at !== null)
    return (
      <Badge tone="warn" icon="unknown">
        {say(TEXTS.gone)}
      </Badge>
    )
  if (problem)
    return (
      <span title={problem.sentence}>
        <Badge tone="bad" icon="warning">
          {say(TEXTS.problem)}
        </Badge>
      </span>
    )
  if (is_silent)
    return (
      <span title={say(TEXTS.silent_why)}>
        <Badge tone="bad" icon="unknown">
          {say(TEXTS.silent)}
        </Badge>
      </span>
    )
  if (paused_at !== null)
    return (
      <span title={pause_reason ?? undefined}>
        <Badge tone="calm" icon="pause">
          {say(TEXTS.paused)}
        </Badge>
      </span>
    )
  return null
}
