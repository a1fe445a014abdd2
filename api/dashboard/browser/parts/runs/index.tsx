/** Runs of one job, or of all, newest first, with filters in the address. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { runsQuery, type Run, type RunFilter } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { DateFilter } from '../date-field/index.tsx'
import { FilterChoices } from '../filter.tsx'
import { RUN_LOOK, RunBadge, type RunState } from '../state-badges/index.tsx'
import { Empty, Loaded, NothingFound } from '../states.tsx'
import { Table, type Column } from '../table.tsx'
import { Duration, Time } from '../time.tsx'
import { TEXTS, TRIGGERS } from './texts.ts'
import { Said } from '../said.tsx'

export function RunFilters() {
  const say = useSay()
  const [trigger, setTrigger] = useParameter('trigger')
  return (
    <div className="filters run-filters">
      <FilterChoices
        label={say(TEXTS.state)}
        parameter="state"
        options={[
          ['', say(TEXTS.all)],
          ['failed', say(TEXTS.failed)],
          ['succeeded', say(TEXTS.succeeded)],
          ['running', say(TEXTS.running)],
          ['queued', say(TEXTS.queued)],
          ['cancelled', say(TEXTS.cancelled)],
        ]}
      />
      <select
        className="select"
        aria-label={say(TEXTS.started_by)}
        value={trigger}
        onChange={({ target }) => setTrigger(target.value)}
      >
        <option value="">{say(TEXTS.anything)}</option>
        {Object.entries(TRIGGERS).map(([value, text]) => (
          <option key={value} value={value}>
            {say(text)}
          </option>
        ))}
      </select>
      <DateFilter parameter="from" to="minute" label={say(TEXTS.from)} />
      <DateFilter parameter="to" to="minute" label={say(TEXTS.to)} />
    </div>
  )
}

const isTime = (text: string) => !Number.isNaN(Date.parse(text))

function useRunFilter(): RunFilter {
  const [state] = useParameter('state')
  const [trigger] = useParameter('trigger')
  const [from] = useParameter('from')
  const [to] = useParameter('to')
  return {
    ...(state in RUN_LOOK && { state: state as RunState }),
    ...(trigger in TRIGGERS && { trigger: trigger as Run['trigger'] }),
    ...(isTime(from) && { from }),
    ...(isTime(to) && { to }),
  }
}

/** `job`: null for all. */
export function RunsTable({ job }: { job: string | null }) {
  const say = useSay()
  const { whenTold } = useLive()
  const filter = useRunFilter()
  const runs = useInfiniteQuery({ ...runsQuery(job, filter), refetchInterval: whenTold() })
  return (
    <Loaded query={runs} lines={6}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items)
        if (items.length === 0 && Object.keys(filter).length > 0) return <NothingFound />
        if (items.length === 0)
          return (
            <Empty icon="clock" title={say(TEXTS.no_runs)}>
              {say(TEXTS.no_runs_how)}
            </Empty>
          )
        return (
          <Table label={say(TEXTS.runs)} rows={items} id={({ id }) => id} more={moreOf(runs)} columns={columns()} />
        )
      }}
    </Loaded>
  )

  function columns(): Column<Run>[] {
    return [
      {
        title: say(TEXTS.run),
        cell: ({ id, state }) => (
          <Link href={`/runs/${id}`}>
            <RunBadge state={state} />
          </Link>
        ),
      },
      ...(job === null
        ? [
            {
              title: say(TEXTS.job),
              cell: ({ job: name }: Run) => (
                <Link className="name" href={`/jobs/${name}`}>
                  {name}
                </Link>
              ),
            },
          ]
        : []),
      {
        title: say(TEXTS.began),
        cell: ({ id, started_at, queued_at }) => (
          <Link href={`/runs/${id}`}>
            <Time at={started_at ?? queued_at} />
          </Link>
        ),
      },
      {
        title: say(TEXTS.took),
        look: 'number',
        can_wait: true,
        cell: ({ started_at, finished_at }) => started_at && <Duration from={started_at} to={finished_at} />,
      },
      { title: say(TEXTS.attempt), look: 'number', can_wait: true, cell: ({ attempt }) => attempt },
      { title: say(TEXTS.started_by), can_wait: true, cell: ({ trigger }) => say(TRIGGERS[trigger]) },
      {
        title: say(TEXTS.error),
        look: 'wide',
        can_wait: true,
        cell: ({ error }) =>
          error && (
            <span className="one-line">
              <Said text={error} />
            </span>
          ),
      },
    ]
  }
}
