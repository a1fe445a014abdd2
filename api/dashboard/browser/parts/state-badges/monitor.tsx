import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { MONITOR } from './texts.ts'

type State = Schemas['Monitor']['state'] | Schemas['MonitorDetails']['events'][number]['kind']

const LOOK: Record<State, readonly [tone: Tone, icon: IconName]> = {
  new: ['calm', 'waiting'],
  up: ['good', 'check'],
  failing: ['warn', 'warning'],
  down: ['bad', 'cross'],
  start: ['info', 'play'],
  success: ['good', 'check'],
  fail: ['bad', 'cross'],
  overdue: ['bad', 'clock'],
}

export function MonitorBadge({ state }: { state: State }) {
  const say = useSay()
  const [tone, icon] = LOOK[state]
  return (
    <Badge tone={tone} icon={icon}>
      {say(MONITOR[state])}
    </Badge>
  )
}
