/** The messages of every order system, by what has become of them. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { flowQuery } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { FilterChoices } from '../../parts/filter.tsx'
import { RowFilters, StatusFilter, useOrderStatus, useRowFilter } from '../../parts/order-messages/filters.tsx'
import { MessageTable } from '../../parts/order-messages/index.tsx'
import { TEXTS as LIST } from '../../parts/order-messages/texts.ts'
import { PageHead } from '../../parts/panel.tsx'
import { Empty } from '../../parts/states.tsx'
import { TEXTS } from './texts.ts'

export default function OrderMessages() {
  const say = useSay()
  const status = useOrderStatus()
  const [origin] = useParameter('origin')
  const filter = { ...(status && { status }), ...(origin && { origin }), ...useRowFilter() }
  const systems = Object.keys(useQuery(flowQuery).data?.by_system ?? {})
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="filters">
        <RowFilters />
        <StatusFilter />
        {systems.length > 1 && (
          <FilterChoices
            label={say(LIST.system)}
            parameter="origin"
            options={[['', say(LIST.every_system)], ...systems.map((name) => [name, name] as const)]}
          />
        )}
      </div>
      <div className="panel flush">
        <MessageTable
          filter={filter}
          none={
            <Empty icon="check" title={say(TEXTS.none)}>
              <Link href="/orders">{say(TEXTS.to_orders)}</Link>
            </Empty>
          }
        />
      </div>
    </>
  )
}
