/** The filters of lists of orders; all in the address. */
import { useParameter } from '../../address.ts'
import type { OrderStatus, RowFilter } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { FilterChoices, FilterText } from '../filter.tsx'
import { ORDER_LOOK } from '../order-status/index.tsx'
import { ORDER_STATUS } from '../order-status/texts.ts'
import { TEXTS } from './texts.ts'

export const ORDER_STATUSES = Object.keys(ORDER_LOOK) as OrderStatus[]

export function useOrderStatus(): OrderStatus | undefined {
  const [status] = useParameter('status')
  return ORDER_STATUSES.find((one) => one === status)
}

export function useRowFilter(): RowFilter {
  const [check] = useParameter('check')
  const [q] = useParameter('q')
  return {
    ...(check === 'true' && { security_check: true }),
    ...(check === 'false' && { security_check: false }),
    ...(q.trim() && { q: q.trim() }),
  }
}

export function StatusFilter() {
  const say = useSay()
  return (
    <FilterChoices
      label={say(TEXTS.status)}
      parameter="status"
      options={[['', say(TEXTS.all)], ...ORDER_STATUSES.map((one) => [one, say(ORDER_STATUS[one])] as const)]}
    />
  )
}

export function RowFilters() {
  const say = useSay()
  return (
    <>
      <FilterText label={say(TEXTS.filter)} />
      <FilterChoices
        label={say(TEXTS.check)}
        parameter="check"
        options={[
          ['', say(TEXTS.check_any)],
          ['true', 'TRUE'],
          ['false', 'FALSE'],
        ]}
      />
    </>
  )
}
