/** Says that a storm of failures has paused the consumer of `source`: until somebody decides nothing dies, and no replay of it goes on. */
import { Link } from 'wouter'
import { STORM_PAGES, type ConsumerSource } from '../../data/consumers.ts'
import { useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { CONSUMERS } from '../storm/texts.ts'
import { useConsumer } from '../storm/use-consumer.ts'
import { Time } from '../time.tsx'
import { TEXTS } from './texts.ts'

export function Held({ source }: { source: ConsumerSource }) {
  const say = useSay()
  const consumer = useConsumer(source)
  if (consumer?.state !== 'paused' || consumer.since === null) return null
  return (
    <p className="trouble warn letters-held" role="status">
      <Icon name="pause" size={16} />
      <span>
        {say(TEXTS.held, { consumer: say(CONSUMERS[source]) })} <Time at={consumer.since} />.{' '}
        <Link href={STORM_PAGES[source]}>{say(TEXTS.decide)}</Link>
      </span>
    </p>
  )
}
