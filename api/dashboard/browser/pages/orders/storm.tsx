/** A storm of failures has paused the consumer: what failed, and the two decisions that let it go on. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { consumerQuery, decideStorm } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

/** `isPaused`: as the flow has it. Nothing while the consumer runs. */
export function Storm({ isPaused }: { isPaused: boolean }) {
  const say = useSay()
  const queries = useQueryClient()
  const { whenTold } = useLive()
  const mayDecide = useMay('operator')
  const consumer = useQuery({ ...consumerQuery, refetchInterval: whenTold() }).data
  if (!consumer || (consumer.state === 'running' && !isPaused) || consumer.since === null) return null
  const { since, reason, failed, of, sample } = consumer
  const words = { reason: reason ?? '', failed: failed ?? 0, of: of ?? 0 }

  async function decide(decision: 'retry' | 'dead_letter'): Promise<void> {
    await decideStorm(decision)
    await queries.invalidateQueries({ queryKey: ['orders'] })
    tell(say(TEXTS.decided))
  }

  return (
    <section className="panel storm" role="alert">
      <Icon name="pause" size={28} />
      <div className="storm-text">
        <h2>{say(TEXTS.storm, words)}</h2>
        <p>
          <code>{reason}</code> · {say(TEXTS.storm_since)} <Time at={since} />
        </p>
        <ul className="small">
          {sample.map(({ message_id, detail }) => (
            <li key={message_id} className="clamp">
              <code>{message_id}</code>: {detail}
            </li>
          ))}
        </ul>
        <p className="small">{say(TEXTS.storm_why)}</p>
        {mayDecide ? (
          <div className="form-actions">
            <Confirm
              action={say(TEXTS.try_again)}
              icon="retry"
              look="main"
              title={say(TEXTS.try_title, words)}
              run={() => decide('retry')}
            >
              <p>{say(TEXTS.try_what, words)}</p>
            </Confirm>
            <Confirm
              action={say(TEXTS.let_die)}
              icon="cross"
              look="grave"
              title={say(TEXTS.die_title, words)}
              run={() => decide('dead_letter')}
            >
              <p>{say(TEXTS.die_what, words)}</p>
            </Confirm>
          </div>
        ) : (
          <p className="muted">{say(TEXTS.storm_viewer)}</p>
        )}
      </div>
    </section>
  )
}
