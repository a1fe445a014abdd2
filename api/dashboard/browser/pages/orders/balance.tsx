/** Whether what was sent is accounted for, as a bar and in words; where it is not, the messages that do not fit. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { messagePath, misfitsQuery, type Flow, type OrderStatus } from '../../data/orders.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import type { IconName } from '../../parts/icon.tsx'
import { ORDER_LOOK } from '../../parts/order-status/index.tsx'
import { ORDER_STATUS } from '../../parts/order-status/texts.ts'
import { RetrySchedule } from '../../parts/retry-schedule/index.tsx'
import { TEXTS as SCHEDULE } from '../../parts/retry-schedule/texts.ts'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { BALANCE, MISFIT, TEXTS } from './texts.ts'

const LOOK: Record<Flow['balance'], readonly [tone: Tone, icon: IconName]> = {
  at_rest: ['good', 'check'],
  moving: ['info', 'play'],
  paused: ['bad', 'pause'],
  off: ['bad', 'warning'],
}

export function Balance({ flow }: { flow: Flow }) {
  const say = useSay()
  const isEmpty = flow.sent === 0 && flow.balance === 'at_rest'
  const [tone, icon] = isEmpty ? (['calm', 'minus'] as const) : LOOK[flow.balance]
  return (
    <div className="balance" aria-label={say(TEXTS.balance)} role="group">
      <p className="balance-words">
        <Badge tone={tone} icon={icon}>
          {say(isEmpty ? TEXTS.nothing : BALANCE[flow.balance])}
        </Badge>
        <span>{why()}</span>
      </p>
      {flow.sent > 0 && (
        <>
          <Shares flow={flow} />
          <p className="small muted">{say(flow.balance === 'at_rest' ? TEXTS.sum : TEXTS.parts, figuresOf(flow))}</p>
        </>
      )}
      {flow.balance === 'off' && <Misfits />}
      <p className="small" title={say(TEXTS.policy_where)}>
        <strong>{say(SCHEDULE.title)}</strong>: <RetrySchedule schedule_s={flow.retry.schedule_s} />.{' '}
        <span className="muted">{say(TEXTS.policy_where)}</span>
      </p>
    </div>
  )

  function why(): string {
    const { balance, sent, waiting, retrying } = flow
    const count = waiting + retrying
    if (isEmpty) return say(TEXTS.nothing_why)
    if (balance === 'at_rest') return say(TEXTS.at_rest_why, { count: sent })
    if (balance === 'off') return say(TEXTS.off_why)
    if (balance === 'paused') return say(TEXTS.paused_why, { count })
    return count === 0 ? say(TEXTS.settling_why) : say(TEXTS.moving_why, { count })
  }
}

const PARTS: readonly Exclude<OrderStatus, 'pending'>[] = ['output', 'waiting', 'retrying', 'dead', 'purged']

const figuresOf = ({ sent, output, dead, waiting, retrying, purged }: Flow) => ({
  sent,
  output,
  dead,
  waiting,
  retrying,
  purged,
})

/** Each part as wide as its share; the sentence below it says the same. */
function Shares({ flow }: { flow: Flow }) {
  const say = useSay()
  const locale = useLocale()
  return (
    <div className="shares" aria-hidden="true">
      {PARTS.filter((status) => flow[status] > 0).map((status) => (
        <span
          key={status}
          className={`share ${ORDER_LOOK[status][0]} ${status}`}
          style={{ flexGrow: flow[status] }}
          title={say(TEXTS.share, {
            status: say(ORDER_STATUS[status]),
            count: numberIn(flow[status], locale),
            sent: numberIn(flow.sent, locale),
          })}
        />
      ))}
    </div>
  )
}

function Misfits() {
  const say = useSay()
  const misfits = useQuery(misfitsQuery)
  return (
    <Loaded query={misfits} lines={3}>
      {(items) =>
        items.length === 0 ? (
          <p>{say(TEXTS.misfits_gone)}</p>
        ) : (
          <Table
            label={say(BALANCE.off)}
            rows={items}
            id={({ message_id, reason }) => `${message_id} ${reason}`}
            columns={[
              {
                title: say(TEXTS.misfit),
                cell: ({ message_id }) => (
                  <Link href={messagePath(message_id)}>
                    <code>{message_id}</code>
                  </Link>
                ),
              },
              { title: say(TEXTS.misfit_system), cell: ({ origin }) => origin },
              { title: say(TEXTS.misfit_why), look: 'wide', cell: ({ reason }) => say(MISFIT[reason]) },
            ]}
          />
        )
      }
    </Loaded>
  )
}
