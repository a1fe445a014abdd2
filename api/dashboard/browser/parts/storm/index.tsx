/** A storm of failures has paused the consumer: what failed, and the two decisions that let it go on. */
import { useQueryClient } from '@tanstack/react-query'
import { decideStorm, type ConsumerSource } from '../../data/consumers.ts'
import { useSay } from '../../languages.ts'
import { useMay } from '../../session/me.ts'
import { Confirm } from '../confirm.tsx'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'
import { tell } from '../toasts.tsx'
import { CONSUMERS, TEXTS } from './texts.ts'
import { useConsumer } from './use-consumer.ts'

/** `isPaused`: as other figures have it. Nothing while the consumer runs. */
export function Storm({ source, isPaused = false }: { source: ConsumerSource; isPaused?: boolean }) {
  const say = useSay()
  const queries = useQueryClient()
  const mayDecide = useMay('operator')
  const consumer = useConsumer(source)
  if (!consumer || (consumer.state === 'running' && !isPaused) || consumer.since === null) return null
  const { since, reason, failed, of, sample } = consumer
  const words = { consumer: say(CONSUMERS[source]), reason: reason ?? '', failed: failed ?? 0, of: of ?? 0 }

  async function decide(decision: 'retry' | 'dead_letter'): Promise<void> {
    await decideStorm(source, decision)
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
