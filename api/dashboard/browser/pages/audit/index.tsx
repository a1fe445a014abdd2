/** The audit, newest first: each change, its author and its origin, and what it changed. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { BY_CURSOR, moreOf, pageAt } from '../../data/by-cursor.ts'
import { useSay, type Translated } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { ExportCsv } from '../../parts/export-csv/index.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { Details } from './details.tsx'
import { AuditFilters, useAuditFilter } from './filters.tsx'
import { ACTIONS, TEXTS } from './texts.ts'

type Entry = Schemas['AuditEntry']

const PAGE = 50

export default function Audit() {
  const say = useSay()
  const { every } = useLive()
  const filter = useAuditFilter()
  const audit = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/audit', {
          params: { query: { ...filter, ...pageAt(pageParam, PAGE) } },
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
    refetchInterval: every(15_000),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <ExportCsv path="/audit/export" filter={filter} name="audit.csv" />
      </PageHead>
      <AuditFilters />
      <div className="panel flush">
        <Loaded query={audit} lines={10}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length > 0) return <Entries rows={rows} more={moreOf(audit)} />
            return (
              <Empty icon="unknown" title={say(TEXTS.none)}>
                {say(TEXTS.none_why)} <Link href="/audit">{say(COMMON.clear_filter)}</Link>
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

function Entries({ rows, more }: { rows: Entry[]; more: (() => void) | undefined }) {
  const say = useSay()
  const [, setActor] = useParameter('actor')
  const [, setTarget] = useParameter('target')
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
              {actor_name === null ? (
                <span className="muted">{say(TEXTS.machine)}</span>
              ) : (
                <button type="button" className="audit-name" onClick={() => setActor(actor_name)}>
                  {actor_name}
                </button>
              )}
              {api_key_id !== null && <span className="muted small"> {say(TEXTS.with_key)}</span>}
            </>
          ),
        },
        {
          title: say(TEXTS.action),
          cell: ({ action }) => {
            const text = (ACTIONS as Record<string, Translated>)[action]
            return <span title={action}>{text ? say(text) : action}</span>
          },
        },
        {
          title: say(TEXTS.target),
          cell: ({ target }) =>
            target !== null && (
              <button type="button" className="audit-name" onClick={() => setTarget(target)}>
                {target}
              </button>
            ),
        },
        { title: say(TEXTS.details), look: 'wide', can_wait: true, cell: ({ details }) => <Details of={details} /> },
        { title: say(TEXTS.address), can_wait: true, cell: ({ address }) => <span className="small">{address}</span> },
      ]}
    />
  )
}
