/** The audit, newest first: each change, its author and its origin. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Field } from '../../parts/field.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

type Entry = Schemas['AuditEntry']

const PAGE = 50

export default function Audit() {
  const say = useSay()
  const { whenTold } = useLive()
  const [actor, setActor] = useParameter('actor')
  const [target, setTarget] = useParameter('target')
  const filter = { ...(actor && { actor }), ...(target && { target }) }
  const audit = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/audit', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
    refetchInterval: whenTold(),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="filters">
        <Field label={say(TEXTS.filter_actor)} value={actor} onChange={setActor} />
        <Field label={say(TEXTS.filter_target)} value={target} onChange={setTarget} />
      </div>
      <div className="panel flush">
        <Loaded query={audit} lines={10}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length === 0) return <Empty icon="unknown" title={say(COMMON.nothing_found)} />
            return <Entries rows={rows} more={audit.hasNextPage ? () => void audit.fetchNextPage() : undefined} />
          }}
        </Loaded>
      </div>
    </>
  )
}

function Entries({ rows, more }: { rows: Entry[]; more: (() => void) | undefined }) {
  const say = useSay()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      more={more}
      columns={[
        { title: say(TEXTS.at), cell: ({ at }) => <Time at={at} /> },
        {
          title: say(TEXTS.actor),
          cell: ({ actor_name, api_key_id }) => (
            <>
              {actor_name ?? <span className="muted">{say(TEXTS.machine)}</span>}
              {api_key_id !== null && <span className="muted small"> {say(TEXTS.with_key)}</span>}
            </>
          ),
        },
        { title: say(TEXTS.action), cell: ({ action }) => <code>{action}</code> },
        { title: say(TEXTS.target), cell: ({ target }) => <strong>{target}</strong> },
        { title: say(TEXTS.address), can_wait: true, cell: ({ address }) => address },
        {
          title: say(TEXTS.details),
          look: 'wide',
          can_wait: true,
          cell: ({ details }) =>
            Object.keys(details).length > 0 && <code className="small muted clamp">{JSON.stringify(details)}</code>,
        },
      ]}
    />
  )
}
