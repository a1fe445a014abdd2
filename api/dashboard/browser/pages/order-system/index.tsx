/** The orders of one system: its rows, those of one status, and what the next send would send. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'wouter'
import { useParameter } from '../../address.ts'
import { flowQuery } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { Fill } from '../../parts/order-actions/fill.tsx'
import { Send, SendProgress } from '../../parts/order-actions/send.tsx'
import { RowFilters, StatusFilter, useOrderStatus, useRowFilter } from '../../parts/order-messages/filters.tsx'
import { MessageTable } from '../../parts/order-messages/index.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty } from '../../parts/states.tsx'
import { useMay } from '../../session/me.ts'
import { Preview } from './preview.tsx'
import { Rows } from './rows.tsx'
import { TEXTS } from './texts.ts'

export default function OrderSystem() {
  const say = useSay()
  const { system = '' } = useParams<{ system: string }>()
  const { whenTold } = useLive()
  const maySend = useMay('operator')
  const flow = useQuery({ ...flowQuery, refetchInterval: whenTold() })
  const [view] = useParameter('view')
  const status = useOrderStatus()
  const filter = useRowFilter()
  const pending = flow.data?.by_system[system]?.pending
  const isPreview = status === 'pending' && view === 'messages'
  return (
    <>
      <PageHead title={say(TEXTS.title, { system })}>
        {maySend && pending !== undefined && (
          <>
            <Fill system={system} />
            <Send system={system} pending={pending} />
          </>
        )}
      </PageHead>
      <div className="stack-tight">
        <SendProgress system={system} />
        <div className="filters">
          {!isPreview && <RowFilters />}
          <StatusFilter />
          {status === 'pending' && (
            <FilterChoices
              label={say(TEXTS.view)}
              parameter="view"
              options={[
                ['', say(TEXTS.rows)],
                ['messages', say(TEXTS.as_messages)],
              ]}
            />
          )}
        </div>
      </div>
      <div className="panel flush">
        {isPreview ? (
          <Preview system={system} />
        ) : status === undefined ? (
          <Rows system={system} filter={filter} />
        ) : (
          <MessageTable
            filter={{ ...filter, status, origin: system }}
            none={<Empty title={say(status === 'pending' ? TEXTS.nothing_pending : TEXTS.none_here)} />}
          />
        )}
      </div>
    </>
  )
}
