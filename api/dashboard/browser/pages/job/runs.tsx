import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { runsQuery } from '../../data/jobs.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { Panel } from '../../parts/panel.tsx'
import { RUN_LOOK, RunBadge, type RunState } from '../../parts/state-badges/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Duration, Time } from '../../parts/time.tsx'
import { TEXTS, TRIGGERS } from './texts.ts'

const FIRST = 25
/** The API's largest page; older runs are found by state. */
const MOST = 100

export function Runs({ job }: { job: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const [chosen] = useParameter('state')
  const state = chosen in RUN_LOOK ? (chosen as RunState) : undefined
  const [limit, setLimit] = useState(FIRST)
  const runs = useQuery({
    ...runsQuery(job, state, limit),
    refetchInterval: whenTold(),
    placeholderData: (before) => before,
  })
  return (
    <Panel
      title={say(TEXTS.runs)}
      flush
      aside={
        <FilterChoices
          label={say(TEXTS.show)}
          parameter="state"
          options={[
            ['', say(TEXTS.all)],
            ['failed', say(TEXTS.failed)],
            ['succeeded', say(TEXTS.succeeded)],
            ['running', say(TEXTS.running)],
            ['queued', say(TEXTS.queued)],
          ]}
        />
      }
    >
      <Loaded query={runs}>
        {({ items, next_cursor }) => {
          if (items.length === 0 && state) return <Empty icon="unknown" title={say(COMMON.nothing_found)} />
          if (items.length === 0)
            return (
              <Empty icon="clock" title={say(TEXTS.no_runs)}>
                {say(TEXTS.no_runs_how)}
              </Empty>
            )
          return (
            <Table
              label={say(TEXTS.runs)}
              rows={items}
              id={({ id }) => id}
              more={next_cursor !== null && limit < MOST ? () => setLimit(MOST) : undefined}
              columns={[
                {
                  title: say(TEXTS.run),
                  cell: ({ id, state }) => (
                    <Link href={`/runs/${id}`}>
                      <RunBadge state={state} />
                    </Link>
                  ),
                },
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
                  cell: ({ started_at, finished_at }) => started_at && <Duration from={started_at} to={finished_at} />,
                },
                { title: say(TEXTS.attempt), look: 'number', can_wait: true, cell: ({ attempt }) => attempt },
                { title: say(TEXTS.trigger), can_wait: true, cell: ({ trigger }) => say(TRIGGERS[trigger]) },
                {
                  title: say(TEXTS.error),
                  look: 'wide',
                  can_wait: true,
                  cell: ({ error }) => error && <span className="one-line">{error}</span>,
                },
              ]}
            />
          )
        }}
      </Loaded>
    </Panel>
  )
}
