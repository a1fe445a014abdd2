/** Where an order's message is: one colour, icon and word, wherever it stands. */
import type { OrderStatus } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { ORDER_STATUS } from './texts.ts'

export const ORDER_LOOK: Record<OrderStatus, readonly [tone: Tone, icon: IconName]> = {
  pending: ['calm', 'minus'],
  waiting: ['info', 'waiting'],
  retrying: ['warn', 'retry'],
  output: ['good', 'check'],
  dead: ['bad', 'cross'],
  purged: ['calm', 'stop'],
}

export function OrderBadge({ status }: { status: OrderStatus }) {
  const say = useSay()
  const [tone, icon] = ORDER_LOOK[status]
  return (
    <Badge tone={tone} icon={icon}>
      {say(ORDER_STATUS[status])}
    </Badge>
  )
}
