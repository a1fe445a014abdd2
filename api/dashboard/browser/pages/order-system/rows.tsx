import { useInfiniteQuery } from '@tanstack/react-query'
import { moreOf } from '../../data/by-cursor.ts'
import { rowsQuery, type OrderRow, type RowFilter } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { orderColumns } from '../../parts/order-messages/index.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

/** Newest first. */
export function Rows({ system, filter }: { system: string; filter: RowFilter }) {
  const say = useSay()
  const { whenTold } = useLive()
  const mayFill = useMay('operator')
  const rows = useInfiniteQuery({ ...rowsQuery(system, filter), refetchInterval: whenTold() })
  return (
    <Loaded query={rows} lines={8}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items)
        if (items.length === 0 && Object.keys(filter).length > 0) return <NothingFound />
        if (items.length === 0)
          return (
            <Empty icon="box" title={say(TEXTS.none)}>
              {say(mayFill ? TEXTS.none_how : TEXTS.none_viewer)}
            </Empty>
          )
        return (
          <Table
            label={say(TEXTS.title, { system })}
            rows={items}
            id={({ message_id }) => message_id}
            more={moreOf(rows)}
            columns={[
              ...orderColumns<OrderRow>(say, ({ id }) => id),
              {
                title: say(TEXTS.created),
                can_wait: true,
                cell: ({ created_at }) => <Time at={created_at} />,
              },
              {
                title: say(TEXTS.sent),
                can_wait: true,
                cell: ({ sent_at }) => sent_at && <Time at={sent_at} />,
              },
            ]}
          />
        )
      }}
    </Loaded>
  )
}
