/** Says that a storm of failures has paused the consumer: until somebody decides nothing dies, and no replay goes on. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { consumerQuery } from '../../data/consumers.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'
import { TEXTS } from './texts.ts'

export function Held() {
  const say = useSay()
  const { whenTold } = useLive()
  const consumer = useQuery({ ...consumerQuery('orders'), refetchInterval: whenTold() }).data
  if (consumer?.state !== 'paused' || consumer.since === null) return null
  return (
    <p className="trouble warn letters-held" role="status">
      <Icon name="pause" size={16} />
      <span>
        {say(TEXTS.held)} <Time at={consumer.since} />. <Link href="/orders">{say(TEXTS.decide)}</Link>
      </span>
    </p>
  )
}
