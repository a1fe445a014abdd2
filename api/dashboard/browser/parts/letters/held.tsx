/** Says that a storm of failures has paused the consumer of `source`: until somebody decides nothing dies, and no replay of it goes on. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { consumerQuery, STORM_PAGES, type ConsumerSource } from '../../data/consumers.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../icon.tsx'
import { CONSUMERS } from '../storm/texts.ts'
import { Time } from '../time.tsx'
import { TEXTS } from './texts.ts'

export function Held({ source }: { source: ConsumerSource }) {
  const say = useSay()
  const { whenTold } = useLive()
  const consumer = useQuery({ ...consumerQuery(source), refetchInterval: whenTold() }).data
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
