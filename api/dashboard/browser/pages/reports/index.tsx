/** The reports that jobs have made, newest first, with their files. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ask } from '../../api/client.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

const PAGE = 50

export default function Reports() {
  const say = useSay()
  const { whenTold } = useLive()
  const reports = useInfiniteQuery({
    queryKey: ['reports'],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/api/relatorios', {
          params: { query: { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: whenTold(),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="panel flush">
        <Loaded query={reports} lines={8}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length === 0)
              return (
                <Empty icon="list" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              )
            return (
              <Table
                label={say(TEXTS.title)}
                rows={rows}
                id={({ id }) => id}
                more={reports.hasNextPage ? () => void reports.fetchNextPage() : undefined}
                columns={[
                  { title: say(TEXTS.name), cell: ({ name }) => <strong>{name}</strong> },
                  {
                    title: say(TEXTS.made),
                    cell: ({ created_at, run_id }) =>
                      run_id === null ? (
                        <Time at={created_at} />
                      ) : (
                        <Link href={`/runs/${run_id}`}>
                          <Time at={created_at} />
                        </Link>
                      ),
                  },
                  {
                    title: say(TEXTS.figures),
                    look: 'wide',
                    can_wait: true,
                    cell: ({ summary }) => <Figures of={summary} />,
                  },
                  { title: say(TEXTS.files), cell: ({ files }) => <Files of={files} /> },
                ]}
              />
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

/** Their names are the report's own. */
function Figures({ of }: { of: Record<string, unknown> }) {
  const locale = useLocale()
  return (
    <span className="row">
      {Object.entries(of).map(
        ([name, value]) =>
          typeof value === 'number' && (
            <span key={name}>
              <span className="muted">{name}</span> {numberIn(value, locale, 2)}
            </span>
          ),
      )}
    </span>
  )
}

function Files({ of }: { of: Record<string, string> }) {
  return (
    <span className="row">
      {Object.entries(of).map(([format, path]) => (
        <a key={format} href={path}>
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  )
}
