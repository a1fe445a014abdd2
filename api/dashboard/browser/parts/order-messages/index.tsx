/** Messages of orders as a table, by what has become of them. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { moreOf } from '../../data/by-cursor.ts'
import {
  listPath,
  messagePath,
  messagesQuery,
  type ListedMessage,
  type MessageFilter,
  type OrderRow,
} from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../button.tsx'
import { OrderBadge } from '../order-status/index.tsx'
import { Empty, Loaded, NothingFound } from '../states.tsx'
import { Table, type Column } from '../table.tsx'
import { TEXTS as COMMON } from '../texts.ts'
import { Time } from '../time.tsx'
import { Price } from './price.tsx'
import { TEXTS } from './texts.ts'
import { Why } from './why.tsx'

interface Props {
  filter: MessageFilter
  /** Where the list is empty, and nothing but status and system filters it. */
  none: ReactNode
}

export function MessageTable({ filter, none }: Props) {
  const say = useSay()
  const { whenTold } = useLive()
  const messages = useInfiniteQuery({ ...messagesQuery(filter), refetchInterval: whenTold() })
  const isFiltered = filter.q !== undefined || filter.security_check !== undefined
  return (
    <Loaded query={messages} lines={8}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items)
        const more = moreOf(messages)
        if (items.length === 0 && more)
          return (
            <Empty icon="search" title={say(TEXTS.look_further, { count: pages.length * LOOKED_AT })}>
              <Button onPress={more}>{say(COMMON.more)}</Button>
            </Empty>
          )
        if (items.length === 0) return isFiltered ? <NothingFound /> : none
        return (
          <Table
            label={say(TEXTS.messages)}
            rows={items}
            id={({ message_id }) => message_id}
            more={more}
            columns={columns()}
          />
        )
      }}
    </Loaded>
  )

  function columns(): Column<ListedMessage>[] {
    const isMet = filter.status !== 'pending' && filter.status !== 'waiting'
    const met: Column<ListedMessage>[] = [
      {
        title: say(TEXTS.attempt),
        look: 'number',
        can_wait: true,
        cell: ({ attempt }) => attempt,
      },
      {
        title: say(TEXTS.since),
        can_wait: true,
        cell: ({ begun_at }) => begun_at && <Time at={begun_at} />,
      },
    ]
    const why: Column<ListedMessage> = {
      title: say(TEXTS.error),
      look: 'wide',
      can_wait: true,
      cell: ({ error }) =>
        error && (
          <span className="one-line">
            <Why error={error} />
          </span>
        ),
    }
    return [
      ...orderColumns<ListedMessage>(say, ({ order_id }) => order_id),
      ...(filter.origin === undefined
        ? [
            {
              title: say(TEXTS.system),
              cell: ({ origin }: ListedMessage) => <Link href={listPath(undefined, origin)}>{origin}</Link>,
            },
          ]
        : []),
      ...(isMet ? met : []),
      ...(isMet && filter.status !== 'output' ? [why] : []),
    ]
  }
}

/** As many as the API looks at for a page of those that wait. */
const LOOKED_AT = 50_000

type Ordered = Pick<ListedMessage | OrderRow, 'message_id' | 'status' | 'product' | 'price' | 'security_check'>

/** What rows and messages have in common. */
export function orderColumns<T extends Ordered>(
  say: ReturnType<typeof useSay>,
  number: (row: T) => number,
): Column<T>[] {
  return [
    {
      title: say(TEXTS.order),
      cell: (row) => (
        <Link className="order-name" href={messagePath(row.message_id)}>
          <span className="order-number">{number(row)}</span> <OrderBadge status={row.status} />
        </Link>
      ),
    },
    { title: say(TEXTS.product), look: 'wide', cell: ({ product }) => product },
    { title: say(TEXTS.price), look: 'number', can_wait: true, cell: ({ price }) => <Price of={price} /> },
    {
      title: say(TEXTS.check),
      can_wait: true,
      cell: ({ security_check }) => <code>{security_check ? 'TRUE' : 'FALSE'}</code>,
    },
  ]
}
