/** Every job, as a list with those that ail first, or as the graph of which runs after which. */
import { useQuery } from '@tanstack/react-query'
import { useParameter } from '../../address.ts'
import { alertsQuery } from '../../data/alerts.ts'
import { isFailing, jobsQuery, type Job } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { JobGraph } from '../../parts/job-graph/index.tsx'
import { placed } from '../../parts/job-graph/layout.ts'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { JobTable, type ListedJob } from './job-table.tsx'
import { TEXTS } from './texts.ts'

export default function Jobs() {
  const say = useSay()
  const { every, whenTold } = useLive()
  const [view] = useParameter('view')
  // What is wrong with a file is in no topic.
  const jobs = useQuery({ ...jobsQuery, refetchInterval: every(10_000) })
  const firing = useQuery({ ...alertsQuery({ state: 'firing' }), refetchInterval: whenTold() })
  const silent = new Set(firing.data?.items.flatMap(({ name, subject }) => (name === 'JOB_SILENT' ? [subject] : [])))
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <FilterChoices
          label={say(TEXTS.as)}
          parameter="view"
          options={[
            ['', say(TEXTS.list)],
            ['graph', say(TEXTS.graph)],
          ]}
        />
      </PageHead>
      <Loaded query={jobs} lines={8}>
        {({ items }) => {
          if (items.length === 0)
            return (
              <div className="panel">
                <Empty icon="clock" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              </div>
            )
          if (view === 'graph') return <Graph jobs={items} />
          return <List jobs={items.map((job) => ({ ...job, is_silent: silent.has(job.name) }))} />
        }}
      </Loaded>
    </>
  )
}

function Graph({ jobs }: { jobs: readonly Job[] }) {
  const say = useSay()
  return (
    <div className="panel">
      {placed(jobs).length === 0 ? (
        <Empty icon="unknown" title={say(TEXTS.no_graph)}>
          {say(TEXTS.no_graph_how)}
        </Empty>
      ) : (
        <JobGraph jobs={jobs} />
      )}
    </div>
  )
}

const needsLook = (job: ListedJob) => isFailing(job) || job.is_silent

const SHOWS: Record<string, (job: ListedJob) => boolean> = {
  failing: needsLook,
  running: ({ running, queued }) => running + queued > 0,
  paused: ({ paused_at }) => paused_at !== null,
  gone: ({ gone_at }) => gone_at !== null,
}

const byNeed = (a: ListedJob, b: ListedJob) =>
  Number(needsLook(b)) - Number(needsLook(a)) || failures(b) - failures(a) || (a.name < b.name ? -1 : 1)

const failures = ({ recent_runs }: ListedJob) => recent_runs.filter(({ state }) => state === 'failed').length

function List({ jobs }: { jobs: readonly ListedJob[] }) {
  const say = useSay()
  const [text] = useParameter('q')
  const [shown] = useParameter('show')
  const [pool] = useParameter('pool')
  const count = (show: string) => jobs.filter(SHOWS[show]!).length
  const found = jobs.filter(
    (job) =>
      job.name.includes(text.toLowerCase()) && (SHOWS[shown]?.(job) ?? true) && (pool === '' || job.pool === pool),
  )
  return (
    <>
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.show)}
          parameter="show"
          options={[
            ['', `${say(TEXTS.all)} ${jobs.length}`],
            ['failing', `${say(TEXTS.failing)} ${count('failing')}`],
            ['running', `${say(TEXTS.running)} ${count('running')}`],
            ['paused', `${say(TEXTS.paused)} ${count('paused')}`],
            ['gone', `${say(TEXTS.gone)} ${count('gone')}`],
          ]}
        />
        <PoolFilter jobs={jobs} />
      </div>
      <div className="panel flush">
        {found.length === 0 ? <NothingFound /> : <JobTable jobs={found.toSorted(byNeed)} />}
      </div>
    </>
  )
}

/** Names each pool with how much of it is taken; nothing where no job has one. */
function PoolFilter({ jobs }: { jobs: readonly ListedJob[] }) {
  const say = useSay()
  const [pool, setPool] = useParameter('pool')
  const pools = new Map<string, { running: number; limit: number }>()
  for (const { pool: name, pool_limit, running } of jobs)
    if (name !== null) pools.set(name, { running: (pools.get(name)?.running ?? 0) + running, limit: pool_limit ?? 1 })
  if (pools.size === 0) return null
  return (
    <select
      className="select jobs-pool"
      aria-label={say(TEXTS.pool)}
      value={pool}
      onChange={({ target }) => setPool(target.value)}
    >
      <option value="">{say(TEXTS.any_pool)}</option>
      {[...pools].map(([name, { running, limit }]) => (
        <option key={name} value={name}>
          {say(TEXTS.pool_use, { pool: name, running, limit })}
        </option>
      ))}
    </select>
  )
}
