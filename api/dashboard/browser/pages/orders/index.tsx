/** Orders: where the messages of every system are, whether they add up, and what an operator does with the systems. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { flowQuery, listPath, type Flow, type OrderStatus } from '../../data/orders.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Fill } from '../../parts/order-actions/fill.tsx'
import { Send, SendProgress } from '../../parts/order-actions/send.tsx'
import { OrderFlow } from '../../parts/order-flow/index.tsx'
import { ORDER_STATUS } from '../../parts/order-status/texts.ts'
import { PageHead, Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Storm } from '../../parts/storm/index.tsx'
import { useMay } from '../../session/me.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { Balance } from './balance.tsx'
import { TEXTS } from './texts.ts'

export default function Orders() {
  const say = useSay()
  const { whenTold } = useLive()
  const flow = useQuery({ ...flowQuery, refetchInterval: whenTold() })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <Loaded query={flow} lines={10}>
        {(known) => (
          <div className="stack">
            <Storm source="orders" isPaused={known.balance === 'paused'} />
            <Panel title={say(TEXTS.flow)}>
              <OrderFlow flow={known} at_ms={flow.dataUpdatedAt} />
              <Balance flow={known} />
            </Panel>
            <section className="order-systems" aria-label={say(TEXTS.systems)}>
              {Object.keys(known.by_system).map((system) => (
                <System key={system} system={system} flow={known} />
              ))}
            </section>
          </div>
        )}
      </Loaded>
    </>
  )
}

const FIGURES: readonly OrderStatus[] = ['pending', 'waiting', 'retrying', 'output', 'dead', 'purged']

function System({ system, flow }: { system: string; flow: Flow }) {
  const say = useSay()
  const locale = useLocale()
  const maySend = useMay('operator')
  const figures = flow.by_system[system]!
  return (
    <Panel
      title={say(TEXTS.system, { system })}
      aside={<Link href={listPath(undefined, system)}>{say(TEXTS.rows)}</Link>}
    >
      <dl className="order-figures" aria-label={say(TEXTS.figures, { system })}>
        {FIGURES.map((status) => (
          <div key={status}>
            <dt>{say(ORDER_STATUS[status])}</dt>
            <dd>
              <Link href={listPath(status, system)}>{numberIn(figures[status], locale)}</Link>
            </dd>
          </div>
        ))}
      </dl>
      <SendProgress system={system} />
      <div className="form-actions order-actions">
        {maySend && <Send system={system} pending={figures.pending} />}
        {maySend && <Fill system={system} {...(figures.pending === 0 && { look: 'main' as const })} />}
        {figures.pending > 0 && (
          <Link className="button quiet" href={`${listPath('pending', system)}&view=messages`}>
            {say(TEXTS.preview)}
          </Link>
        )}
      </div>
    </Panel>
  )
}
