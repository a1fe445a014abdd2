import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { moreOf } from '../../data/by-cursor.ts'
import { flowQuery, messagePath, previewQuery } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS } from './texts.ts'

/** The messages that the next send sends, in its order. */
export function Preview({ system }: { system: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const preview = useInfiniteQuery({ ...previewQuery(system), refetchInterval: whenTold() })
  const most = useQuery(flowQuery).data?.retry.max_attempts ?? Infinity
  return (
    <Loaded query={preview} lines={8}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items)
        if (items.length === 0) return <Empty title={say(TEXTS.nothing_pending)} />
        return (
          <>
            <p className="panel-note preview-note">{say(TEXTS.would_be_sent, { count: pages[0]!.pending })}</p>
            <Table
              label={say(TEXTS.as_messages)}
              rows={items}
              id={({ message_id }) => message_id}
              more={moreOf(preview)}
              columns={[
                {
                  title: say(TEXTS.message),
                  cell: ({ message_id }) => (
                    <Link href={messagePath(message_id)}>
                      <code>{message_id}</code>
                    </Link>
                  ),
                },
                {
                  title: say(TEXTS.succeeds_on),
                  cell: ({ required_attempts }) =>
                    required_attempts > most
                      ? say(TEXTS.never, { count: most })
                      : say(TEXTS.attempt, { attempt: required_attempts }),
                },
                {
                  title: say(TEXTS.body),
                  look: 'wide',
                  can_wait: true,
                  cell: (message) => (
                    <code className="preview-body">{JSON.stringify(message).replaceAll(',"', ', "')}</code>
                  ),
                },
              ]}
            />
          </>
        )
      }}
    </Loaded>
  )
}
