/** A message of an order: its row, its publication, every attempt, and what became of it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { journeyQuery, listPath, retryNow, type Journey } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { Price } from '../../parts/order-messages/price.tsx'
import { OrderBadge } from '../../parts/order-status/index.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { RetrySchedule } from '../../parts/retry-schedule/index.tsx'
import { Loaded, Refusal } from '../../parts/states.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { Timeline } from './timeline.tsx'
import { TEXTS } from './texts.ts'

export default function OrderMessage() {
  const { id = '' } = useParams<{ id: string }>()
  const { every, whenTold } = useLive()
  const journey = useQuery({
    ...journeyQuery(id),
    refetchInterval: ({ state: { data } }) => (data && isOnItsWay(data) ? every(2000) : whenTold()),
  })
  return <Loaded query={journey}>{(known) => <JourneyView journey={known} />}</Loaded>
}

const isOnItsWay = ({ status }: Journey) => status === 'waiting' || status === 'retrying'

function JourneyView({ journey }: { journey: Journey }) {
  const say = useSay()
  const { message_id, origin: system, status, row, product, price, security_check, required_attempts } = journey
  const most = journey.schedule_s.length
  const mayRetry = useMay('operator')
  const isBetween = status === 'retrying' && journey.current?.ended_at != null
  return (
    <>
      <PageHead
        title={row ? say(TEXTS.title, { number: String(row.id), system }) : say(TEXTS.title_without_row, { system })}
        badge={<OrderBadge status={status} />}
      >
        {mayRetry && isBetween && <RetryNow message_id={message_id} />}
      </PageHead>
      <div className="journey">
        <Panel title={say(TEXTS.journey)}>
          <Timeline journey={journey} />
        </Panel>
        <Panel title={say(TEXTS.facts)} aside={<CopyButton text={() => message_id} />}>
          <Facts
            of={[
              [say(TEXTS.id), <code className="journey-id">{message_id}</code>],
              [say(TEXTS.product), product],
              [say(TEXTS.price), <Price of={price} />],
              [
                say(TEXTS.check),
                <Link href={`${listPath(undefined, system)}?check=${security_check}`}>
                  {security_check ? 'TRUE' : 'FALSE'}
                </Link>,
              ],
              [
                say(TEXTS.succeeds),
                required_attempts > most
                  ? say(TEXTS.never, { count: most })
                  : say(TEXTS.on_attempt, { attempt: required_attempts }),
              ],
              [say(TEXTS.schedule), <RetrySchedule schedule_s={journey.schedule_s} />],
              ...(journey.replay > 0
                ? [[say(TEXTS.replays), say(TEXTS.times, { count: journey.replay })] as const]
                : []),
              ...(journey.trace_id
                ? [[say(TEXTS.trace), <code className="journey-id">{journey.trace_id}</code>] as const]
                : []),
            ]}
          />
        </Panel>
      </div>
    </>
  )
}

function RetryNow({ message_id }: { message_id: string }) {
  const say = useSay()
  const queries = useQueryClient()
  const retrying = useMutation({
    mutationFn: () => retryNow(message_id),
    onSuccess: ({ attempt }) => tell(say(TEXTS.retried, { attempt })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders', 'message', message_id] }),
  })
  return (
    <>
      <Button icon="retry" look="main" isPending={retrying.isPending} onPress={() => retrying.mutate()}>
        {say(TEXTS.retry_now)}
      </Button>
      <Refusal error={retrying.error} />
    </>
  )
}
